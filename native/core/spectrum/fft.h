// Fast Fourier transforms of any length, real and complex.
//
// The unit of work is the *tile*: FFT_TILE transforms side by side, so that a butterfly acts on
// whole vectors and nothing is ever shuffled. Lengths are any n >= 1: mixed radix where the factors
// are 2, 3 and 5, Bluestein's convolution otherwise. Twiddles are designed in double and stored in
// float.
//
// A tile holds one row of FFT_TILE floats per sample: row i belongs to sample i of every transform.
// Rows follow each other in runs; between two runs stands a little padding, without which the rows
// that a butterfly combines would share one cache set (half the speed at n = 2048). Row i of x is
//     x + i / run() * run_stride() + i % run() * FFT_TILE
// and a tile takes tile_size() floats. run() divides n; it is even, or n.
//
// Plans are immutable, cached process-wide and safe to share between threads; the caller brings
// tile and scratch, preferably 64-byte aligned (slower if not).
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "kernels/fft_plan.h"

namespace cochlea {

using kernels::FFT_TILE;

// The tables that the kernels work from: complex transforms of a length whose factors are 2, 3
// and 5.
class TilePlan {
 public:
  enum class Order { forward, reversed };  // of the levels; the inverse real transform reverses

  static bool supports(size_t n);
  TilePlan(size_t n, Order order, bool real);
  TilePlan(const TilePlan&) = delete;
  TilePlan& operator=(const TilePlan&) = delete;

  const kernels::FftPlan& get() const { return plan_; }
  size_t tile_size() const { return plan_.size / plan_.run * plan_.run_stride; }
  size_t bytes() const;

 private:
  kernels::FftPlan plan_{};
  std::vector<std::vector<float>> twiddles_;
  std::vector<size_t> residue_, block_;
  std::vector<float> split_;
};

// One complex transform at a time.
class Fft {
 public:
  static std::shared_ptr<const Fft> get(size_t n);
  explicit Fft(size_t n);

  size_t size() const { return n_; }
  size_t scratch_size() const { return scratch_; }  // floats that one call needs
  size_t bytes() const;

  // Contiguous; in place is allowed (out_re == re and out_im == im). inverse() divides by n.
  void forward(const float* re, const float* im, float* out_re, float* out_im,
               float* scratch) const;
  void inverse(const float* re, const float* im, float* out_re, float* out_im,
               float* scratch) const;

 private:
  void mixed_radix(const float* re, const float* im, float* out_re, float* out_im,
                   float* scratch) const;
  void bluestein(const float* re, const float* im, float* out_re, float* out_im,
                 float* scratch) const;

  const size_t n_;
  size_t scratch_ = 0;
  // Mixed radix: the samples fill the `lanes_` lanes of one tile, `rows_` rows of it.
  size_t lanes_ = 0, rows_ = 0;
  std::unique_ptr<const TilePlan> columns_, across_;
  std::vector<float> turn_re_, turn_im_;  // [rows_][lanes_]: between the two
  // Bluestein: a chirp, and the spectrum of its convolution partner, of length
  // convolution_->size().
  std::shared_ptr<const Fft> convolution_;
  std::vector<float> chirp_re_, chirp_im_, partner_re_, partner_im_;
};

class RealFft {
 public:
  static std::shared_ptr<const RealFft> get(size_t n);
  explicit RealFft(size_t n);

  size_t size() const { return n_; }
  size_t bins() const { return n_ / 2 + 1; }
  size_t tile_size() const;                         // floats of a tile
  size_t scratch_size() const { return scratch_; }  // floats that any one call needs
  size_t run() const;
  size_t run_stride() const;
  size_t bytes() const;

  // Destroys the tile x. Bin k of its first `lanes` (1 to FFT_TILE) transforms goes to
  // re[k * stride + l] and im[k * stride + l]; nothing else is written. The lanes past `lanes` may
  // hold anything. Row-major [bins][frames] output: re = out_re + t0, stride = frames.
  void forward_tile(float* x, float* re, float* im, size_t stride, size_t lanes,
                    float* scratch) const;

  // The inverse, divided by n, of what forward_tile writes; the imaginary parts of bin 0 and of bin
  // n / 2 are ignored. The lanes of x past `lanes` are unspecified.
  void inverse_tile(const float* re, const float* im, size_t stride, size_t lanes, float* x,
                    float* scratch) const;

  // One transform, contiguous. x: n samples; re, im: bins().
  void forward(const float* x, float* re, float* im, float* scratch) const;
  void inverse(const float* re, const float* im, float* x, float* scratch) const;

 private:
  const size_t n_;
  size_t scratch_ = 0;
  // Even n whose half has no factor but 2, 3 and 5: samples 2i and 2i + 1 are one complex number.
  // Any other: through a complex transform of length n, lane by lane.
  std::unique_ptr<const TilePlan> forward_, inverse_;
  std::shared_ptr<const Fft> single_;  // of length n / 2 or n
};

}  // namespace cochlea
