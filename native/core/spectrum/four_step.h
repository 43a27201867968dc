// Fourier transforms too long for one tile, by the four-step method (Bailey, "FFTs in external or
// hierarchical memory", 1990): the samples stand in a matrix of rows x columns, of about equal
// sides. Its columns are transformed, multiplied by twiddles and transposed; then its rows are
// transformed. Each step works on tiles that stay in the cache, and between two of them an abort is
// noticed.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/runtime/task.h"
#include "core/spectrum/tile_plan.h"
#include "core/spectrum/twiddles.h"

namespace cochlea {

class FourStepFft {
 public:
  // TilePlan::supports(n)
  explicit FourStepFft(size_t n);

  size_t scratch_size() const;  // floats that one call needs
  size_t bytes() const;

  // As Fft::forward.
  void forward(const float* re, const float* im, float* out_re, float* out_im, float* scratch,
               const Task& task) const;

 private:
  void transform_columns(size_t column, const float* re, const float* im, float* tile, float* bins,
                         float* groups) const;

  size_t rows_, columns_;
  std::unique_ptr<const TilePlan> down_, along_;
  // Twiddle (k, column + l) is that of (k, column), from twiddles_, times lane_twiddles_[k][l].
  Twiddles twiddles_;
  std::vector<double> lane_twiddles_;  // [rows_]: FFT_TILE real, then FFT_TILE imaginary parts
};

}  // namespace cochlea
