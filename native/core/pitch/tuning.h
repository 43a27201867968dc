// Peaks of magnitude spectra and the tuning they agree on, with the numbers of librosa.piptrack,
// librosa.pitch_tuning and librosa.estimate_tuning 0.11. What librosa computes in single precision
// and what in double follows numpy's and numba's promotion rules; it is kept step by step, because
// a tuning is the edge of a histogram's fullest bin and has to come out equal.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/spectrum/pipeline.h"

namespace cochlea {

struct PeakOptions {
  double sample_rate;
  size_t n_fft;            // bin k is at k * sample_rate / n_fft
  double fmin = 150;       // Hz, inclusive
  double fmax = 4000;      // Hz, exclusive; at most sample_rate / 2
  double threshold = 0.1;  // peaks are above threshold times the largest value of their frame,
  std::optional<double> reference = {};  // or above this, if it is given
};

struct Peak {
  size_t bin, frame;
  float pitch;      // Hz, by a parabola through the peak and its neighbours
  float magnitude;  // at that pitch
};

// Finds the peaks of magnitudes; of a matrix with negative values, those of their absolute values.
// Tile by tile, bins rising within FFT_TILE frames, they go to `found`.
class PeakPicker final : public Stage {
 public:
  using Found = std::function<void(std::span<const Peak>)>;
  PeakPicker(const PeakOptions& options, Found found)
      : options_(options), found_(std::move(found)) {}
  Shape begin(const Shape& in) override;
  void take(const Tile& tile) override;

 private:
  // Columns FFT_TILE apart, of which `lanes` count.
  void find(const float* magnitudes, size_t t, size_t lanes);

  const PeakOptions options_;
  const Found found_;
  size_t bins_ = 0, first_ = 0, end_ = 0;  // all, and those to look at
  bool in_place_ = false;
  Aligned<int32_t> flags_;
  Aligned<float> tile_;
  std::vector<Peak> peaks_;
};

// pitches, magnitudes: [bins][frames], zero where there is no peak.
Status piptrack(const Task& task, Source& source, const PeakOptions& options,
                std::span<float> pitches, std::span<float> magnitudes);

// The tuning of the peaks that are at least as high as their median, and how many these are: of none
// it is 0.
Status estimate_tuning(const Task& task, Source& source, const PeakOptions& options,
                       double resolution, size_t bins_per_octave, double* tuning,
                       size_t* peaks = nullptr);

// Of a signal, as librosa.estimate_tuning(y=y) by default: n_fft 2048, hop 512, hann, centred.
Status estimate_tuning(const Task& task, std::span<const float> y, double sample_rate,
                       size_t bins_per_octave, double* tuning, size_t* peaks = nullptr);

}  // namespace cochlea
