// Halves a sample rate one or more times, the way libsoxr's hq does it: with a short half-band filter as long as more than
// one halving is left, and with the 2:1 filter of resample.h at the end.
//
// libsoxr's steps all begin at their sample 0, as if silence came before: what a filter would ring before the first sample
// is lost, and with a signal that begins at once it is missing in the first samples that come out. So it is here. The
// half-band filters were measured through python-soxr, from impulses at and near the first sample; with them every ratio
// from 2 to 1024 agrees with libsoxr within 5e-8 of the largest output, from the first sample to the last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/signal/resample.h"

namespace cochlea {

class Decimator {
 public:
  // `overlap_save`: the last step works in large blocks, which is faster and holds samples back. `at_most`: the longest
  // block that will be pushed.
  Decimator(size_t halvings, size_t at_most, std::shared_ptr<OverlapSave> overlap_save);

  // Scratch for working in large blocks, for Decimators of one thread and one count of halvings to share.
  static std::shared_ptr<OverlapSave> make_overlap_save(size_t halvings);

  // The most outputs that a push of n samples, or finish() if n is 0, can give.
  size_t max_outputs(size_t n) const;
  // How many input samples an output waits for, counted from the end of the input samples that it stands for.
  size_t delay() const;

  // Takes all of x, at most `at_most` samples, and returns how many outputs it wrote. `out` has room for max_outputs(x.size()).
  size_t push(std::span<const float> x, float* out);
  // The outputs that are left, as if silence followed, up to one for each 2^halvings samples begun.
  size_t finish(float* out);
  void reset();

  size_t bytes() const;

 private:
  class HalfBand {
   public:
    HalfBand(std::span<const float> taps, size_t at_most);

    size_t max_outputs(size_t n) const { return (n + reach()) / 2 + 1; }
    // Input samples after an output's own that it depends on; as many before.
    size_t reach() const { return 2 * taps_.size() - 1; }
    // Returns the outputs; they stay until the next call.
    std::span<const float> push(std::span<const float> x);
    std::span<const float> finish();
    void reset();
    size_t bytes() const { return (buffer_.size() + out_.size()) * sizeof(float); }

   private:
    const std::span<const float> taps_;
    Aligned<float> buffer_;  // from `reach` samples before the next output's own on
    Aligned<float> out_;
    size_t size_ = 0;  // of buffer_
  };

  std::vector<HalfBand> half_bands_;
  Resampler last_;
  uint64_t taken_ = 0, written_ = 0;
};

}  // namespace cochlea
