// Spectra of a signal's frames computed in double precision and rounded, as librosa computes them.
#pragma once

#include <memory>
#include <optional>

#include "core/runtime/aligned.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/stft.h"
#include "core/spectrum/window.h"

namespace cochlea {

// As Analysis (core/stft.h), for lengths that are powers of two; others are left to it. One object,
// one thread.
class FineAnalysis {
 public:
  FineAnalysis(const Frames& frames, std::shared_ptr<const Window> window);

  void tile(size_t t0, size_t lanes, float* re, float* im, size_t row_stride);

 private:
  struct Roots {
    explicit Roots(size_t n);
    size_t bytes() const { return values.size() * sizeof(double); }
    Aligned<double> values;
  };

  const Frames& frames_;
  const std::shared_ptr<const Window> window_;
  std::optional<Analysis> coarse_;
  std::shared_ptr<const Roots> roots_;
  Aligned<float> ones_, gathered_, tile_;
  Aligned<double> x_, y_;
};

}  // namespace cochlea
