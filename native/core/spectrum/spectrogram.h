// Magnitudes of a signal's short-time Fourier transform.
#pragma once

#include <memory>

#include "core/runtime/aligned.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/pipeline.h"
#include "core/spectrum/window.h"

namespace cochlea {

// |stft| ** power. In single precision a value is about 1e-7 of its frame's largest one away from
// librosa's; in double precision it is rounded where librosa rounds it, at three times the cost:
// decibels show the relative error of quiet values beside loud ones.
// What it reads is unspecified once the task is cancelled.
class Spectrogram final : public ColumnSource {
 public:
  enum class Precision { single_, double_ };
  Spectrogram(const Frames& frames, std::shared_ptr<const Window> window, double power,
              Precision precision = Precision::single_, const Task& task = {});

  Shape shape() const override { return stft_->shape(); }
  void read(size_t t, size_t columns, float* re, float* im, size_t stride) override;

 private:
  const Frames frames_;
  const std::unique_ptr<ColumnSource> stft_;
  const double power_;
  Aligned<float> im_;
};

}  // namespace cochlea
