#include "core/pitch/correlation.h"

#include <algorithm>

#include "kernels/dispatch.h"

namespace cochlea {
namespace {

// The smallest length >= n whose factors are 2, 3 and 5 and whose half is one too.
size_t transform_length(size_t n) {
  for (n += n % 2;; n += 2) {
    size_t rest = n / 2;
    for (const size_t factor : {2, 3, 5}) {
      while (rest % factor == 0) rest /= factor;
    }
    if (rest == 1) return n;
  }
}

// More hops in a frame would cost more sums than shorter transforms save.
constexpr size_t MOST_HOPS = 8;

}  // namespace

LagTransform::LagTransform(size_t length, size_t lags)
    : fft_(RealFft::get(transform_length(length + lags))),
      tile_(fft_->tile_size()),
      scratch_(fft_->scratch_size()) {}

size_t LagTransform::bytes() const { return (tile_.size() + scratch_.size()) * sizeof(float); }

void LagTransform::load(const float* const* rows, size_t count) {
  const size_t run = fft_->run();
  float* out = tile_.data();
  for (size_t i = 0; i < fft_->size(); i += run) {
    const size_t given = i < count ? std::min(count - i, run) : 0;
    const float* from[FFT_TILE];
    for (size_t l = 0; l < FFT_TILE; ++l) from[l] = rows[l] + std::min(i, count);
    kernels::active().rows_to_tile(from, given, out);
    std::fill_n(out + given * FFT_TILE, (run - given) * FFT_TILE, 0.0f);
    out += fft_->run_stride();
  }
}

void LagTransform::running_energy(size_t first, size_t count, float* out) {
  const size_t run = fft_->run();
  const size_t end = first + count;
  float sums[FFT_TILE] = {};
  for (size_t i = first; i < end;) {
    const size_t rows = std::min(end - i, run - i % run);
    const float* const x = tile_.data() + i / run * fft_->run_stride() + i % run * FFT_TILE;
    kernels::active().running_energy(x, rows, sums, out);
    out += rows * FFT_TILE;
    i += rows;
  }
}

void LagTransform::forward(float* re, float* im, const Task& task) {
  fft_->forward_tile(tile_.data(), re, im, FFT_TILE, FFT_TILE, scratch_.data(), task);
}

void LagTransform::inverse(const float* re, const float* im, size_t count, float* out,
                           const Task& task) {
  fft_->inverse_tile(re, im, FFT_TILE, FFT_TILE, tile_.data(), scratch_.data(), task);
  const size_t run = fft_->run();
  for (size_t k = 0; k < count; k += run) {
    std::copy_n(tile_.data() + k / run * fft_->run_stride(), std::min(run, count - k) * FFT_TILE,
                out + k * FFT_TILE);
  }
}

FrameCorrelation::FrameCorrelation(const YinShape& shape)
    : shape_(shape),
      transform_(shape.summed(), shape.max_period),
      re_(transform_.bins() * FFT_TILE),
      im_(re_.size()),
      start_re_(shape.paper ? re_.size() : 0),
      start_im_(start_re_.size()),
      correlation_((shape.max_period + 1) * FFT_TILE),
      head_(shape.max_period * FFT_TILE),
      tail_(shape.paper ? head_.size() : 0) {}

size_t FrameCorrelation::bytes() const {
  size_t floats = 0;
  for (const Aligned<float>* x :
       {&re_, &im_, &start_re_, &start_im_, &correlation_, &head_, &tail_})
    floats += x->size();
  return transform_.bytes() + floats * sizeof(float);
}

CorrelationTile FrameCorrelation::tile(const float* const* rows, const Task& task) {
  CorrelationTile result{correlation_.data(), head_.data(), nullptr, {}};
  float* const re = re_.data();
  float* const im = im_.data();
  transform_.load(rows, shape_.frame_length);
  transform_.running_energy(0, shape_.max_period, head_.data());
  if (shape_.paper) {
    transform_.running_energy(shape_.summed(), shape_.max_period, tail_.data());
    result.tail = tail_.data();
    transform_.forward(re, im, task);
    if (task.cancelled()) return result;
    transform_.load(rows, shape_.summed());
    transform_.forward(start_re_.data(), start_im_.data(), task);
    if (task.cancelled()) return result;
    std::copy_n(start_re_.data(), FFT_TILE, result.sum);
    for (size_t i = 0; i < re_.size(); ++i) {
      const float real = re[i] * start_re_[i] + im[i] * start_im_[i];
      im[i] = im[i] * start_re_[i] - re[i] * start_im_[i];
      re[i] = real;
    }
  } else {
    std::fill_n(head_.data(), FFT_TILE, 0.0f);  // as librosa has it
    transform_.forward(re, im, task);
    if (task.cancelled()) return result;
    std::copy_n(re, FFT_TILE, result.sum);
    kernels::active().power_spectrum(re, im, re_.size(), re);
    std::fill(im_.begin(), im_.end(), 0.0f);
  }
  transform_.inverse(re, im, shape_.max_period + 1, correlation_.data(), task);
  return result;
}

bool HopCorrelation::supports(const YinShape& shape) {
  const size_t hops = shape.frame_length / shape.hop;
  const bool whole = hops * shape.hop == shape.frame_length;
  return whole && hops >= 2 && hops <= MOST_HOPS && shape.max_period <= shape.hop && !shape.paper;
}

HopCorrelation::HopCorrelation(const YinShape& shape)
    : shape_(shape),
      hops_(shape.frame_length / shape.hop),
      transform_(shape.hop, shape.max_period),
      gathered_((shape.hop + shape.max_period) * FFT_TILE),
      hop_re_(transform_.bins() * FFT_TILE),
      hop_im_(hop_re_.size()),
      re_(hop_re_.size()),
      im_(hop_re_.size()),
      correlation_((shape.max_period + 1) * FFT_TILE),
      product_re_(transform_.bins() * WIDTH, 0.0f),
      product_im_(product_re_.size(), 0.0f),
      power_(product_re_.size(), 0.0f) {
  for (Aligned<float>& x : energy_) x = Aligned<float>(shape.max_period * FFT_TILE);
}

size_t HopCorrelation::bytes() const {
  size_t floats = 0;
  for (const Aligned<float>* x : {&gathered_, &hop_re_, &hop_im_, &re_, &im_, &correlation_,
                                  &product_re_, &product_im_, &power_, &energy_[0], &energy_[1]}) {
    floats += x->size();
  }
  return transform_.bytes() + floats * sizeof(float);
}

// Hops [s, s + count) to the columns of a group.
void HopCorrelation::transform(const Samples& samples, size_t s, size_t count, size_t group,
                               const Task& task) {
  const size_t hop = shape_.hop;
  const size_t reach = hop + shape_.max_period;
  const float* rows[FFT_TILE] = {};
  for (size_t l = 0; l < FFT_TILE; ++l) {
    rows[l] = l < count ? samples.read(static_cast<int64_t>((s + l) * hop), reach,
                                       gathered_.data() + l * reach)
                        : rows[0];
  }
  float* const energy = energy_[group % 2].data();
  transform_.load(rows, hop);
  transform_.running_energy(0, shape_.max_period, energy);
  std::fill_n(energy, FFT_TILE, 0.0f);  // as librosa has it
  transform_.forward(hop_re_.data(), hop_im_.data(), task);
  transform_.load(rows, reach);
  transform_.forward(re_.data(), im_.data(), task);
  const size_t column = group % 2 * FFT_TILE;
  const size_t again = group % 2 == 0 ? 2 * FFT_TILE : 0;
  std::copy_n(hop_re_.data(), FFT_TILE, sum_ + column);
  std::copy_n(hop_re_.data(), FFT_TILE, sum_ + column + again);
  kernels::active().correlate_hops(hop_re_.data(), hop_im_.data(), re_.data(), im_.data(),
                                   transform_.bins(), WIDTH, again, product_re_.data() + column,
                                   product_im_.data() + column, power_.data() + column);
}

CorrelationTile HopCorrelation::tile(const Samples& samples, size_t t, size_t lanes,
                                     const Task& task) {
  const size_t needed = lanes + hops_ - 1;
  if (t == 0 || t != ready_) {
    group_ = 0;
    transform(samples, t, std::min(FFT_TILE, needed), group_, task);
  }
  if (needed > FFT_TILE) {
    const size_t count = lanes == FFT_TILE ? FFT_TILE : needed - FFT_TILE;
    transform(samples, t + FFT_TILE, count, group_ + 1, task);
  }
  const size_t column = group_ % 2 * FFT_TILE;
  kernels::active().sum_hops(product_re_.data() + column, product_im_.data() + column,
                             power_.data() + column, transform_.bins(), WIDTH, hops_, re_.data(),
                             im_.data());
  CorrelationTile result{correlation_.data(), energy_[group_ % 2].data(), nullptr, {}};
  for (size_t j = 0; j < hops_; ++j) {
    for (size_t l = 0; l < FFT_TILE; ++l) result.sum[l] += sum_[column + j + l];
  }
  ready_ = lanes == FFT_TILE ? t + FFT_TILE : 0;
  ++group_;
  transform_.inverse(re_.data(), im_.data(), shape_.max_period + 1, correlation_.data(), task);
  return result;
}

}  // namespace cochlea
