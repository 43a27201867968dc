#include "core/spectrum/fft.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "core/runtime/blocks.h"
#include "core/runtime/plan_cache.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

using kernels::active;
using kernels::FftPlan;

constexpr size_t ROW = 2 * FFT_TILE;  // floats of a complex row of a tile
constexpr size_t CACHE_BYTES = size_t{32} << 20;
// The longest transform whose samples are interleaved in one tile, and the longest real ones that
// are done side by side: some ten milliseconds, so that an abort is noticed between them.
constexpr size_t LONGEST_TILE = size_t{1} << 20;
constexpr size_t LONGEST_REAL_TILE = size_t{1} << 17;

// Completes bins 0 to n / 2 of a real signal of length n to all n bins.
void mirror(float* re, float* im, size_t n) {
  im[0] = 0;
  if (n % 2 == 0) im[n / 2] = 0;
  for (size_t k = 1; k < n - k; ++k) {
    re[n - k] = re[k];
    im[n - k] = -im[k];
  }
}

// A full row is a few instructions; a call of memmove costs as much as the butterflies on it.
void copy_lanes(const float* from, size_t n, float* to) {
  if (n == FFT_TILE) {
    std::memcpy(to, from, FFT_TILE * sizeof(float));
  } else {
    std::copy_n(from, n, to);
  }
}

}  // namespace

std::shared_ptr<const Fft> Fft::get(size_t n, const Task& task) {
  static auto& cache = *new PlanCache<size_t, Fft>(CACHE_BYTES);
  return cache.get(n, [&] {
    auto plan = std::make_shared<const Fft>(n, task);
    return task.cancelled() ? nullptr : plan;
  });
}

Fft::Fft(size_t n, const Task& task) : n_(n) {
  if (!TilePlan::supports(n)) {
    prepare_bluestein(task);
  } else if (n > LONGEST_TILE) {
    four_step_ = std::make_unique<const FourStepFft>(n);
    scratch_ = four_step_->scratch_size();
  } else {
    prepare_interleaved();
  }
}

void Fft::prepare_interleaved() {
  // The lanes of the tile are `lanes_` interleaved subsequences of the one signal; a second
  // transform, whose lanes are neighbouring bins, joins them.
  lanes_ = 1;
  for (size_t lanes = FFT_TILE; n_ > kernels::FFT_LEVEL && lanes > 1 && lanes_ == 1; --lanes) {
    if (n_ % lanes == 0) lanes_ = lanes;
  }
  rows_ = n_ / lanes_;
  down_ = std::make_unique<const TilePlan>(rows_, TilePlan::Order::forward, false);
  scratch_ = down_->tile_size() + rows_ * ROW;
  if (lanes_ == 1) return;
  along_ = std::make_unique<const TilePlan>(lanes_, TilePlan::Order::forward, false);
  scratch_ += 2 * FFT_TILE * ROW;
  twiddle_re_.resize(n_);
  twiddle_im_.resize(n_);
  for (size_t k = 0; k < rows_; ++k) {
    for (size_t l = 0; l < lanes_; ++l) {
      const Twiddle w = twiddle(k * l, n_);
      twiddle_re_[k * lanes_ + l] = static_cast<float>(w.re);
      twiddle_im_[k * lanes_ + l] = static_cast<float>(w.im);
    }
  }
}

// Bluestein: ik = (i^2 + k^2 - (k - i)^2) / 2 turns the transform into a convolution with a chirp.
void Fft::prepare_bluestein(const Task& task) {
  // Any length from 2n - 1 will do; multiples of the tile keep its lanes busy.
  size_t length = (2 * n_ - 1 + FFT_TILE - 1) / FFT_TILE * FFT_TILE;
  while (!TilePlan::supports(length)) length += FFT_TILE;
  convolution_ = Fft::get(length, task);
  if (convolution_ == nullptr) return;
  scratch_ = 2 * length + convolution_->scratch_size();
  chirp_re_ = Aligned<float>(n_);
  chirp_im_ = Aligned<float>(n_);
  partner_re_ = Aligned<float>(length);
  partner_im_ = Aligned<float>(length);
  in_blocks(task, length - 2 * n_ + 1, [&](size_t begin, size_t end) {
    std::fill(&partner_re_[n_ + begin], &partner_re_[n_ + end], 0.0f);
    std::fill(&partner_im_[n_ + begin], &partner_im_[n_ + end], 0.0f);
  });
  const std::unique_ptr<const Twiddles> table =
      n_ > LONGEST_TILE ? std::make_unique<const Twiddles>(2 * n_) : nullptr;
  uint64_t square = 0;  // k^2 modulo 2n
  in_blocks(task, n_, [&](size_t begin, size_t end) {
    for (size_t k = begin; k < end; ++k) {
      const Twiddle w = table != nullptr ? (*table)(square) : twiddle(square, 2 * n_);
      chirp_re_[k] = static_cast<float>(w.re);
      chirp_im_[k] = static_cast<float>(w.im);
      partner_re_[k] = partner_re_[(length - k) % length] = chirp_re_[k];
      partner_im_[k] = partner_im_[(length - k) % length] = -chirp_im_[k];
      square = (square + 2 * k + 1) % (2 * n_);
    }
  });
  Aligned<float> scratch(convolution_->scratch_size());
  convolution_->forward(partner_re_.data(), partner_im_.data(), partner_re_.data(),
                        partner_im_.data(), scratch.data(), task);
}

size_t Fft::bytes() const {
  size_t bytes = 0;
  for (const auto* v : {&twiddle_re_, &twiddle_im_}) bytes += heap_bytes(*v);
  for (const auto* v : {&chirp_re_, &chirp_im_, &partner_re_, &partner_im_}) {
    bytes += v->size() * sizeof(float);
  }
  for (const TilePlan* plan : {down_.get(), along_.get()}) {
    if (plan != nullptr) bytes += plan->bytes();
  }
  if (four_step_ != nullptr) bytes += four_step_->bytes();
  if (convolution_ != nullptr) bytes += convolution_->bytes();
  return bytes;
}

void Fft::forward(const float* re, const float* im, float* out_re, float* out_im, float* scratch,
                  const Task& task) const {
  if (down_ != nullptr) {
    interleaved(re, im, out_re, out_im, scratch);
  } else if (four_step_ != nullptr) {
    four_step_->forward(re, im, out_re, out_im, scratch, task);
  } else {
    bluestein(re, im, out_re, out_im, scratch, task);
  }
}

void Fft::inverse(const float* re, const float* im, float* out_re, float* out_im, float* scratch,
                  const Task& task) const {
  // Exchanging the parts conjugates, up to a factor i that the second exchange takes back.
  forward(im, re, out_im, out_re, scratch, task);
  const float scale = 1.0f / static_cast<float>(n_);
  in_blocks(task, n_, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      out_re[i] *= scale;
      out_im[i] *= scale;
    }
  });
}

void Fft::interleaved(const float* re, const float* im, float* out_re, float* out_im,
                      float* scratch) const {
  const auto& kernels = active();
  const FftPlan& down = down_->get();
  float* const tile = scratch;
  float* const bins = tile + down_->tile_size();  // [rows_], complex rows
  float* row = tile;
  for (size_t r = 0; r < rows_; r += down.run) {
    for (size_t i = 0; i < down.run; ++i) {
      if (lanes_ < FFT_TILE) std::fill_n(row, ROW, 0.0f);
      copy_lanes(re, lanes_, row);
      copy_lanes(im, lanes_, row + FFT_TILE);
      re += lanes_;
      im += lanes_;
      row += ROW;
    }
    row += kernels::FFT_PADDING;
  }
  kernels.fft_tile(&down, tile, bins, ROW);
  if (along_ == nullptr) {
    for (size_t k = 0; k < n_; ++k) {
      out_re[k] = bins[k * ROW];
      out_im[k] = bins[k * ROW + FFT_TILE];
    }
    return;
  }
  float* const block = bins + rows_ * ROW;
  float* const joined = block + FFT_TILE * ROW;
  for (size_t k0 = 0; k0 < rows_; k0 += FFT_TILE) {
    const size_t count = std::min(FFT_TILE, rows_ - k0);
    if (count < FFT_TILE) std::fill_n(block, FFT_TILE * ROW, 0.0f);
    for (size_t k = 0; k < count; ++k) {
      const float* const bin = bins + (k0 + k) * ROW;
      const float* const w_re = &twiddle_re_[(k0 + k) * lanes_];
      const float* const w_im = &twiddle_im_[(k0 + k) * lanes_];
      for (size_t l = 0; l < lanes_; ++l) {
        const float a = bin[l], b = bin[FFT_TILE + l];
        block[l * ROW + k] = a * w_re[l] - b * w_im[l];
        block[l * ROW + FFT_TILE + k] = a * w_im[l] + b * w_re[l];
      }
    }
    kernels.fft_tile(&along_->get(), block, joined, ROW);
    for (size_t l = 0; l < lanes_; ++l) {
      copy_lanes(joined + l * ROW, count, out_re + l * rows_ + k0);
      copy_lanes(joined + l * ROW + FFT_TILE, count, out_im + l * rows_ + k0);
    }
  }
}

void Fft::bluestein(const float* re, const float* im, float* out_re, float* out_im, float* scratch,
                    const Task& task) const {
  const size_t length = convolution_->size();
  float* const a = scratch;
  float* const b = a + length;
  float* const rest = b + length;
  in_blocks(task, n_, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      a[i] = re[i] * chirp_re_[i] - im[i] * chirp_im_[i];
      b[i] = re[i] * chirp_im_[i] + im[i] * chirp_re_[i];
    }
  });
  in_blocks(task, length - n_, [&](size_t begin, size_t end) {
    std::fill(a + n_ + begin, a + n_ + end, 0.0f);
    std::fill(b + n_ + begin, b + n_ + end, 0.0f);
  });
  convolution_->forward(a, b, a, b, rest, task);
  in_blocks(task, length, [&](size_t begin, size_t end) {
    for (size_t k = begin; k < end; ++k) {
      const float p = a[k], q = b[k];
      a[k] = p * partner_re_[k] - q * partner_im_[k];
      b[k] = p * partner_im_[k] + q * partner_re_[k];
    }
  });
  convolution_->inverse(a, b, a, b, rest, task);
  in_blocks(task, n_, [&](size_t begin, size_t end) {
    for (size_t k = begin; k < end; ++k) {
      out_re[k] = a[k] * chirp_re_[k] - b[k] * chirp_im_[k];
      out_im[k] = a[k] * chirp_im_[k] + b[k] * chirp_re_[k];
    }
  });
}

std::shared_ptr<const RealFft> RealFft::get(size_t n, const Task& task) {
  static auto& cache = *new PlanCache<size_t, RealFft>(CACHE_BYTES);
  return cache.get(n, [&] {
    auto plan = std::make_shared<const RealFft>(n, task);
    return task.cancelled() ? nullptr : plan;
  });
}

RealFft::RealFft(size_t n, const Task& task)
    : n_(n), halved_(n % 2 == 0 && TilePlan::supports(n / 2)) {
  single_ = Fft::get(halved_ ? n / 2 : n, task);
  if (single_ == nullptr) return;
  const size_t one = (halved_ ? n : 2 * n) + single_->scratch_size();
  if (!halved_ || n > LONGEST_REAL_TILE) {
    scratch_ = n + 2 * bins() + one;
    if (halved_) split_ = std::make_unique<const Twiddles>(n);
    return;
  }
  forward_ = std::make_unique<const TilePlan>(n / 2, TilePlan::Order::forward, true);
  inverse_ = std::make_unique<const TilePlan>(n / 2, TilePlan::Order::reversed, true);
  scratch_ = std::max(inverse_->tile_size() + 2 * bins() * FFT_TILE, one);
}

size_t RealFft::tile_size() const { return tiled() ? forward_->tile_size() : n_ * FFT_TILE; }
size_t RealFft::run() const { return tiled() ? 2 * forward_->get().run : n_; }
size_t RealFft::run_stride() const { return tiled() ? forward_->get().run_stride : n_ * FFT_TILE; }
size_t RealFft::bytes() const {
  size_t bytes = single_->bytes();
  if (tiled()) bytes += forward_->bytes() + inverse_->bytes();
  if (split_ != nullptr) bytes += split_->bytes();
  return bytes;
}

void RealFft::forward_tile(float* x, float* re, float* im, size_t stride, size_t lanes,
                           float* scratch, const Task& task) const {
  if (!tiled()) {
    float* const lane = scratch;
    float* const a = lane + n_;
    float* const b = a + bins();
    for (size_t l = 0; l < lanes && !task.cancelled(); ++l) {
      for (size_t i = 0; i < n_; ++i) lane[i] = x[i * FFT_TILE + l];
      forward(lane, a, b, b + bins(), task);
      for (size_t k = 0; k < bins(); ++k) {
        re[k * stride + l] = a[k];
        im[k * stride + l] = b[k];
      }
    }
    return;
  }
  if (lanes == FFT_TILE) {
    active().rfft_tile(&forward_->get(), x, re, im, stride);
    return;
  }
  float* const all_re = scratch;
  float* const all_im = all_re + bins() * FFT_TILE;
  active().rfft_tile(&forward_->get(), x, all_re, all_im, FFT_TILE);
  for (size_t k = 0; k < bins(); ++k) {
    std::copy_n(all_re + k * FFT_TILE, lanes, re + k * stride);
    std::copy_n(all_im + k * FFT_TILE, lanes, im + k * stride);
  }
}

void RealFft::inverse_tile(const float* re, const float* im, size_t stride, size_t lanes, float* x,
                           float* scratch, const Task& task) const {
  if (!tiled()) {
    float* const lane = scratch;
    float* const a = lane + n_;
    float* const b = a + bins();
    for (size_t l = 0; l < lanes && !task.cancelled(); ++l) {
      for (size_t k = 0; k < bins(); ++k) {
        a[k] = re[k * stride + l];
        b[k] = im[k * stride + l];
      }
      inverse(a, b, lane, b + bins(), task);
      for (size_t i = 0; i < n_; ++i) x[i * FFT_TILE + l] = lane[i];
    }
    return;
  }
  float* const work = scratch;
  if (lanes < FFT_TILE) {
    float* const all_re = work + inverse_->tile_size();
    float* const all_im = all_re + bins() * FFT_TILE;
    std::fill_n(all_re, 2 * bins() * FFT_TILE, 0.0f);
    for (size_t k = 0; k < bins(); ++k) {
      std::copy_n(re + k * stride, lanes, all_re + k * FFT_TILE);
      std::copy_n(im + k * stride, lanes, all_im + k * FFT_TILE);
    }
    re = all_re;
    im = all_im;
    stride = FFT_TILE;
  }
  active().irfft_tile(&inverse_->get(), re, im, stride, 1.0f / static_cast<float>(n_), work, x);
}

// Half of exp(-2 pi i k / n), as the kernels round it.
inline Twiddle RealFft::half_twiddle(size_t k) const {
  if (split_ == nullptr) {
    const float* const w = forward_->get().split + 2 * k;
    return {w[0], w[1]};
  }
  const Twiddle w = (*split_)(k);
  return {0.5 * w.re, 0.5 * w.im};
}

void RealFft::forward(const float* x, float* re, float* im, float* scratch,
                      const Task& task) const {
  float* const a = scratch;
  if (!halved_) {
    float* const b = a + n_;
    in_blocks(task, n_, [&](size_t begin, size_t end) {
      std::copy(x + begin, x + end, a + begin);
      std::fill(b + begin, b + end, 0.0f);
    });
    single_->forward(a, b, a, b, b + n_, task);
    in_blocks(task, bins(), [&](size_t begin, size_t end) {
      std::copy(a + begin, a + end, re + begin);
      std::copy(b + begin, b + end, im + begin);
    });
    return;
  }
  const size_t half = n_ / 2;
  float* const b = a + half;
  in_blocks(task, half, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      a[i] = x[2 * i];
      b[i] = x[2 * i + 1];
    }
  });
  single_->forward(a, b, a, b, b + half, task);
  re[0] = a[0] + b[0];
  re[half] = a[0] - b[0];
  im[0] = im[half] = 0;
  // As split() in kernels/fft.h.
  in_blocks(task, half / 2, [&](size_t begin, size_t end) {
    for (size_t k = begin + 1; k <= end; ++k) {
      const size_t m = half - k;
      const Twiddle w = half_twiddle(k);
      const float w_re = static_cast<float>(w.re), w_im = static_cast<float>(w.im);
      const float sum_re = a[k] + a[m], sum_im = b[k] - b[m];
      const float difference_re = b[k] + b[m], difference_im = a[m] - a[k];  // over i
      const float t_re = difference_re * w_re - difference_im * w_im;
      const float t_im = difference_re * w_im + difference_im * w_re;
      re[k] = 0.5f * sum_re + t_re;
      im[k] = 0.5f * sum_im + t_im;
      re[m] = 0.5f * sum_re - t_re;
      im[m] = t_im - 0.5f * sum_im;
    }
  });
}

void RealFft::inverse(const float* re, const float* im, float* x, float* scratch,
                      const Task& task) const {
  float* const a = scratch;
  if (!halved_) {
    float* const b = a + n_;
    in_blocks(task, bins(), [&](size_t begin, size_t end) {
      std::copy(re + begin, re + end, a + begin);
      std::copy(im + begin, im + end, b + begin);
    });
    mirror(a, b, n_);
    single_->inverse(a, b, a, b, b + n_, task);
    in_blocks(task, n_,
              [&](size_t begin, size_t end) { std::copy(a + begin, a + end, x + begin); });
    return;
  }
  const size_t half = n_ / 2;
  float* const b = a + half;
  // As merge() in kernels/fft.h, without its reversal. Fft::inverse divides by half, which leaves a
  // factor of one half.
  a[0] = 0.5f * (re[0] + re[half]);
  b[0] = 0.5f * (re[0] - re[half]);
  in_blocks(task, half / 2, [&](size_t begin, size_t end) {
    for (size_t k = begin + 1; k <= end; ++k) {
      const size_t m = half - k;
      const Twiddle w = half_twiddle(k);
      const float w_re = static_cast<float>(w.re), w_im = static_cast<float>(w.im);
      const float sum_re = re[k] + re[m], sum_im = im[k] - im[m];
      const float difference_re = im[k] + im[m], difference_im = re[m] - re[k];  // over i
      const float t_re = difference_re * w_re + difference_im * w_im;
      const float t_im = difference_im * w_re - difference_re * w_im;
      a[k] = 0.5f * sum_re - t_re;
      b[k] = 0.5f * sum_im - t_im;
      a[m] = 0.5f * sum_re + t_re;
      b[m] = -0.5f * sum_im - t_im;
    }
  });
  single_->inverse(a, b, a, b, b + half, task);
  in_blocks(task, half, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      x[2 * i] = a[i];
      x[2 * i + 1] = b[i];
    }
  });
}

}  // namespace cochlea
