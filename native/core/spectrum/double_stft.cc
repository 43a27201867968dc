#include "core/spectrum/double_stft.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "core/runtime/plan_cache.h"
#include "kernels/dispatch.h"
#include "kernels/fft_plan.h"

namespace cochlea {

using kernels::FFT64_TILE;
using kernels::FFT_TILE;

namespace {

constexpr size_t CACHE_BYTES = 16 << 20;

}  // namespace

DoubleStft::Roots::Roots(size_t n) : values(2 * n) {
  for (size_t k = 0; k < n; ++k) {
    // Reduced to an eighth of the circle, where sine and cosine are at their most exact.
    const size_t octant = 8 * k / n;
    const size_t folded = octant % 2 == 0 ? k - octant * n / 8 : (octant + 1) * n / 8 - k;
    const double angle =
        2 * std::numbers::pi * static_cast<double>(folded) / static_cast<double>(n);
    const double c = std::cos(angle), s = std::sin(angle);
    const bool swapped = octant == 1 || octant == 2 || octant == 5 || octant == 6;
    const double x = swapped ? s : c, y = swapped ? c : s;
    values[2 * k] = octant >= 2 && octant <= 5 ? -x : x;
    values[2 * k + 1] = octant >= 4 ? y : -y;
  }
}

DoubleStft::DoubleStft(const Frames& frames, std::shared_ptr<const Window> window)
    : frames_(frames), window_(std::move(window)) {
  const size_t n = frames.length();
  if (n < 4 || !std::has_single_bit(n)) {
    single_.emplace(frames, window_);
    return;
  }
  static auto& cache = *new PlanCache<size_t, Roots>(CACHE_BYTES);
  roots_ = cache.get(n, [n] { return std::make_shared<const Roots>(n); });
  ones_ = Aligned<float>(n, 1.0f);
  gathered_ = Aligned<float>(n * FFT_TILE);
  tile_ = Aligned<float>(n * FFT_TILE);
  x_ = Aligned<double>(n * FFT64_TILE);
  y_ = Aligned<double>(n * FFT64_TILE);
}

void DoubleStft::read(size_t t0, size_t lanes, float* re, float* im, size_t stride) {
  if (single_) return single_->read(t0, lanes, re, im, stride);
  const kernels::Table& kernel = kernels::active();
  const size_t n = frames_.length();
  const float* rows[FFT_TILE];
  for (size_t l = 0; l < FFT_TILE; ++l)
    rows[l] = l < lanes ? frames_.read(t0 + l, gathered_.data() + l * n) : rows[0];
  kernel.window_to_tile(rows, ones_.data(), n, tile_.data());
  for (size_t l = 0; l < lanes; l += FFT64_TILE) {
    kernel.window_to_tile64(tile_.data() + l, window_->exact.data(), n, x_.data());
    kernel.rfft64_tile(roots_->values.data(), n, x_.data(), y_.data(), re + l, im + l, stride,
                       lanes - l < FFT64_TILE ? lanes - l : FFT64_TILE);
  }
}

}  // namespace cochlea
