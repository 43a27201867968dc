// Mel-frequency cepstral coefficients, as librosa.feature.mfcc 0.11.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/mel.h"
#include "core/spectrum/pipeline.h"

namespace cochlea {

struct Cepstrum {
  size_t count;  // coefficients, at most as many as bands
  int dct_type;  // 1, 2 or 3
  bool orthonormal;
  double lifter;  // 0: none
};

// Rows of a discrete cosine transform of so many bands, times the lifter: [count][bands].
std::vector<float> cepstral_weights(const Cepstrum& cepstrum, size_t bands);

// Of a power spectrogram, or without `mel` of one in decibels whose rows are the bands already; out:
// [count][columns].
Status mfcc(const Task& task, Source& source, const std::optional<MelSpec>& mel,
            const Cepstrum& cepstrum, std::span<float> out);

}  // namespace cochlea
