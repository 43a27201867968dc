// How likely pitch and voicing move from one frame to the next in pYIN.
#pragma once

#include <cstddef>
#include <memory>

#include "core/runtime/aligned.h"
#include "core/runtime/task.h"
#include "kernels/viterbi_layout.h"

namespace cochlea {

using kernels::VITERBI_BLOCK;

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
  size_t blocks() const { return (pitches_ + VITERBI_BLOCK - 1) / VITERBI_BLOCK; }
  double forbidden() const { return forbidden_; }
  // From pitch `to` + offset to pitch `to`, |offset| <= reach; `from` need not exist.
  double weight(bool switching, size_t to, ptrdiff_t offset) const {
    const size_t d = static_cast<size_t>(offset + static_cast<ptrdiff_t>(reach_));
    return table(switching)[(to / VITERBI_BLOCK * (2 * reach_ + 1) + d) * VITERBI_BLOCK +
                            to % VITERBI_BLOCK];
  }
  const double* table(bool switching) const { return switching ? switch_.data() : stay_.data(); }
  double largest(bool switching) const { return switching ? largest_switch_ : largest_stay_; }
  // The smallest weight of a switch without a move.
  double sure_switch() const { return sure_switch_; }
  size_t bytes() const { return (stay_.size() + switch_.size()) * sizeof(double); }

 private:
  const size_t pitches_, reach_;
  double forbidden_, largest_stay_, largest_switch_, sure_switch_;
  Aligned<double> stay_, switch_;  // [block of targets][offset + reach][target]
};

}  // namespace cochlea
