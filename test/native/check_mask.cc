#include "check.h"

namespace check {
namespace {

// Magnitudes over many orders, zeros and denormals among them; many pairs are equal.
void fill(const Guarded<float>& x, const Guarded<float>& reference, Random& random) {
  for (size_t i = 0; i < x.size(); ++i) {
    const auto value = [&] {
      return random.below(8) == 0 ? 0.0f
                                  : random.uniform(0, 1) * std::exp2(random.uniform(-149, 120));
    };
    x[i] = value();
    reference[i] = random.below(4) == 0 ? x[i] : value();
  }
}

void soft_trial(Trial& t) {
  const size_t n = t.random.length(2000);
  const Guarded<float> x(n), reference(n), expected(n), actual(n);
  fill(x, reference, t.random);
  const float scale = t.random.below(2) == 0 ? 1.0f : 3.0f, empty = t.random.below(2) * 0.5f;
  const int power = 1 + static_cast<int>(t.random.below(2));
  t.reference.soft_mask(x.data(), reference.data(), n, scale, power, empty, expected.data());
  t.candidate.soft_mask(x.data(), reference.data(), n, scale, power, empty, actual.data());
  t.exact(expected.data(), actual.data(), n);
  t.intact(actual);
  for (size_t i = 0; i < n; ++i) {
    const double a = std::pow(double{x[i]}, power);
    const double b = std::pow(double{reference[i] * scale}, power);
    const bool none = std::fmax(x[i], reference[i] * scale) < 1.17549435e-38f;
    const float truth = none ? empty : static_cast<float>(a / (a + b));
    // The square of a small quotient underflows in float; librosa's does, too.
    if (truth == 0 || truth > 1e-37f) t.ulp(&truth, &actual[i], 1);
  }
}

void hard_trial(Trial& t) {
  const size_t n = t.random.length(2000);
  const Guarded<float> x(n), reference(n), actual(n);
  fill(x, reference, t.random);
  const float scale = t.random.below(2) == 0 ? 1.0f : 3.0f;
  t.candidate.hard_mask(x.data(), reference.data(), n, scale, actual.data());
  t.intact(actual);
  for (size_t i = 0; i < n; ++i) {
    const float truth = x[i] > reference[i] * scale ? 1.0f : 0.0f;
    t.exact(&truth, &actual[i], 1);
  }
}

void product_trial(Trial& t) {
  const size_t n = t.random.length(2000);
  const Guarded<float> a(n, t.random), b(n, t.random), actual(n);
  t.candidate.product(a.data(), b.data(), n, actual.data());
  t.intact(actual);
  for (size_t i = 0; i < n; ++i) {
    const float truth = a[i] * b[i];
    t.exact(&truth, &actual[i], 1);
  }
}

constexpr size_t N = 2048;
struct Buffers {
  Random random{1};
  Guarded<float> a{N, random, 0, 1}, b{N, random, 0, 1}, out{N};
};
const Buffers& buffers() {
  static const Buffers all;
  return all;
}

size_t soft_timed(const Table& table) {
  const Buffers& x = buffers();
  table.soft_mask(x.a.data(), x.b.data(), N, 1.0f, 2, 0.5f, x.out.data());
  return N;
}
size_t hard_timed(const Table& table) {
  const Buffers& x = buffers();
  table.hard_mask(x.a.data(), x.b.data(), N, 1.0f, x.out.data());
  return N;
}
size_t product_timed(const Table& table) {
  const Buffers& x = buffers();
  table.product(x.a.data(), x.b.data(), N, x.out.data());
  return N;
}

const Register soft("soft_mask", &soft_trial, &soft_timed);
const Register hard("hard_mask", &hard_trial, &hard_timed);
const Register products("product", &product_trial, &product_timed);

}  // namespace
}  // namespace check
