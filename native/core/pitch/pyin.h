// Pitch by probabilistic YIN (Mauch and Dixon 2014), with the numbers of librosa.pyin 0.11: many
// YIN thresholds at once, each with a probability, give every frame several weighted candidates; a
// hidden Markov model over pitch and voicing chooses among them.
#pragma once

#include <span>

#include "core/pitch/viterbi.h"
#include "core/pitch/yin.h"

namespace cochlea {

struct PyinShape {
  double sample_rate, fmin;
  size_t thresholds;             // j / thresholds for j = 1..thresholds
  double beta_a, beta_b;         // of the prior over thresholds
  double boltzmann;              // > 0; how strongly shorter periods are preferred
  double no_trough_probability;  // of the lowest trough, under thresholds it does not reach
  size_t bins_per_semitone, pitch_bins;
};

// The observations of all frames, and how probable it is that they are voiced.
Status observe_pitch(const Task& task, const Samples& samples, const YinShape& shape,
                     const PyinShape& pyin, size_t frames, PitchObservations* observations,
                     std::span<float> voiced_probability);

// states as for viterbi(); one value per frame in each span.
Status pyin(const Task& task, const Samples& samples, const YinShape& shape, const PyinShape& pyin,
            const PitchTransitions& transitions, std::span<int32_t> states,
            std::span<float> voiced_probability);

}  // namespace cochlea
