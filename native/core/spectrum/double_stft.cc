#include "core/spectrum/double_stft.h"

#include <algorithm>
#include <bit>

#include "kernels/dispatch.h"

namespace cochlea {

using kernels::FFT64_TILE;
using kernels::FFT_TILE;

DoubleStft::DoubleStft(const Frames& frames, std::shared_ptr<const Window> window, const Task& task)
    : frames_(frames), window_(std::move(window)), task_(task) {
  const size_t n = frames.length();
  if (n > LONGEST && !std::has_single_bit(n)) {
    single_.emplace(frames, window_, task);
    return;
  }
  fft_ = RealFft64::get(n);
  ones_ = Aligned<float>(n, 1.0f);
  gathered_ = Aligned<float>(n * FFT_TILE);
  tile_ = Aligned<float>(n * FFT_TILE);
  x_ = Aligned<double>(fft_->buffer_size());
  y_ = Aligned<double>(fft_->buffer_size());
}

void DoubleStft::read(size_t t0, size_t lanes, float* re, float* im, size_t stride) {
  if (single_) return single_->read(t0, lanes, re, im, stride);
  const kernels::Table& kernel = kernels::active();
  const size_t n = frames_.length();
  const float* rows[FFT_TILE];
  for (size_t l = 0; l < FFT_TILE; ++l)
    rows[l] = l < lanes ? frames_.read(t0 + l, gathered_.data() + l * n) : rows[0];
  kernel.window_to_tile(rows, ones_.data(), n, tile_.data());
  for (size_t l = 0; l < lanes && !task_.cancelled(); l += FFT64_TILE) {
    kernel.window_to_tile64(tile_.data() + l, window_->exact.data(), n, x_.data());
    fft_->forward(x_.data(), y_.data(), re + l, im + l, stride, std::min(FFT64_TILE, lanes - l),
                  task_);
  }
}

}  // namespace cochlea
