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
  }
  const size_t expected = t.reference.first_not_finite(x.data(), n);
  const size_t actual = t.candidate.first_not_finite(x.data(), n);
  t.exact(&expected, &actual, 1);
  size_t truth = 0;
  while (truth < n && std::isfinite(x[truth])) ++truth;
  t.exact(&truth, &actual, 1);
}

size_t timed(const Table& table) {
  static Random random(1);
  static const Guarded<float> x(1 << 14, random);
  return table.first_not_finite(x.data(), x.size());
}

const Register first_not_finite("first_not_finite", &trial, &timed);

}  // namespace
}  // namespace check
