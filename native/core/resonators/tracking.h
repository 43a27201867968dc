// Resonators that tune themselves to what they hear (Francois, "Phase Matters", and Oscillators 5).
//
// In the rotated frame of bank.h, with the rotation per sample v = exp(i theta) now a state:
//
//   y <- (1 - alpha) v y + alpha x,   z = v s,   s <- (1 - beta) z + beta y
//
// D = s conj(z) is the product of the complex output with the conjugate of the one before; its angle is
// how far the input ran ahead of the resonator. Where the power |s|^2 exceeds a threshold, v moves by a
// part gamma of that angle, u = D / |D|:
//
//   chord    v <- v ((1 - gamma) + gamma u), normalised
//   tangent  v <- v (1 + i gamma Im u), normalised
//   ewma     v <- v exp(i gamma arg u)
//
// Elsewhere v goes back to the resonator's own frequency. alpha and beta stay as they are. Nothing but the
// threshold says what is too quiet: D is scaled by the power before it is squared, so that a threshold
// of 0 follows whatever has a power in single precision, which ends at 1.2e-38.
#pragma once

#include <span>
#include <vector>

#include "core/resonators/parameters.h"
#include "core/runtime/aligned.h"
#include "kernels/resonator_layout.h"

namespace cochlea {

using kernels::TRACKER_GROUP;
using kernels::TrackingRule;

class TrackingBank {
 public:
  // gammas in [0, 1], one for each resonator; `threshold` is a power.
  TrackingBank(const ResonatorParameters& parameters, std::span<const double> gammas,
               double threshold, TrackingRule rule);

  size_t bins() const { return bins_; }
  size_t bytes() const { return (parameters_.size() + states_.size()) * sizeof(float); }
  size_t frame_count(size_t length, size_t hop_length) const;

  // A frame at each multiple of hop_length samples since construction or reset(): [bins][frames], the
  // magnitude of the output and the frequency in Hz; in re and im, unless they are empty, s itself.
  void track(std::span<const float> x, size_t hop_length, std::span<float> magnitude,
             std::span<float> frequency, std::span<float> re, std::span<float> im);

  // Sample by sample, for `groups` groups from `first` on: `trail` receives s and v before x and after
  // each of its samples, x.size() + 1 rows of TRACE floats per group, groups trail_stride apart.
  static constexpr size_t TRACE = kernels::TRACKER_TRACE_ROWS * TRACKER_GROUP;
  size_t groups() const { return groups_; }
  void trace(size_t first, size_t groups, std::span<const float> x, float* trail,
             size_t trail_stride);

  // Whether a resonator is loud enough to follow, and its frequency as an angle in radians per sample.
  bool above_threshold(size_t bin) const;
  float angle(size_t bin) const;

  void reset();

 private:
  static constexpr size_t PARAMETERS = kernels::TRACKER_PARAMETER_ROWS * TRACKER_GROUP;
  static constexpr size_t STATE = kernels::TRACKER_STATE_ROWS * TRACKER_GROUP;
  static constexpr size_t GROUPS = 2;  // in one pass: the kernel interleaves them

  double sample_rate_;
  size_t bins_, groups_;
  float threshold_;
  TrackingRule rule_;
  Aligned<float> parameters_;  // [groups][PARAMETERS]
  Aligned<float> states_;      // [groups][STATE]
  uint64_t position_ = 0;
};

}  // namespace cochlea
