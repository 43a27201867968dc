// Sample rate conversion by linear-phase filters without delay: output sample m is the band-limited
// signal, zero outside its ends, at time m / to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/signal/overlap_save.h"
#include "core/signal/resample_filter.h"

namespace cochlea {

// A polyphase filter on a stream. However the stream is cut, the outputs are the same bits, as long
// as it does without overlap-save.
class Resampler {
 public:
  // When an output comes: with the push that brings its last input, or, faster, with many others.
  enum class Delay { least, most };

  // With `overlap_save`, samples are held back until its blocks are full or the signal ends.
  Resampler(double from, double to, ResampleQuality quality,
            std::shared_ptr<OverlapSave> overlap_save = nullptr);
  Resampler(std::shared_ptr<const ResampleFilter> filter, double from, double to,
            std::shared_ptr<OverlapSave> overlap_save, Delay delay);
  Resampler(const Resampler&) = delete;
  Resampler& operator=(const Resampler&) = delete;

  // The most outputs that a push of n samples, or finish() if n is 0, can give.
  size_t max_outputs(size_t n) const;
  // How many outputs n samples give in all: ceil(n * to / from).
  int64_t total(int64_t n) const;
  // Input samples after time m / to that an output m depends on.
  int64_t reach() const { return filter_->reach; }

  // Takes all of x and returns how many outputs it wrote. `out` has room for
  // max_outputs(x.size()).
  size_t push(std::span<const float> x, float* out);
  // The outputs that are left, as if silence followed, up to total(); the next push starts anew.
  size_t finish(float* out);
  void reset();

  size_t bytes() const;

 private:
  size_t polyphase(int64_t end, int64_t limit, float* out);
  size_t exact(int64_t end, int64_t limit, float* out);
  void multiply(size_t first, size_t last, size_t count, float* out);
  size_t interpolated(int64_t end, int64_t limit, float* out);
  size_t blocks(size_t lanes, float* out);
  void drop();
  void advance(size_t outputs);

  const double from_, to_;
  const std::shared_ptr<const ResampleFilter> filter_;
  const std::shared_ptr<OverlapSave> overlap_save_;
  const Delay delay_;
  const size_t capacity_;
  Aligned<float> buffer_;  // the inputs [base_, base_ + size_)
  Aligned<int32_t> start_, row_;
  Aligned<float> weights_, sums_;
  int64_t base_, next_, position_;  // next output, and the input sample at or before it
  uint64_t remainder_;              // how far past that sample, in units of 1 / up
  size_t size_;
};

// out.size() samples of y at the other rate, times `gain`.
Status resample(const Task& task, std::span<const float> y, double from, double to,
                ResampleQuality quality, double gain, std::span<float> out);

// scipy.signal.resample: the spectrum of all of y, cut or padded with zeros to out.size() samples.
// The signal is taken as periodic. y and out are not empty.
Status resample_fft(const Task& task, std::span<const float> y, double gain, std::span<float> out);

}  // namespace cochlea
