// Harmonic/percussive separation of a signal that comes in blocks.
#pragma once

#include <memory>
#include <span>

#include "core/runtime/aligned.h"
#include "core/separation/hpss.h"
#include "core/spectrum/double_stft.h"
#include "core/spectrum/fft.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/window.h"

namespace cochlea {

// What comes out is what separate() gives for centred frames padded with zeros, `latency()` samples
// later, up to where the end of the signal would show. Allocates nothing after construction.
class HpssStream {
 public:
  // 1 <= hop <= n_fft.
  HpssStream(size_t n_fft, size_t hop, std::shared_ptr<const Window> window,
             const Separation& separation);

  size_t latency() const { return latency_; }
  // As many samples to both results as x has; they may not overlap x.
  void process(std::span<const float> x, float* harmonic, float* percussive);
  void reset();
  size_t bytes() const;

 private:
  struct Side {
    Aligned<float> overlap;   // sums of frames not complete yet, from the next frame's start on
    Aligned<float> finished;  // complete, not yet delivered
  };
  void step();
  void synthesise(Part part, size_t frames);

  const size_t n_fft_, hop_, pad_, latency_;
  const std::shared_ptr<const Window> window_;
  const std::shared_ptr<const RealFft> fft_;
  Aligned<float> samples_;  // what the next FFT_TILE frames cover
  const Frames frames_;
  DoubleStft analysis_;
  Separator separator_;
  Side sides_[2];
  Aligned<float> re_, im_, tile_, rows_, scratch_, reciprocals_;
  size_t filled_ = 0;    // samples in samples_
  size_t position_ = 0;  // of the first sample of `overlap`, in the padded signal
  size_t ready_ = 0;     // end of the samples in `finished`
  size_t taken_ = 0;     // those before have been delivered
  size_t waiting_ = 0;   // zeros to deliver before the first of them
};

}  // namespace cochlea
