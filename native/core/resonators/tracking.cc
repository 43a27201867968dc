#include "core/resonators/tracking.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/resonators/hops.h"
#include "kernels/dispatch.h"

namespace cochlea {

TrackingBank::TrackingBank(const ResonatorParameters& parameters, std::span<const double> gammas,
                           double threshold, TrackingRule rule)
    : sample_rate_(parameters.sample_rate),
      bins_(parameters.size()),
      groups_((bins_ + TRACKER_GROUP - 1) / TRACKER_GROUP),
      threshold_(static_cast<float>(
          std::min(threshold, static_cast<double>(std::numeric_limits<float>::max())))),
      rule_(rule),
      parameters_(groups_ * PARAMETERS, 0.0f),
      states_(groups_ * STATE, 0.0f) {
  for (size_t k = 0; k < groups_ * TRACKER_GROUP; ++k) {
    // The lanes that fill the last group stay at rest on a frequency of 0.
    const bool used = k < bins_;
    const double theta =
        used ? 2 * std::numbers::pi * parameters.frequencies[k] / parameters.sample_rate : 0;
    const double values[kernels::TRACKER_PARAMETER_ROWS] = {
        used ? parameters.alphas[k] : 0, used ? parameters.betas[k] : 0, used ? gammas[k] : 0,
        std::cos(theta), std::sin(theta)};
    for (size_t row = 0; row < kernels::TRACKER_PARAMETER_ROWS; ++row)
      parameters_[k / TRACKER_GROUP * PARAMETERS + row * TRACKER_GROUP + k % TRACKER_GROUP] =
          static_cast<float>(values[row]);
  }
  reset();
}

void TrackingBank::reset() {
  position_ = 0;
  std::fill(states_.begin(), states_.end(), 0.0f);
  for (size_t g = 0; g < groups_; ++g)
    std::copy_n(&parameters_[g * PARAMETERS + 3 * TRACKER_GROUP], 2 * TRACKER_GROUP,
                &states_[g * STATE + 4 * TRACKER_GROUP]);
}

size_t TrackingBank::frame_count(size_t length, size_t hop_length) const {
  return count_hops(position_, length, hop_length);
}

void TrackingBank::trace(size_t first, size_t groups, std::span<const float> x, float* trail,
                         size_t trail_stride) {
  float* const states = &states_[first * STATE];
  for (size_t g = 0; g < groups; ++g)
    std::copy_n(states + g * STATE + 2 * TRACKER_GROUP, TRACE, trail + g * trail_stride);
  kernels::active().tracker_samples(&parameters_[first * PARAMETERS], x.data(), x.size(), states,
                                    threshold_, rule_, groups, trail + TRACE, trail_stride);
}

bool TrackingBank::above_threshold(size_t bin) const {
  const float* const s = &states_[bin / TRACKER_GROUP * STATE + bin % TRACKER_GROUP];
  const float re = s[2 * TRACKER_GROUP], im = s[3 * TRACKER_GROUP];
  return re * re + im * im > threshold_;
}

float TrackingBank::angle(size_t bin) const {
  const float* const s = &states_[bin / TRACKER_GROUP * STATE + bin % TRACKER_GROUP];
  return std::atan2(s[5 * TRACKER_GROUP], s[4 * TRACKER_GROUP]);
}

void TrackingBank::track(std::span<const float> x, size_t hop_length, std::span<float> magnitude,
                         std::span<float> frequency, std::span<float> re, std::span<float> im) {
  const kernels::Table& kernel = kernels::active();
  const size_t frames = frame_count(x.size(), hop_length);
  const float hertz = static_cast<float>(sample_rate_ / (2 * std::numbers::pi));
  for (size_t first = 0; first < groups_; first += GROUPS) {
    const size_t groups = std::min(GROUPS, groups_ - first);
    const auto advance = [&](size_t from, size_t to) {
      kernel.tracker_samples(&parameters_[first * PARAMETERS], x.data() + from, to - from,
                             &states_[first * STATE], threshold_, rule_, groups, nullptr, 0);
    };
    size_t at = 0, end = hop_length - static_cast<size_t>(position_ % hop_length);
    for (size_t frame = 0; frame < frames; ++frame, at = end, end += hop_length) {
      advance(at, end);
      for (size_t g = first; g < first + groups; ++g) {
        const float* const sr = &states_[g * STATE + 2 * TRACKER_GROUP];
        const float* const si = sr + TRACKER_GROUP;
        float size[TRACKER_GROUP], angle[TRACKER_GROUP];
        kernel.magnitude(sr, si, TRACKER_GROUP, size);
        kernel.phase(si + TRACKER_GROUP, si + 2 * TRACKER_GROUP, TRACKER_GROUP, angle);
        const size_t bins = std::min(TRACKER_GROUP, bins_ - g * TRACKER_GROUP);
        for (size_t l = 0; l < bins; ++l) {
          const size_t i = (g * TRACKER_GROUP + l) * frames + frame;
          magnitude[i] = size[l];
          frequency[i] = angle[l] * hertz;
          if (re.empty()) continue;
          re[i] = sr[l];
          im[i] = si[l];
        }
      }
    }
    advance(at, x.size());
  }
  position_ += x.size();
}

}  // namespace cochlea
