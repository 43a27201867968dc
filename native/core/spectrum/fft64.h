// Real Fourier transforms of any length in double precision, rounded to float in the end.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/runtime/task.h"
#include "kernels/fft_plan.h"

namespace cochlea {

// FFT64_TILE transforms side by side. Plans are immutable, cached process-wide and safe to share
// between threads.
class RealFft64 {
 public:
  static std::shared_ptr<const RealFft64> get(size_t n);
  explicit RealFft64(size_t n);

  size_t bins() const { return n_ / 2 + 1; }
  size_t bytes() const;
  // Doubles of each of the two buffers that a call destroys.
  size_t buffer_size() const;

  // x begins with n rows of FFT64_TILE samples; y may hold anything. Bin k of transform l < lanes goes
  // to re[k * stride + l] and im[same]; they are unspecified if the task was cancelled meanwhile.
  void forward(double* x, double* y, float* re, float* im, size_t stride, size_t lanes,
               const Task& task = {}) const;

 private:
  struct Complex {
    double re, im;
  };
  // In x or y, whichever is returned.
  double* transform(double* x, double* y, const Task& task) const;
  double* bluestein(double* x, double* y, const Task& task) const;

  const size_t n_;
  // Even n whose half has no factor but 2, 3 and 5: samples 2i and 2i + 1 are one complex number. Any
  // other: through a complex transform of length n, by Bluestein's convolution unless it has only these.
  const bool halved_;
  size_t length_ = 0;           // of the complex transforms
  std::vector<double> roots_;   // of order n if halved, otherwise of length_
  std::vector<Complex> chirp_;  // [n], and the spectrum of its convolution partner, [length_]
  std::vector<Complex> partner_;
};

}  // namespace cochlea
