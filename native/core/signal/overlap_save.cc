#include "core/signal/overlap_save.h"

#include <algorithm>

#include "kernels/dispatch.h"

namespace cochlea {

constexpr size_t BLOCK = ResampleFilter::BLOCK;

std::shared_ptr<OverlapSave> OverlapSave::make(double from, double to, ResampleQuality quality,
                                               const Task& task) {
  auto filter = ResampleFilter::get(from, to, quality, task);
  if (filter == nullptr || filter->response.size() == 0) return nullptr;
  return std::make_shared<OverlapSave>(std::move(filter));
}

OverlapSave::OverlapSave(std::shared_ptr<const ResampleFilter> filter)
    : filter_(std::move(filter)),
      factor_(filter_->overlap_save_factor()),
      down_(filter_->up == 1),
      ends_(static_cast<size_t>(filter_->reach - 1) * (down_ ? 1 : factor_)),
      valid_(down_ ? BLOCK - 2 * ends_ / factor_ : factor_ * BLOCK - 2 * ends_),
      hop_(down_ ? factor_ * valid_ : valid_ / factor_),
      block_(down_ ? factor_ * BLOCK : BLOCK),
      frames_({}, block_, hop_, PadMode::none),
      stft_(frames_, Window::get(WindowShape::ones, 0, {}, block_, block_)),
      inverse_(RealFft::get(down_ ? BLOCK : factor_ * BLOCK)),
      re_((factor_ * BLOCK / 2 + 1) * FFT_TILE),
      im_((factor_ * BLOCK / 2 + 1) * FFT_TILE),
      tile_(inverse_->tile_size()),
      rows_(inverse_->run() * FFT_TILE),
      scratch_(inverse_->scratch_size()) {}

size_t OverlapSave::bytes() const {
  return (re_.size() + im_.size() + 3 * tile_.size() + rows_.size() + scratch_.size()) *
         sizeof(float);
}

void OverlapSave::convert(const float* x, size_t lanes, float* out) {
  const kernels::Table& kernel = kernels::active();
  frames_ = Frames({x, inputs()}, block_, hop_, PadMode::none);
  stft_.read(0, lanes, re_.data(), im_.data(), FFT_TILE);
  if (down_) {
    kernel.decimate_spectrum(re_.data(), im_.data(), filter_->response.data(), BLOCK, factor_);
  } else {
    kernel.interpolate_spectrum(re_.data(), im_.data(), filter_->response.data(), BLOCK);
  }
  inverse_->inverse_tile(re_.data(), im_.data(), FFT_TILE, lanes, tile_.data(), scratch_.data());
  // A run at a time straight to the outputs, by way of `rows_` where a block's end is cut off.
  const size_t run = inverse_->run();
  const size_t begin = down_ ? ends_ / factor_ : ends_, end = begin + valid_;
  for (size_t i = 0, r = 0; i < inverse_->size(); i += run, ++r) {
    const size_t from = std::max(i, begin), to = std::min(i + run, end);
    if (from >= to) continue;
    const bool whole = to - from == run;
    float* rows[FFT_TILE];
    for (size_t l = 0; l < FFT_TILE; ++l) {
      const bool straight = whole && l < lanes;
      rows[l] = straight ? out + l * valid_ + (i - begin) : rows_.data() + l * run;
    }
    kernel.tile_to_rows(tile_.data() + r * inverse_->run_stride(), run, rows);
    if (whole) continue;
    for (size_t l = 0; l < lanes; ++l) {
      std::copy_n(rows[l] + (from - i), to - from, out + l * valid_ + (from - begin));
    }
  }
}

}  // namespace cochlea
