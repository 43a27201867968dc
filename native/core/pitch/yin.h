// Pitch by YIN (de Cheveigne and Kawahara 2002), with the numbers of librosa.yin 0.11 or as the
// paper has it: the first trough of the normalised difference function that is deep enough.
#pragma once

#include <span>

#include "core/pitch/difference.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"

namespace cochlea {

// The parabola through the points around index i of x[0..n): where its vertex lies relative to i,
// 0 at the ends and where it would be more than one place away.
double parabolic_shift(const float* x, size_t n, size_t stride, size_t i);

struct YinPitch {
  float f0;            // Hz; NaN where the paper's method finds no trough below the threshold
  float aperiodicity;  // d' at the chosen lag
};

// The pitch of each column of a tile of d'.
void pick_pitch(const YinShape& shape, const float* normalised, size_t lanes, double sample_rate,
                double threshold, YinPitch* out);

// f0 has one value per frame; aperiodicity as many, or none if it is not wanted.
Status yin(const Task& task, const Samples& samples, const YinShape& shape, double sample_rate,
           double threshold, std::span<float> f0, std::span<float> aperiodicity);

}  // namespace cochlea
