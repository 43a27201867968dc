// Peaks of magnitude spectra and the tuning they agree on, with the numbers of librosa.piptrack,
// librosa.pitch_tuning and librosa.estimate_tuning 0.11. What librosa computes in single precision
// and what in double follows numpy's and numba's promotion rules; it is kept step by step, because
// a tuning is the edge of a histogram's fullest bin and has to come out equal.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/spectrum/stft.h"

namespace cochlea {

// A magnitude spectrogram, a few frames at a time.
class Magnitudes {
 public:
  virtual ~Magnitudes() = default;
  virtual size_t bins() const = 0;
  virtual size_t frames() const = 0;
  // Frames [t, t + lanes), lanes <= FFT_TILE: bin k of frame t + l is [k * FFT_TILE + l].
  virtual const float* tile(size_t t, size_t lanes) = 0;
};

// |stft| of a signal, in single precision. Exact magnitudes, at four times the cost, come no closer
// to librosa's: numpy's complex absolute is off in the last place for a third of them and its log2
// for one in forty with AVX-512. Where two bins of a tuning's histogram differ by one peak, those
// errors decide in the reference, differently from one processor to the next.
class SignalMagnitudes final : public Magnitudes {
 public:
  SignalMagnitudes(const Frames& frames, std::shared_ptr<const Window> window);
  size_t bins() const override { return analysis_.bins(); }
  size_t frames() const override { return analysis_.frames(); }
  const float* tile(size_t t, size_t lanes) override;

 private:
  Analysis analysis_;
  Aligned<float> re_, im_;
};

// Magnitudes of a given matrix [bins][frames].
class MatrixMagnitudes final : public Magnitudes {
 public:
  MatrixMagnitudes(std::span<const float> data, size_t bins, size_t frames)
      : data_(data), bins_(bins), frames_(frames), tile_(bins * FFT_TILE, 0.0f) {}
  size_t bins() const override { return bins_; }
  size_t frames() const override { return frames_; }
  const float* tile(size_t t, size_t lanes) override;

 private:
  std::span<const float> data_;
  size_t bins_, frames_;
  Aligned<float> tile_;
};

struct PeakOptions {
  double sample_rate;
  size_t n_fft;            // bin k is at k * sample_rate / n_fft
  double fmin = 150;       // Hz, inclusive
  double fmax = 4000;      // Hz, exclusive; at most sample_rate / 2
  double threshold = 0.1;  // peaks are above threshold times the largest value of their frame,
  double reference = -1;   // or above this, if it is not negative
};

struct Peak {
  size_t bin, frame;
  float pitch;      // Hz, by a parabola through the peak and its neighbours
  float magnitude;  // at that pitch
};

// Finds peaks tile by tile, bins rising within a tile's frame range.
class PeakPicker {
 public:
  PeakPicker(Magnitudes& magnitudes, const PeakOptions& options);
  // The peaks of frames [t, t + FFT_TILE), until the next call.
  std::span<const Peak> tile(size_t t);

 private:
  Magnitudes& magnitudes_;
  const PeakOptions options_;
  size_t first_ = 0, end_ = 0;  // bins to look at
  Aligned<int32_t> flags_;
  std::vector<Peak> peaks_;
};

// pitches, magnitudes: [bins][frames], zero where there is no peak.
Status piptrack(const Task& task, Magnitudes& source, const PeakOptions& options,
                std::span<float> pitches, std::span<float> magnitudes);

// How far frequencies > 0 (others are skipped) lie from the nearest note of equal temperament with
// A4 = 440 Hz, in fractions of a bin: the lower edge of the fullest of ceil(1 / resolution) equal
// bins of [-0.5, 0.5], the first of several; 0 if there are no frequencies.
double pitch_tuning(std::span<const float> frequencies, double resolution, size_t bins_per_octave);
double pitch_tuning(std::span<const double> frequencies, double resolution, size_t bins_per_octave);

// The tuning of the peaks that are at least as high as their median.
Status estimate_tuning(const Task& task, Magnitudes& source, const PeakOptions& options,
                       double resolution, size_t bins_per_octave, double* tuning);

// Of a signal, as librosa.estimate_tuning(y=y) by default: n_fft 2048, hop 512, hann, centred.
Status estimate_tuning(const Task& task, std::span<const float> y, double sample_rate,
                       size_t bins_per_octave, double* tuning);

}  // namespace cochlea
