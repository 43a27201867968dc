#include "check.h"

namespace check {
namespace {

void trial(Trial& t) {
  const size_t n = t.random.length(5000);
  const Guarded<float> x(n, t.random);
  if (n > 0 && t.random.below(3) > 0) {
    const float bad[] = {std::numeric_limits<float>::quiet_NaN(),
                         std::numeric_limits<float>::infinity(),
                         -std::numeric_limits<float>::infinity()};
    x[t.random.below(n)] = bad[t.random.below(3)];
    x[t.random.below(n)] = std::numeric_limits<float>::denorm_min();
    x[t.random.below(n)] = -1e30f;
  }
  const float limits[] = {std::numeric_limits<float>::max(), 1e30f, 1e29f, 1.0f};
  const float limit = limits[t.random.below(4)];
  const size_t expected = t.reference.first_beyond(x.data(), n, limit);
  const size_t actual = t.candidate.first_beyond(x.data(), n, limit);
  t.exact(&expected, &actual, 1);
  size_t truth = 0;
  while (truth < n && std::abs(x[truth]) <= limit) ++truth;
  t.exact(&truth, &actual, 1);
}

size_t timed(const Table& table) {
  static Random random(1);
  static const Guarded<float> x(1 << 14, random);
  return table.first_beyond(x.data(), x.size(), std::numeric_limits<float>::max());
}

const Register first_beyond("first_beyond", &trial, &timed);

}  // namespace
}  // namespace check
