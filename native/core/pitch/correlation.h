// The correlation of frames with themselves a lag later, by Fourier transforms of a tile of them at
// a time.
//
// The transforms are just long enough that the lags in use do not wrap around. A direct correlation
// costs frame * lags multiply-adds and loses from 50 lags on; sharing the products of a hop among
// the frames that hold it brings that to hop * lags, which ran at the machine's peak and still lost
// from about 110 lags on (AVX-512, N = 2048, hop 512; us per frame: 74 lags 1.5 against 2.2, 170 lags
// 3.0 against 2.4, 338 lags 5.7 against 2.7; N = 8192, hop 2048, 802 lags 67 against 23), so
// transforms are all there is, and a low fmin costs no more than its longer frame.
#pragma once

#include <cstdint>
#include <memory>

#include "core/pitch/samples.h"
#include "core/runtime/aligned.h"
#include "core/runtime/task.h"
#include "core/spectrum/fft.h"

namespace cochlea {

struct YinShape {
  size_t frame_length;            // N
  size_t hop;                     // >= 1
  size_t min_period, max_period;  // in samples; 1 <= min < max < N
  bool paper;

  // How many samples of a frame are correlated with those a lag later.
  size_t summed() const { return paper ? frame_length - max_period : frame_length; }
};

// What difference functions are made of. Lag or sample k of lane l is [k * FFT_TILE + l].
struct CorrelationTile {
  const float* correlation;  // at the lags 0..max_period
  const float* head;         // energy of the first k + 1 samples, but 0 at k = 0 unless the paper's
  const float* tail;         // of k + 1 samples behind the first summed(); null unless the paper's
  float sum[FFT_TILE];       // of the first summed() samples
};

// Transforms of tiles of samples, and back to lags.
class LagTransform {
 public:
  // Of `length` samples with those up to `lags` later.
  LagTransform(size_t length, size_t lags);

  size_t bins() const { return fft_->bins(); }
  size_t bytes() const;

  // The first `count` samples of each of FFT_TILE rows, zeros behind them.
  void load(const float* const* rows, size_t count);
  // Of `count` loaded samples, from sample `first` on: out[k] = the energy of the first k + 1.
  void running_energy(size_t first, size_t count, float* out);
  // Uses up what is loaded. Not complete if the task was cancelled meanwhile, as all that follows.
  void forward(float* re, float* im, const Task& task);
  // The first `count` values of the inverse.
  void inverse(const float* re, const float* im, size_t count, float* out, const Task& task);

 private:
  const std::shared_ptr<const RealFft> fft_;
  Aligned<float> tile_, scratch_;
};

// Each frame by itself.
class FrameCorrelation {
 public:
  explicit FrameCorrelation(const YinShape& shape);
  size_t bytes() const;
  // Of FFT_TILE frames of N samples. The result is valid until the next call.
  CorrelationTile tile(const float* const* rows, const Task& task);

 private:
  const YinShape shape_;
  LagTransform transform_;
  Aligned<float> re_, im_, start_re_, start_im_, correlation_, head_, tail_;
};

// Where a frame is a few whole hops, each at least max_period long, frames share what they have in
// common: with X(s) the spectrum of hop s and Y(s) that of hop s and the max_period samples behind it,
//   R = sum over the frame's hops but the last of conj(X) Y, + |X|^2 of the last
// is the spectrum of the correlation, and X and Y are transforms of less than half the length.
class HopCorrelation {
 public:
  static bool supports(const YinShape& shape);
  explicit HopCorrelation(const YinShape& shape);
  size_t bytes() const;
  // Of frames [t, t + lanes) of one signal as long as t rises; valid until the next call. May read
  // max_period samples behind the last frame, and as many more as the next FFT_TILE frames have.
  CorrelationTile tile(const Samples& samples, size_t t, size_t lanes, const Task& task);

 private:
  void transform(const Samples& samples, size_t s, size_t count, size_t group, const Task& task);

  const YinShape shape_;
  const size_t hops_;  // in a frame
  LagTransform transform_;
  Aligned<float> gathered_, hop_re_, hop_im_, re_, im_, correlation_;
  // Hops in groups of FFT_TILE: those of even number stand in columns 0 and 2 * FFT_TILE on, those of
  // odd number between, so that every hop of FFT_TILE frames is beside its neighbours.
  static constexpr size_t WIDTH = 3 * FFT_TILE;
  Aligned<float> product_re_, product_im_, power_;  // conj(X) Y and |X|^2
  float sum_[WIDTH] = {};                           // of each hop
  Aligned<float> energy_[2];                        // running, of groups of even and odd number
  size_t ready_ = 0;  // the first frame whose group is there, unless 0
  size_t group_ = 0;  // its number
};

}  // namespace cochlea
