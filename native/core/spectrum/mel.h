// Mel spectrograms, as librosa.feature.melspectrogram 0.11.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/pipeline.h"
#include "core/spectrum/stages.h"

namespace cochlea {

struct MelSpec {
  double sample_rate;
  size_t n_fft;
  // Frequencies in Hz, rising: filter m is a triangle from edge m over edge m + 1 to edge m + 2.
  std::span<const double> edges;
  // What each filter is divided by: its p-norm, half its width in Hz if p is negative, or nothing.
  std::optional<double> norm;

  size_t filters() const { return edges.size() - 2; }
};

// From a cache.
std::shared_ptr<const SparseBank> mel_bank(const MelSpec& spec);

// out: [filters][1 + n_fft / 2]
void mel_filters(const MelSpec& spec, std::span<float> out);

// A power spectrogram through the filters, in decibels, at most 80 below the highest; without `mel`
// one whose rows are such decibels already. What features of it begin with.
Pipeline decibels_of_mels(Source& source, const std::optional<MelSpec>& mel);

// A power spectrogram through the filters, to out: [filters][columns].
Status mel_spectrogram(const Task& task, Source& power, const MelSpec& spec, std::span<float> out);

}  // namespace cochlea
