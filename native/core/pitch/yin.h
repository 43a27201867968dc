// Pitch by YIN (de Cheveigne and Kawahara 2002), with the numbers of librosa.yin 0.11 or as the
// paper has it.
//
// For a frame of N samples, librosa's difference function is that of the frame continued by zeros:
//   d(k) = 2 (r(0) - r(k)) - E(k - 1),   r(k) = sum of x[i] x[i + k],   E(k) = x[0]^2 + ... + x[k]^2
// which leaves the energy of the last k samples in it; and it takes E(0) for 0, so that d(1) is too
// large by x[0]^2, which all means over d inherit. The paper's sums over the same number of
// samples, W = N - max_period, for every lag; that energy is missing there and d(0) is exact.
//
// r comes from transforms of whole frames, a tile of them at a time, just long enough that the lags
// in use do not wrap around. A direct correlation costs frame * lags multiply-adds and loses from 50
// lags on; sharing the products of a hop among the frames that hold it brings that to hop * lags,
// which ran at the machine's peak and still lost from about 110 lags on (AVX-512, N = 2048, hop 512;
// us per frame: 74 lags 1.5 against 2.2, 170 lags 3.0 against 2.4, 338 lags 5.7 against 2.7; N =
// 8192, hop 2048, 802 lags 67 against 23), so transforms are all there is, and a low fmin costs no
// more than its longer frame.
//
// Where a frame is a few whole hops, each at least max_period long, frames share what they have in
// common: with X(s) the spectrum of hop s and Y(s) that of hop s and the max_period samples behind it,
//   R = sum over the frame's hops but the last of conj(X) Y, + |X|^2 of the last
// is the spectrum of r, and X and Y are transforms of less than half the length.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/fft.h"
#include "core/spectrum/frames.h"

namespace cochlea {

struct YinShape {
  size_t frame_length;            // N
  size_t hop;                     // >= 1
  size_t min_period, max_period;  // in samples; 1 <= min < max < N
  bool paper;
};

// Where the samples come from. Position 0 is the start of frame 0.
class Samples {
 public:
  virtual ~Samples() = default;
  // Samples [start, start + count), in place or gathered into `scratch`. Any range may be asked
  // for; what lies outside the frames may be anything finite.
  virtual const float* read(int64_t start, size_t count, float* scratch) const = 0;
};

// A whole signal, continued as numpy.pad does.
class PaddedSamples final : public Samples {
 public:
  PaddedSamples(std::span<const float> signal, size_t pad, PadMode mode)
      : signal_(signal), pad_(pad), mode_(mode) {}
  const float* read(int64_t start, size_t count, float* scratch) const override;

 private:
  std::span<const float> signal_;
  size_t pad_;
  PadMode mode_;
};

// The cumulative-mean-normalised difference function d' of frames, a tile of FFT_TILE frames at a
// time. What it owns does not depend on the length of the signal.
class NormalisedDifference {
 public:
  explicit NormalisedDifference(const YinShape& shape);

  size_t lags() const { return shape_.max_period - shape_.min_period + 1; }
  size_t bytes() const;

  // Frames [t, t + lanes), 1 <= lanes <= FFT_TILE, of one signal as long as t rises. Lag min_period
  // + i of frame t + l is [i * FFT_TILE + l]; lanes past `lanes` may hold anything. A frame's values
  // do not depend on its lane. May read max_period samples behind the last frame, and as many more
  // as the next FFT_TILE frames have if these are so many.
  const float* tile(const Samples& samples, size_t t, size_t lanes);

 private:
  void load(const float* const* rows, size_t count);
  void running_energy(size_t first, float* out);
  const float* correlate_frames(const Samples& samples, size_t t, size_t lanes);
  const float* correlate_hops(const Samples& samples, size_t t, size_t lanes);
  void transform_hops(const Samples& samples, size_t s, size_t count, size_t group);

  const YinShape shape_;
  const size_t shared_;  // hops in a frame, where they are shared; otherwise 1
  const size_t length_;  // samples that are correlated with those a lag later
  const std::shared_ptr<const RealFft> fft_;
  Aligned<float> gathered_, tile_, re_, im_, scratch_;
  Aligned<float> correlation_, head_, tail_, normalised_;
  // Hops in groups of FFT_TILE: those of even number stand in columns 0 and 2 * FFT_TILE on, those of
  // odd number between, so that every hop of FFT_TILE frames is beside its neighbours.
  static constexpr size_t WIDTH = 3 * FFT_TILE;
  Aligned<float> product_re_, product_im_, power_;  // conj(X) Y and |X|^2
  Aligned<float> energy_[2];                        // E, of groups of even and odd number
  size_t ready_ = 0;  // the first frame whose group is there, unless 0
  size_t group_ = 0;  // its number
};

// The parabola through the points around index i of x[0..n): where its vertex lies relative to i,
// 0 at the ends and where it would be more than one place away.
double parabolic_shift(const float* x, size_t n, size_t stride, size_t i);

struct YinPitch {
  float f0;            // Hz; NaN where the paper's method finds no trough below the threshold
  float aperiodicity;  // d' at the chosen lag
};

// The pitch of each column of a tile of d'.
void pick_pitch(const YinShape& shape, const float* normalised, size_t lanes, double sample_rate,
                double threshold, YinPitch* out);

// f0 has one value per frame; aperiodicity as many, or none if it is not wanted.
Status yin(const Task& task, const Samples& samples, const YinShape& shape, double sample_rate,
           double threshold, std::span<float> f0, std::span<float> aperiodicity);

// YIN over samples that arrive in blocks of any size. Frames, and their values, are those of yin()
// over all samples since the start, frame 0 beginning `lead` zeros before the first. Allocates
// nothing after construction.
class YinTracker {
 public:
  // shape.hop <= shape.frame_length
  YinTracker(const YinShape& shape, size_t lead, double sample_rate, double threshold);

  size_t bytes() const { return difference_.bytes() + buffer_.size() * sizeof(float); }
  // The most frames that `samples` more samples can complete, whatever came before.
  size_t most(size_t samples) const { return samples / shape_.hop + 1; }
  // Writes at most most(x.size()) values and returns how many. aperiodicity may be null.
  size_t push(std::span<const float> x, float* f0, float* aperiodicity);
  // The frames that zeros behind the last sample complete, `lead` of them; then starts anew.
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
};

}  // namespace cochlea
