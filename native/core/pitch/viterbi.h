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
#include <memory>
#include <span>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"

namespace cochlea {

// Logarithms of the transition probabilities.
class PitchTransitions {
 public:
  // 1 <= width <= pitches. Links less likely than min_probability are cut, which is what librosa
  // 1.0 does; with 0 none is, and moves without a probability stay possible as said above.
  // Null if the task was cancelled meanwhile.
  static std::shared_ptr<const PitchTransitions> get(const Task& task, size_t pitches, size_t width,
                                                     double switch_probability,
                                                     double min_probability);
  // Not complete if the task was cancelled meanwhile.
  PitchTransitions(const Task& task, size_t pitches, size_t width, double switch_probability,
                   double min_probability);

  size_t pitches() const { return pitches_; }
  size_t reach() const { return reach_; }  // how far a pitch can move
  size_t blocks() const { return (pitches_ + 15) / 16; }
  double forbidden() const { return forbidden_; }
  // From pitch `to` + offset to pitch `to`, |offset| <= reach; `from` need not exist.
  double weight(bool switching, size_t to, ptrdiff_t offset) const {
    const size_t d = static_cast<size_t>(offset + static_cast<ptrdiff_t>(reach_));
    return table(switching)[(to / 16 * (2 * reach_ + 1) + d) * 16 + to % 16];
  }
  const double* table(bool switching) const { return switching ? switch_.data() : stay_.data(); }
  double largest(bool switching) const { return switching ? largest_switch_ : largest_stay_; }
  // The smallest weight of a switch without a move.
  double sure_switch() const { return sure_switch_; }
  size_t bytes() const { return (stay_.size() + switch_.size()) * sizeof(double); }

 private:
  const size_t pitches_, reach_;
  double forbidden_, largest_stay_, largest_switch_, sure_switch_;
  Aligned<double> stay_, switch_;  // [block of 16 targets][offset + reach][target]
};

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
