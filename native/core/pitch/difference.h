// The difference function of YIN (de Cheveigne and Kawahara 2002), as librosa.yin 0.11 or as the
// paper has it, divided by its mean up to each lag: d'.
//
// For a frame of N samples, librosa's difference function is that of the frame continued by zeros:
//   d(k) = 2 (r(0) - r(k)) - E(k - 1),   r(k) = sum of x[i] x[i + k],   E(k) = x[0]^2 + ... + x[k]^2
// which leaves the energy of the last k samples in it; and it takes E(0) for 0, so that d(1) is too
// large by x[0]^2, which all means over d inherit. The paper's sums over the same number of
// samples, W = N - max_period, for every lag; that energy is missing there and d(0) is exact.
//
// r comes from transforms in single precision, whose error grows with r(0). Frames for which that is
// no measure of d are done once more as CentredDifference has it.
#pragma once

#include <memory>

#include "core/pitch/correlation.h"

namespace cochlea {

// d' of frames that single precision does not carry as they are: with an offset of which r(0) is
// full, though d(k) has nothing of it but what the continuation by zeros leaves, k c^2 + 2 c times
// the last k samples, for an offset c; or with a level whose squares overflow or vanish. The offset
// is taken off, the rest is scaled by a power of two, and what belongs to d is added in double.
class CentredDifference {
 public:
  explicit CentredDifference(const YinShape& shape);
  size_t bytes() const;

  // Whether r and the energies of a lane are good enough without.
  static bool dispensable(const YinShape& shape, const CorrelationTile& tile, size_t lane);
  // Puts frame `frame` in line for the column `lane`; silence, which is exact, may be left out.
  void add(const Samples& samples, size_t frame, size_t lane);
  // Fills the columns in line and empties the line. The correlation is used up.
  void fill(FrameCorrelation& correlation, float* normalised, const Task& task);

 private:
  struct Frame {
    size_t lane;
    const float* samples;  // centred and scaled
    double offset;         // what was taken off, scaled
    // Over the first k samples and those of them behind the first summed(): energies; over the last
    // k samples and the first k lags: sums.
    double head = 0, tail = 0, last = 0, sum = 0;
  };
  double difference(Frame& frame, size_t k, double r0, double rk) const;

  const YinShape shape_;
  Aligned<float> rows_;
  Frame frames_[FFT_TILE];
  size_t count_ = 0;
};

// d' of a tile of FFT_TILE frames at a time. What it owns does not depend on the length of the signal.
class NormalisedDifference {
 public:
  explicit NormalisedDifference(const YinShape& shape);
  // Allocates what only some signals need, so that tile() never does.
  void reserve();

  size_t lags() const { return shape_.max_period - shape_.min_period + 1; }
  size_t bytes() const;

  // Frames [t, t + lanes), 1 <= lanes <= FFT_TILE, of one signal as long as t rises. Lag min_period
  // + i of frame t + l is [i * FFT_TILE + l]; lanes past `lanes` may hold anything. A frame's values
  // do not depend on its lane. May read max_period samples behind the last frame, and as many more
  // as the next FFT_TILE frames have if these are so many. Not complete if the task was cancelled.
  const float* tile(const Samples& samples, size_t t, size_t lanes, const Task& task = {});

 private:
  CorrelationTile correlate(const Samples& samples, size_t t, size_t lanes, const Task& task);

  const YinShape shape_;
  std::unique_ptr<HopCorrelation> hops_;  // null where frames have no hops in common
  std::unique_ptr<FrameCorrelation> frames_;
  std::unique_ptr<CentredDifference> centred_;  // null until it is needed
  Aligned<float> gathered_, normalised_;
};

}  // namespace cochlea
