// The most likely path through the states of pYIN: P pitches, each voiced or unvoiced. Pitch moves
// by a triangular distribution of limited width, voicing switches with a fixed probability,
// independently. The same path as librosa.sequence.viterbi 0.11 finds in the full matrix:
// everything is double, a move that has no probability costs log(2.2e-308) rather than minus
// infinity, and the first of equally good states wins.
//
// The full search looks at (2P)^2 moves per frame. Here each state looks at those with a
// probability, and at one more: of all others, which cost the same, only the first of the best
// states can win. And of the voiced states, whose probability is zero in most frames, only those
// that could still win against the unvoiced state next to their target.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/pitch/pitch_transitions.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"

namespace cochlea {

// What each frame says about the states: log probabilities of some pitches and of every unvoiced
// state. All other pitches have probability 0.
struct PitchObservations {
  struct Candidate {
    int32_t pitch;
    double log_probability;
  };
  std::vector<Candidate> candidates;  // no pitch twice within a frame
  std::vector<size_t> ends;           // of each frame in `candidates`
  std::vector<double> log_unvoiced;   // of each frame

  size_t frames() const { return ends.size(); }
  std::span<const Candidate> of(size_t t) const {
    const size_t begin = t == 0 ? 0 : ends[t - 1];
    return {candidates.data() + begin, ends[t] - begin};
  }
};

// states: one per frame; below pitches() voiced, otherwise pitches() higher and unvoiced. Values of
// all states are kept for some frames at a time and computed again when the path comes back to
// them, so memory grows with the square root of the frames.
Status viterbi(const Task& task, const PitchObservations& observations,
               const PitchTransitions& transitions, std::span<int32_t> states);

}  // namespace cochlea
