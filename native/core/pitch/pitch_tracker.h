// YIN over a stream.
#pragma once

#include <span>

#include "core/pitch/yin.h"

namespace cochlea {

// YIN over samples that arrive in blocks of any size. Frames, and their values, are those of yin()
// over all samples since the start, frame 0 beginning `lead` zeros before the first. Allocates
// nothing after construction.
class PitchTracker {
 public:
  // shape.hop <= shape.frame_length
  PitchTracker(const YinShape& shape, size_t lead, double sample_rate, double threshold);

  size_t bytes() const { return difference_.bytes() + buffer_.size() * sizeof(float); }
  // The most frames that `samples` more samples can complete, whatever came before.
  size_t most(size_t samples) const { return samples == 0 ? 0 : samples / shape_.hop + 1; }
  // Writes at most most(x.size()) values and returns how many. aperiodicity may be null.
  size_t push(std::span<const float> x, float* f0, float* aperiodicity);
  // The frames that zeros behind the last sample complete, `lead` of them; none if no sample has
  // come. Then as after reset().
  size_t finish(float* f0, float* aperiodicity);
  size_t lead() const { return lead_; }
  void reset();

 private:
  size_t append(const float* x, size_t count, float* f0, float* aperiodicity);
  size_t capacity() const { return shape_.frame_length + (FFT_TILE - 1) * shape_.hop; }

  const YinShape shape_;
  const size_t lead_;
  const double sample_rate_, threshold_;
  NormalisedDifference difference_;
  Aligned<float> buffer_;  // from the start of the next frame on, and what may be read behind it
  size_t filled_ = 0;
  bool started_ = false;  // whether a sample has come
};

}  // namespace cochlea
