// Mel spectrograms, as librosa.feature.melspectrogram 0.11.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/window.h"

namespace cochlea {

struct MelSpec {
  double sample_rate;
  size_t n_fft;
  // Frequencies in Hz, rising: filter m is a triangle from edge m over edge m + 1 to edge m + 2.
  std::span<const double> edges;
  // What each filter is divided by: its p-norm, half its width in Hz if p is negative, nothing if NaN.
  double norm;

  size_t filters() const { return edges.size() - 2; }
};

// Filter by filter the bins that count.
struct MelBank {
  std::vector<size_t> first, count;
  Aligned<float> weights;  // one filter's behind the other's

  size_t bytes() const {
    return weights.size() * sizeof(float) + 2 * first.size() * sizeof(size_t);
  }
  static std::shared_ptr<const MelBank> get(const MelSpec& spec);
};

// out: [filters][1 + n_fft / 2]
void mel_filters(const MelSpec& spec, std::span<float> out);

// |stft|^power through the filters, to out: [filters][frames.count()].
Status mel_of_signal(const Task& task, const Frames& frames, std::shared_ptr<const Window> window,
                     const MelSpec& spec, double power, std::span<float> out);

// S: [1 + n_fft / 2][columns] through the filters, to out: [filters][columns].
Status mel_of_spectrogram(const Task& task, std::span<const float> S, size_t columns,
                          const MelSpec& spec, std::span<float> out);

}  // namespace cochlea
