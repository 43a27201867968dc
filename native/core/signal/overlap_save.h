// Sample rate conversion in large blocks by the overlap-save method: of overlapping blocks the
// spectrum, filter, spectrum at the other rate, and of what comes back the samples that no block's
// end has touched. Faster than the polyphase filter at 2:1, 4:1, 8:1 and 1:2, the ratios it knows.
#pragma once

#include <cstddef>
#include <memory>

#include "core/runtime/aligned.h"
#include "core/signal/resample_filter.h"
#include "core/spectrum/fft.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/stft.h"

namespace cochlea {

// The scratch of one thread and one ratio; resamplers may share it.
class OverlapSave {
 public:
  // Null at other ratios, or if the task was cancelled.
  static std::shared_ptr<OverlapSave> make(double from, double to, ResampleQuality quality,
                                           const Task& task = {});
  explicit OverlapSave(std::shared_ptr<const ResampleFilter> filter);

  // Inputs of FFT_TILE blocks, and the outputs of one.
  size_t inputs() const { return (FFT_TILE - 1) * hop_ + block_; }
  size_t outputs_per_block() const { return valid_; }
  size_t bytes() const;

  // The outputs of `lanes` <= FFT_TILE blocks. x: inputs() samples, of which the first is the
  // earliest that the first output depends on.
  void convert(const float* x, size_t lanes, float* out);

 private:
  const std::shared_ptr<const ResampleFilter> filter_;
  const size_t factor_;  // of the rates
  const bool down_;
  const size_t ends_;   // samples of the higher rate that are spoilt at each end of a block
  const size_t valid_;  // outputs of a block
  const size_t hop_;    // inputs from one block to the next
  const size_t block_;  // inputs of a block
  Frames frames_;       // of the samples at hand
  Stft stft_;
  const std::shared_ptr<const RealFft> inverse_;
  Aligned<float> re_, im_, tile_, rows_, scratch_;
};

}  // namespace cochlea
