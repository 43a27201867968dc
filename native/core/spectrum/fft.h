// Fast Fourier transforms of any length, real and complex.
//
// The unit of work is the *tile*: FFT_TILE transforms side by side, so that a butterfly acts on
// whole vectors and nothing is ever shuffled. Lengths are any n >= 1: mixed radix where the factors
// are 2, 3 and 5, Bluestein's convolution otherwise. Twiddles are designed in double precision and
// applied in single.
//
// A tile holds one row of FFT_TILE floats per sample: row i belongs to sample i of every transform.
// Rows follow each other in runs; between two runs stands a little padding, without which the rows
// that a butterfly combines would share one cache set (half the speed at n = 2048). Row i of x is
//     x + i / run() * run_stride() + i % run() * FFT_TILE
// and a tile takes tile_size() floats. run() divides n; it is even, or n.
//
// Plans are immutable, cached process-wide and safe to share between threads; the caller brings
// tile and scratch, preferably 64-byte aligned (slower if not).
//
// Building the plan of a long transform, and the transform itself, take seconds: both stop soon
// after the task given to them is cancelled. get() then returns null, and what a transform writes
// is unspecified, so that the caller has to look at the task before it uses either.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/runtime/task.h"
#include "core/spectrum/four_step.h"
#include "core/spectrum/tile_plan.h"
#include "kernels/fft_plan.h"

namespace cochlea {

using kernels::FFT_TILE;

// One complex transform at a time.
class Fft {
 public:
  static std::shared_ptr<const Fft> get(size_t n, const Task& task = {});
  // Not complete if the task was cancelled meanwhile.
  Fft(size_t n, const Task& task);

  size_t size() const { return n_; }
  size_t scratch_size() const { return scratch_; }  // floats that one call needs
  size_t bytes() const;

  // Contiguous; in place is allowed (out_re == re and out_im == im). inverse() divides by n.
  void forward(const float* re, const float* im, float* out_re, float* out_im, float* scratch,
               const Task& task = {}) const;
  void inverse(const float* re, const float* im, float* out_re, float* out_im, float* scratch,
               const Task& task = {}) const;

 private:
  void prepare_interleaved();
  void prepare_bluestein(const Task& task);
  void interleaved(const float* re, const float* im, float* out_re, float* out_im,
                   float* scratch) const;
  void bluestein(const float* re, const float* im, float* out_re, float* out_im, float* scratch,
                 const Task& task) const;

  const size_t n_;
  size_t scratch_ = 0;
  // Up to LONGEST_TILE: a four-step transform of so few columns that the samples, interleaved, fill
  // the `lanes_` lanes of one tile, `rows_` rows of it.
  size_t lanes_ = 0, rows_ = 0;
  std::unique_ptr<const TilePlan> down_, along_;
  std::vector<float> twiddle_re_, twiddle_im_;  // [rows_][lanes_]
  // Longer ones.
  std::unique_ptr<const FourStepFft> four_step_;
  // Bluestein: a chirp, and the spectrum of its convolution partner, of length
  // convolution_->size().
  std::shared_ptr<const Fft> convolution_;
  Aligned<float> chirp_re_, chirp_im_, partner_re_, partner_im_;
};

class RealFft {
 public:
  static std::shared_ptr<const RealFft> get(size_t n, const Task& task = {});
  // Not complete if the task was cancelled meanwhile.
  RealFft(size_t n, const Task& task);

  size_t size() const { return n_; }
  size_t bins() const { return n_ / 2 + 1; }
  // Whether the transforms of a tile are done side by side. Otherwise it is lane by lane, and single
  // transforms are as good.
  bool tiled() const { return forward_ != nullptr; }
  size_t tile_size() const;                         // floats of a tile
  size_t scratch_size() const { return scratch_; }  // floats that any one call needs
  size_t run() const;
  size_t run_stride() const;
  size_t bytes() const;

  // Destroys the tile x. Bin k of its first `lanes` (1 to FFT_TILE) transforms goes to
  // re[k * stride + l] and im[k * stride + l]; nothing else is written. The lanes past `lanes` may
  // hold anything. Row-major [bins][frames] output: re = out_re + t0, stride = frames.
  void forward_tile(float* x, float* re, float* im, size_t stride, size_t lanes, float* scratch,
                    const Task& task = {}) const;

  // The inverse, divided by n, of what forward_tile writes; the imaginary parts of bin 0 and of bin
  // n / 2 are ignored. The lanes of x past `lanes` are unspecified.
  void inverse_tile(const float* re, const float* im, size_t stride, size_t lanes, float* x,
                    float* scratch, const Task& task = {}) const;

  // One transform, contiguous. x: n samples; re, im: bins().
  void forward(const float* x, float* re, float* im, float* scratch, const Task& task = {}) const;
  void inverse(const float* re, const float* im, float* x, float* scratch,
               const Task& task = {}) const;

 private:
  Twiddle half_twiddle(size_t k) const;

  const size_t n_;
  size_t scratch_ = 0;
  // Even n whose half has no factor but 2, 3 and 5: samples 2i and 2i + 1 are one complex number,
  // and bins are split by half of exp(-2 pi i k / n). Any other: through a complex transform of
  // length n.
  bool halved_ = false;
  std::unique_ptr<const TilePlan> forward_, inverse_;  // unless the tile would be too large
  std::unique_ptr<const Twiddles> split_;              // of those that have no TilePlan
  std::shared_ptr<const Fft> single_;                  // of length n / 2 or n
};

}  // namespace cochlea
