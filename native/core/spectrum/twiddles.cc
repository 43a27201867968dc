#include "core/spectrum/twiddles.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "core/runtime/plan_cache.h"

namespace cochlea {

Twiddle twiddle(uint64_t k, uint64_t n) {
  // k is reduced first, so that the angle is exact.
  const double angle =
      -2.0 * std::numbers::pi * static_cast<double>(k % n) / static_cast<double>(n);
  return {std::cos(angle), std::sin(angle)};
}

Twiddles::Twiddles(uint64_t n) : bits_(static_cast<unsigned>(std::bit_width(n) + 1) / 2) {
  const uint64_t fine = uint64_t{1} << bits_;
  fine_.reserve(fine);
  for (uint64_t k = 0; k < fine; ++k) fine_.push_back(twiddle(k, n));
  coarse_.reserve(n / fine + 1);
  for (uint64_t k = 0; k <= n / fine; ++k) coarse_.push_back(twiddle(k * fine, n));
}

size_t Twiddles::bytes() const { return heap_bytes(coarse_) + heap_bytes(fine_); }

}  // namespace cochlea
