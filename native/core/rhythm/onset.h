// How much louder a spectrum has become, as librosa.onset.onset_strength 0.11: S. Böck and G. Widmer,
// "Maximum filter vibrato suppression for onset detection", DAFx 2013.
#pragma once

#include <cstddef>
#include <span>

#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/mel.h"
#include "core/spectrum/pipeline.h"

namespace cochlea {

enum class Aggregate : int { mean, median };

struct OnsetOptions {
  size_t lag;           // frames from a spectrum to the one it is compared with, >= 1
  size_t max_size;      // bands of the maximum that it is compared with, >= 1
  Aggregate aggregate;  // of the bands
  size_t shift;         // frames that the result comes later
  bool detrend;         // whether its mean is filtered away
};

// Of a power spectrogram, or without `mel` of one in decibels; out: [columns].
Status onset_strength(const Task& task, Source& source, const std::optional<MelSpec>& mel,
                      const OnsetOptions& options, std::span<float> out);

}  // namespace cochlea
