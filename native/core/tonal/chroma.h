// Chroma: how much of each pitch class, of a constant-Q transform or of a spectrogram, with the
// numbers of librosa 0.11.
#pragma once

#include <cstddef>
#include <span>

#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/pipeline.h"
#include "core/spectrum/window.h"

namespace cochlea {

// What becomes of weighted sums.
struct ChromaFinish {
  enum class Stage : int { chroma, cens, tonnetz };
  double threshold;  // smaller values become 0; NaN: none does
  double norm;       // of the columns in the end
  Stage stage;
  // Of cens: the length of the window that smooths, 0 for none.
  size_t smoothing;
  WindowShape window;
  double window_parameter;

  size_t rows(size_t classes) const { return stage == Stage::tonnetz ? 6 : classes; }
};

// Magnitudes of a constant-Q transform, weighted and summed to classes, then finished. weights:
// [classes][bins], or none if the source has classes already; out: [finish.rows(classes)][columns], of which there may be fewer than the source
// has.
Status chroma_of_cqt(const Task& task, Source& magnitudes, std::span<const float> weights,
                     const ChromaFinish& finish, size_t columns, std::span<float> out);

// The filter of chroma_stft: out is [classes][1 + n_fft / 2].
struct ChromaFilter {
  double sample_rate;
  size_t n_fft;
  size_t classes;
  double tuning;         // fractions of a class
  double centre_octave;  // of the weighting
  double octave_width;   // NaN: no weighting
  double norm;           // of each bin's column
  bool base_c;           // class 0 is C, otherwise A
};
Status chroma_filter(const Task& task, const ChromaFilter& filter, std::span<float> out);

// A power spectrogram through the filter, columns divided by their `norm`; out: [classes][columns]. A
// tuning of NaN is estimated from the peaks of the power, which is what librosa does, and `peaks` tells
// how many; the source is then read twice.
Status chroma_of_power(const Task& task, Source& power, ChromaFilter filter, double norm,
                       std::span<float> out, size_t* peaks);

}  // namespace cochlea
