// Chroma: how much of each pitch class, of a constant-Q transform or of a spectrogram, with the
// numbers of librosa 0.11.
#pragma once

#include <cstddef>
#include <span>

#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/window.h"
#include "core/tonal/cqt.h"

namespace cochlea {

// Divides each column by its norm: any exponent >= 0, infinity, or NaN for none. A column whose
// norm is below the smallest normal float stays as it is.
void normalise_columns(float* data, size_t rows, size_t columns, double exponent);

// What becomes of weighted sums.
struct ChromaFinish {
  enum class Stage : int { chroma, cens, tonnetz };
  double threshold;  // smaller values become 0; NaN: none does
  double norm;       // of the columns in the end
  Stage stage;
  // Of cens: the smoothing window's length, 0 for none.
  size_t smoothing;
  WindowShape window;
  double window_parameter;

  size_t rows(size_t classes) const { return stage == Stage::tonnetz ? 6 : classes; }
};

// sums: [classes][columns], destroyed; out: [finish.rows(classes)][columns], may be sums unless the
// stage is tonnetz.
void finish_chroma(const ChromaFinish& finish, float* sums, size_t classes, size_t columns,
                   float* out);

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
void chroma_filter(const ChromaFilter& filter, float* out);

// weights: [classes][bins]; sums: [classes][stride].
Status chroma_of_spectrogram(const Task& task, const Frames& frames,
                             std::shared_ptr<const Window> window, ChromaFilter filter,
                             std::span<float> sums);
Status chroma_of_power(const Task& task, std::span<const float> power, size_t columns,
                       ChromaFilter filter, std::span<float> sums);

}  // namespace cochlea
