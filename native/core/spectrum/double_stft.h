// Spectra of a signal's frames computed in double precision and rounded, as librosa computes them.
#pragma once

#include <memory>
#include <optional>

#include "core/runtime/aligned.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/stft.h"
#include "core/spectrum/window.h"

namespace cochlea {

// As Stft, for lengths that are powers of two; others are left to it. One object,
// one thread.
class DoubleStft final : public ColumnSource {
 public:
  DoubleStft(const Frames& frames, std::shared_ptr<const Window> window);

  Shape shape() const override { return {frames_.length() / 2 + 1, frames_.count(), FFT_TILE}; }
  bool complex() const override { return true; }
  void read(size_t t, size_t columns, float* re, float* im, size_t stride) override;

 private:
  struct Roots {
    explicit Roots(size_t n);
    size_t bytes() const { return values.size() * sizeof(double); }
    Aligned<double> values;
  };

  const Frames& frames_;
  const std::shared_ptr<const Window> window_;
  std::optional<Stft> single_;
  std::shared_ptr<const Roots> roots_;
  Aligned<float> ones_, gathered_, tile_;
  Aligned<double> x_, y_;
};

}  // namespace cochlea
