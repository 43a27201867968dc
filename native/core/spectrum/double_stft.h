// Spectra of a signal's frames computed in double precision and rounded, as librosa computes them.
#pragma once

#include <memory>
#include <optional>

#include "core/runtime/aligned.h"
#include "core/spectrum/fft64.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/stft.h"
#include "core/spectrum/window.h"

namespace cochlea {

// As Stft, up to LONGEST samples; longer frames are left to it, except those of a power of two. One
// object, one thread.
class DoubleStft final : public ColumnSource {
 public:
  // Bluestein's convolution of eight frames of so many samples takes 70 MB and a tenth of a second.
  static constexpr size_t LONGEST = size_t{1} << 17;

  // What it reads is unspecified once the task is cancelled.
  DoubleStft(const Frames& frames, std::shared_ptr<const Window> window, const Task& task = {});

  Shape shape() const override { return {frames_.length() / 2 + 1, frames_.count(), FFT_TILE}; }
  bool complex() const override { return true; }
  void read(size_t t, size_t columns, float* re, float* im, size_t stride) override;

 private:
  const Frames& frames_;
  const std::shared_ptr<const Window> window_;
  const Task task_;
  std::optional<Stft> single_;
  std::shared_ptr<const RealFft64> fft_;
  Aligned<float> ones_, gathered_, tile_;
  Aligned<double> x_, y_;
};

}  // namespace cochlea
