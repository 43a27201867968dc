// The tuning of a set of frequencies, with the numbers of librosa.pitch_tuning 0.11. What librosa
// computes in single precision and what in double follows numpy's promotion rules, because the
// answer is the edge of a histogram's fullest bin and has to come out equal.
#pragma once

#include <cstddef>
#include <span>

#include "core/runtime/status.h"
#include "core/runtime/task.h"

namespace cochlea {

// How far finite frequencies lie from the nearest note of equal temperament with
// A4 = 440 Hz, in fractions of a bin: the lower edge of the fullest of ceil(1 / resolution) equal
// bins of [-0.5, 0.5], the first of several; 0 if there are none. Frequencies that are not above
// 0 are skipped, and those so far below the lowest note that their distance underflows.
Status pitch_tuning(const Task& task, std::span<const float> frequencies, double resolution,
                    size_t bins_per_octave, double* tuning);
Status pitch_tuning(const Task& task, std::span<const double> frequencies, double resolution,
                    size_t bins_per_octave, double* tuning);

}  // namespace cochlea
