// Chroma: how much of each pitch class, of a constant-Q transform or of a spectrogram, with the
// numbers of librosa 0.11.
#pragma once

#include <cstddef>
#include <span>

#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/window.h"
#include "core/tonal/cqt_magnitudes.h"

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

// Magnitudes of a constant-Q transform, weighted and summed to classes, then finished. weights:
// [classes][bins]; out: [finish.rows(classes)][columns].
struct ChromaWeights {
  std::span<const float> values;
  size_t classes;

  size_t bins() const { return values.size() / classes; }
};
Status chroma_of_cqt(const Task& task, std::span<const float> y, const ConstantQ& filters,
                     const CqtSpec& spec, CqtMode mode, size_t columns,
                     const ChromaWeights& weights, const ChromaFinish& finish,
                     std::span<float> out);
// magnitudes: [bins][columns]
Status chroma_of_matrix(const Task& task, std::span<const float> magnitudes, size_t columns,
                        const ChromaWeights& weights, const ChromaFinish& finish,
                        std::span<float> out);

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

// Power through the filter, columns divided by their `norm`; out: [classes][columns].
Status chroma_of_spectrogram(const Task& task, const Frames& frames,
                             std::shared_ptr<const Window> window, ChromaFilter filter, double norm,
                             std::span<float> out);
Status chroma_of_power(const Task& task, std::span<const float> power, size_t columns,
                       ChromaFilter filter, double norm, std::span<float> out);

}  // namespace cochlea
