// Resonators that tune themselves to what they hear (Francois, "Phase Matters", and Oscillators 5).
//
// In the rotated frame of core/resonators.h, with the turn per sample v = exp(i theta) now a state:
//
//   y <- (1 - alpha) v y + alpha x,   z = v s,   s <- (1 - beta) z + beta y
//
// D = s conj(z) is the product of the complex output with the conjugate of the one before; its angle is
// how far the input ran ahead of the resonator. Where |s|^2 exceeds a threshold, v moves by a part gamma
// of that angle, u = D / |D|:
//
//   chord    v <- v ((1 - gamma) + gamma u), normalised
//   tangent  v <- v (1 + i gamma Im u), normalised
//   ewma     v <- v exp(i gamma arg u)
//
// Elsewhere v goes back to the resonator's own frequency. alpha and beta stay as they are.
#pragma once

#include <span>
#include <vector>

#include "core/runtime/aligned.h"

namespace cochlea {

inline constexpr size_t TRACKER_GROUP = 16;  // trackers that the kernel takes together

enum class TrackingRule { chord, tangent, ewma };

class TrackingBank {
 public:
  // As ResonatorBank's, with gammas in [0, 1]; `threshold` is a power.
  TrackingBank(double sample_rate, std::span<const double> frequencies,
               std::span<const double> alphas, std::span<const double> betas,
               std::span<const double> gammas, double threshold, TrackingRule rule);

  size_t bins() const { return bins_; }
  size_t bytes() const { return (parameters_.size() + states_.size()) * sizeof(float); }
  size_t frame_count(size_t length, size_t hop_length) const;

  // A frame at each multiple of hop_length samples since construction or reset(): [bins][frames], the
  // magnitude of the output and the frequency in Hz; in re and im, unless they are empty, s itself.
  void track(std::span<const float> x, size_t hop_length, std::span<float> magnitude,
             std::span<float> frequency, std::span<float> re, std::span<float> im);

  // Sample by sample, for `groups` groups from `first` on: `trail` receives s and v before x and after
  // each of its samples, x.size() + 1 rows of TRACE floats per group, groups trail_stride apart.
  static constexpr size_t TRACE = 4 * TRACKER_GROUP;
  size_t groups() const { return groups_; }
  void trace(size_t first, size_t groups, std::span<const float> x, float* trail,
             size_t trail_stride);

  // A resonator's power, and its frequency as an angle in radians per sample.
  float power(size_t bin) const;
  float angle(size_t bin) const;

  void reset();

 private:
  static constexpr size_t PARAMETERS = 5 * TRACKER_GROUP;
  static constexpr size_t STATE = 6 * TRACKER_GROUP;
  static constexpr size_t GROUPS = 2;  // in one pass: the kernel interleaves them

  double sample_rate_;
  size_t bins_, groups_;
  float threshold_;
  TrackingRule rule_;
  Aligned<float> parameters_;  // [groups][5][TRACKER_GROUP]
  Aligned<float> states_;      // [groups][6][TRACKER_GROUP]
  uint64_t position_ = 0;
};

}  // namespace cochlea
