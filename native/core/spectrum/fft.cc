#include "core/spectrum/fft.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <cstring>
#include <numbers>

#include "core/runtime/plan_cache.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

using kernels::active;
using kernels::FftLevel;
using kernels::FftPlan;

constexpr size_t ROW = 2 * FFT_TILE;  // floats of a complex row of a tile
constexpr size_t CACHE_BYTES = size_t{64} << 20;

// exp(-2 pi i k / n). k is reduced first, so that the angle is exact however long the transform.
std::complex<double> root(uint64_t k, uint64_t n) {
  const double angle =
      -2.0 * std::numbers::pi * static_cast<double>(k % n) / static_cast<double>(n);
  return {std::cos(angle), std::sin(angle)};
}

// The radices of n, level by level, or nothing if it has another factor than 2, 3 and 5. See
// kernels/fft.h for why so.
std::vector<std::vector<size_t>> levels_of(size_t n) {
  std::vector<size_t> radices;
  size_t twos = 0;
  while (n % 2 == 0) n /= 2, ++twos;
  if (twos % 2 == 1) {
    radices.push_back(twos > 1 ? 8 : 2);
    twos -= twos > 1 ? 3 : 1;
  }
  for (const size_t radix : {5, 3})
    while (n % radix == 0) n /= radix, radices.push_back(radix);
  if (n != 1) return {};
  radices.insert(radices.end(), twos / 2, 4);

  // Filled from the back, so that what is left over makes the first level, whose first pass has no
  // twiddles, the short one.
  std::vector<std::vector<size_t>> levels(1);
  size_t size = 1;
  while (!radices.empty()) {
    const size_t radix = radices.back();
    if (size * radix > kernels::FFT_LEVEL) {
      levels.insert(levels.begin(), std::vector<size_t>());
      size = 1;
    }
    size *= radix;
    levels.front().insert(levels.front().begin(), radix);
    radices.pop_back();
  }
  return levels;
}

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

template <class T>
size_t bytes_of(const std::vector<T>& v) {
  return v.size() * sizeof(T);
}

}  // namespace

bool TilePlan::supports(size_t n) { return !levels_of(n).empty(); }

TilePlan::TilePlan(size_t n, Order order, bool real) : residue_{0} {
  auto levels = levels_of(n);
  if (order == Order::reversed) std::reverse(levels.begin(), levels.end());
  plan_.size = n;
  plan_.levels = static_cast<int>(levels.size());
  size_t before = 1;
  for (size_t d = 0; d < levels.size(); ++d) {
    FftLevel& level = plan_.level[d];
    level.size = 1;
    level.before = before;
    level.passes = static_cast<int>(levels[d].size());
    for (size_t p = 0; p < levels[d].size(); ++p) {
      const size_t radix = levels[d][p];
      level.pass[p] = {static_cast<int>(radix), nullptr};
      const size_t done = before * level.size;
      if (done > 1) {
        std::vector<float>& table = twiddles_.emplace_back();
        table.reserve(done * (radix - 1) * 2);
        for (size_t block = 0; block < before; ++block) {
          for (size_t k = 0; k < level.size; ++k) {
            for (size_t i = 1; i < radix; ++i) {
              const auto w = root((residue_[block] + before * k) * i, done * radix);
              table.push_back(static_cast<float>(w.real()));
              table.push_back(static_cast<float>(w.imag()));
            }
          }
        }
        level.pass[p].twiddles = table.data();
      }
      level.size *= radix;
    }
    level.after = n / (before * level.size);
    if (d + 1 < levels.size()) {
      std::vector<size_t> next;
      for (const size_t residue : residue_)
        for (size_t k = 0; k < level.size; ++k) next.push_back(residue + before * k);
      residue_ = std::move(next);
      before *= level.size;
    }
  }
  block_.resize(before);
  for (size_t block = 0; block < before; ++block) block_[residue_[block]] = block;
  plan_.residue = residue_.data();
  plan_.block = block_.data();
  if (levels.size() == 1) {
    plan_.run = n;
    plan_.run_stride = n * ROW;
  } else {
    plan_.run = plan_.level[0].after;
    plan_.run_stride = plan_.run * ROW + kernels::FFT_PADDING;
  }
  if (real) {
    for (size_t k = 0; k <= n; ++k) {
      const auto w = 0.5 * root(k, 2 * n);
      split_.push_back(static_cast<float>(w.real()));
      split_.push_back(static_cast<float>(w.imag()));
    }
    plan_.split = split_.data();
  }
}

size_t TilePlan::bytes() const {
  size_t bytes = bytes_of(residue_) + bytes_of(block_) + bytes_of(split_);
  for (const auto& table : twiddles_) bytes += bytes_of(table);
  return bytes;
}

std::shared_ptr<const Fft> Fft::get(size_t n) {
  static auto& cache = *new PlanCache<size_t, Fft>(CACHE_BYTES);
  return cache.get(n, [n] { return std::make_shared<const Fft>(n); });
}

Fft::Fft(size_t n) : n_(n) {
  if (TilePlan::supports(n)) {
    // The lanes of the tile are `lanes_` interleaved subsequences of the one signal; a second
    // transform, whose lanes are neighbouring bins, joins them.
    lanes_ = 1;
    for (size_t lanes = FFT_TILE; n > kernels::FFT_LEVEL && lanes > 1 && lanes_ == 1; --lanes)
      if (n % lanes == 0) lanes_ = lanes;
    rows_ = n / lanes_;
    columns_ = std::make_unique<const TilePlan>(rows_, TilePlan::Order::forward, false);
    scratch_ = columns_->tile_size() + rows_ * ROW;
    if (lanes_ == 1) return;
    across_ = std::make_unique<const TilePlan>(lanes_, TilePlan::Order::forward, false);
    scratch_ += 2 * FFT_TILE * ROW;
    turn_re_.resize(n);
    turn_im_.resize(n);
    for (size_t k = 0; k < rows_; ++k) {
      for (size_t l = 0; l < lanes_; ++l) {
        const auto w = root(k * l, n);
        turn_re_[k * lanes_ + l] = static_cast<float>(w.real());
        turn_im_[k * lanes_ + l] = static_cast<float>(w.imag());
      }
    }
    return;
  }
  // Bluestein: ik = (i^2 + k^2 - (k - i)^2) / 2 turns the transform into a convolution with a
  // chirp.
  // Any length from 2n - 1 will do; multiples of the tile keep its lanes busy.
  size_t length = (2 * n - 1 + FFT_TILE - 1) / FFT_TILE * FFT_TILE;
  while (!TilePlan::supports(length)) length += FFT_TILE;
  convolution_ = Fft::get(length);
  scratch_ = 2 * length + convolution_->scratch_size();
  chirp_re_.resize(n);
  chirp_im_.resize(n);
  partner_re_.assign(length, 0.0f);
  partner_im_.assign(length, 0.0f);
  uint64_t square = 0;  // k^2 modulo 2n
  for (size_t k = 0; k < n; ++k) {
    const auto w = root(square, 2 * n);
    chirp_re_[k] = static_cast<float>(w.real());
    chirp_im_[k] = static_cast<float>(w.imag());
    partner_re_[k] = partner_re_[(length - k) % length] = chirp_re_[k];
    partner_im_[k] = partner_im_[(length - k) % length] = -chirp_im_[k];
    square = (square + 2 * k + 1) % (2 * n);
  }
  std::vector<float> scratch(convolution_->scratch_size());
  convolution_->forward(partner_re_.data(), partner_im_.data(), partner_re_.data(),
                        partner_im_.data(), scratch.data());
}

size_t Fft::bytes() const {
  size_t bytes = 0;
  for (const auto* v : {&turn_re_, &turn_im_, &chirp_re_, &chirp_im_, &partner_re_, &partner_im_})
    bytes += bytes_of(*v);
  for (const TilePlan* plan : {columns_.get(), across_.get()})
    if (plan != nullptr) bytes += plan->bytes();
  return bytes;
}

void Fft::forward(const float* re, const float* im, float* out_re, float* out_im,
                  float* scratch) const {
  if (columns_ != nullptr) {
    mixed_radix(re, im, out_re, out_im, scratch);
  } else {
    bluestein(re, im, out_re, out_im, scratch);
  }
}

void Fft::inverse(const float* re, const float* im, float* out_re, float* out_im,
                  float* scratch) const {
  // Exchanging the parts conjugates, up to a factor i that the second exchange takes back.
  forward(im, re, out_im, out_re, scratch);
  const float scale = 1.0f / static_cast<float>(n_);
  for (size_t i = 0; i < n_; ++i) {
    out_re[i] *= scale;
    out_im[i] *= scale;
  }
}

void Fft::mixed_radix(const float* re, const float* im, float* out_re, float* out_im,
                      float* scratch) const {
  const auto& kernels = active();
  const FftPlan& columns = columns_->get();
  float* const tile = scratch;
  float* const bins = tile + columns_->tile_size();  // [rows_], complex rows
  float* row = tile;
  for (size_t r = 0; r < rows_; r += columns.run, row += kernels::FFT_PADDING) {
    for (size_t i = 0; i < columns.run; ++i, row += ROW, re += lanes_, im += lanes_) {
      if (lanes_ < FFT_TILE) std::fill_n(row, ROW, 0.0f);
      copy_lanes(re, lanes_, row);
      copy_lanes(im, lanes_, row + FFT_TILE);
    }
  }
  kernels.fft_tile(&columns, tile, bins, ROW);
  if (across_ == nullptr) {
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
      const float* const row = bins + (k0 + k) * ROW;
      const float* const turn_re = &turn_re_[(k0 + k) * lanes_];
      const float* const turn_im = &turn_im_[(k0 + k) * lanes_];
      for (size_t l = 0; l < lanes_; ++l) {
        const float a = row[l], b = row[FFT_TILE + l];
        block[l * ROW + k] = a * turn_re[l] - b * turn_im[l];
        block[l * ROW + FFT_TILE + k] = a * turn_im[l] + b * turn_re[l];
      }
    }
    kernels.fft_tile(&across_->get(), block, joined, ROW);
    for (size_t l = 0; l < lanes_; ++l) {
      copy_lanes(joined + l * ROW, count, out_re + l * rows_ + k0);
      copy_lanes(joined + l * ROW + FFT_TILE, count, out_im + l * rows_ + k0);
    }
  }
}

void Fft::bluestein(const float* re, const float* im, float* out_re, float* out_im,
                    float* scratch) const {
  const size_t length = convolution_->size();
  float* const a = scratch;
  float* const b = a + length;
  float* const rest = b + length;
  for (size_t i = 0; i < n_; ++i) {
    a[i] = re[i] * chirp_re_[i] - im[i] * chirp_im_[i];
    b[i] = re[i] * chirp_im_[i] + im[i] * chirp_re_[i];
  }
  std::fill(a + n_, a + length, 0.0f);
  std::fill(b + n_, b + length, 0.0f);
  convolution_->forward(a, b, a, b, rest);
  for (size_t k = 0; k < length; ++k) {
    const float p = a[k], q = b[k];
    a[k] = p * partner_re_[k] - q * partner_im_[k];
    b[k] = p * partner_im_[k] + q * partner_re_[k];
  }
  convolution_->inverse(a, b, a, b, rest);
  for (size_t k = 0; k < n_; ++k) {
    out_re[k] = a[k] * chirp_re_[k] - b[k] * chirp_im_[k];
    out_im[k] = a[k] * chirp_im_[k] + b[k] * chirp_re_[k];
  }
}

std::shared_ptr<const RealFft> RealFft::get(size_t n) {
  static auto& cache = *new PlanCache<size_t, RealFft>(CACHE_BYTES);
  return cache.get(n, [n] { return std::make_shared<const RealFft>(n); });
}

RealFft::RealFft(size_t n) : n_(n) {
  if (n % 2 == 0 && TilePlan::supports(n / 2)) {
    forward_ = std::make_unique<const TilePlan>(n / 2, TilePlan::Order::forward, true);
    inverse_ = std::make_unique<const TilePlan>(n / 2, TilePlan::Order::reversed, true);
    single_ = Fft::get(n / 2);
    scratch_ = std::max(inverse_->tile_size() + 2 * bins() * FFT_TILE, n + single_->scratch_size());
  } else {
    single_ = Fft::get(n);
    scratch_ = 2 * n + single_->scratch_size();
  }
}

size_t RealFft::tile_size() const {
  return forward_ != nullptr ? forward_->tile_size() : n_ * FFT_TILE;
}
size_t RealFft::run() const { return forward_ != nullptr ? 2 * forward_->get().run : n_; }
size_t RealFft::run_stride() const {
  return forward_ != nullptr ? forward_->get().run_stride : n_ * FFT_TILE;
}
size_t RealFft::bytes() const {
  return forward_ != nullptr ? forward_->bytes() + inverse_->bytes() : 0;
}

void RealFft::forward_tile(float* x, float* re, float* im, size_t stride, size_t lanes,
                           float* scratch) const {
  if (forward_ == nullptr) {
    float* const a = scratch;
    float* const b = a + n_;
    for (size_t l = 0; l < lanes; ++l) {
      for (size_t i = 0; i < n_; ++i) a[i] = x[i * FFT_TILE + l];
      std::fill_n(b, n_, 0.0f);
      single_->forward(a, b, a, b, b + n_);
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
                           float* scratch) const {
  if (forward_ == nullptr) {
    float* const a = scratch;
    float* const b = a + n_;
    for (size_t l = 0; l < lanes; ++l) {
      for (size_t k = 0; k < bins(); ++k) {
        a[k] = re[k * stride + l];
        b[k] = im[k * stride + l];
      }
      mirror(a, b, n_);
      single_->inverse(a, b, a, b, b + n_);
      for (size_t i = 0; i < n_; ++i) x[i * FFT_TILE + l] = a[i];
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

void RealFft::forward(const float* x, float* re, float* im, float* scratch) const {
  float* const a = scratch;
  if (forward_ == nullptr) {
    float* const b = a + n_;
    std::copy_n(x, n_, a);
    std::fill_n(b, n_, 0.0f);
    single_->forward(a, b, a, b, b + n_);
    std::copy_n(a, bins(), re);
    std::copy_n(b, bins(), im);
    return;
  }
  const size_t half = n_ / 2;
  float* const b = a + half;
  for (size_t i = 0; i < half; ++i) {
    a[i] = x[2 * i];
    b[i] = x[2 * i + 1];
  }
  single_->forward(a, b, a, b, b + half);
  // As split() in kernels/fft.h.
  const float* const w = forward_->get().split;
  re[0] = a[0] + b[0];
  re[half] = a[0] - b[0];
  im[0] = im[half] = 0;
  for (size_t k = 1; 2 * k <= half; ++k) {
    const size_t m = half - k;
    const float sum_re = a[k] + a[m], sum_im = b[k] - b[m];
    const float turn_re = b[k] + b[m], turn_im = a[m] - a[k];
    const float t_re = turn_re * w[2 * k] - turn_im * w[2 * k + 1];
    const float t_im = turn_re * w[2 * k + 1] + turn_im * w[2 * k];
    re[k] = 0.5f * sum_re + t_re;
    im[k] = 0.5f * sum_im + t_im;
    re[m] = 0.5f * sum_re - t_re;
    im[m] = t_im - 0.5f * sum_im;
  }
}

void RealFft::inverse(const float* re, const float* im, float* x, float* scratch) const {
  float* const a = scratch;
  if (forward_ == nullptr) {
    float* const b = a + n_;
    std::copy_n(re, bins(), a);
    std::copy_n(im, bins(), b);
    mirror(a, b, n_);
    single_->inverse(a, b, a, b, b + n_);
    std::copy_n(a, n_, x);
    return;
  }
  const size_t half = n_ / 2;
  float* const b = a + half;
  // As merge() in kernels/fft.h, without its reversal. Fft::inverse divides by half, which leaves a
  // factor of one half.
  const float* const w = forward_->get().split;
  a[0] = 0.5f * (re[0] + re[half]);
  b[0] = 0.5f * (re[0] - re[half]);
  for (size_t k = 1; 2 * k <= half; ++k) {
    const size_t m = half - k;
    const float sum_re = re[k] + re[m], sum_im = im[k] - im[m];
    const float turn_re = im[k] + im[m], turn_im = re[m] - re[k];
    const float t_re = turn_re * w[2 * k] + turn_im * w[2 * k + 1];
    const float t_im = turn_im * w[2 * k] - turn_re * w[2 * k + 1];
    a[k] = 0.5f * sum_re - t_re;
    b[k] = 0.5f * sum_im - t_im;
    a[m] = 0.5f * sum_re + t_re;
    b[m] = -0.5f * sum_im - t_im;
  }
  single_->inverse(a, b, a, b, b + half);
  for (size_t i = 0; i < half; ++i) {
    x[2 * i] = a[i];
    x[2 * i + 1] = b[i];
  }
}

}  // namespace cochlea
