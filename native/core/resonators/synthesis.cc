#include "core/resonators/synthesis.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>
#include <utility>

#include "kernels/dispatch.h"

namespace cochlea {

namespace {

constexpr double STRAY =
    std::numbers::sqrt2;  // the ratio to its own frequency of a tracker gone astray

}  // namespace

Synthesizer::Synthesizer(TrackingBank bank, const ResonatorParameters& parameters,
                         SynthesisMask mask, double exclusion, double hysteresis)
    : bank_(std::move(bank)),
      sample_rate_(parameters.sample_rate),
      exclusion_(std::exp2(exclusion)),
      hysteresis_(hysteresis),
      mask_(mask),
      interval_(std::max<size_t>(1, static_cast<size_t>(sample_rate_ / 1000))),
      frequencies_(parameters.frequencies),
      alphas_(parameters.alphas),
      edges_(parameters.frequencies),
      heard_(frequencies_.size()),
      distance_(frequencies_.size()),
      drift_(frequencies_.size()),
      history_(SMOOTHING * frequencies_.size()),
      sounds_(frequencies_.size()),
      count_(frequencies_.size()),
      weights_(bank_.groups() * 2 * TRACKER_GROUP),
      leads_(bank_.groups() * TRACKER_GROUP),
      trail_(GROUPS * TRAIL),
      sums_(MAX_OUTPUTS * TRACKER_GROUP),
      fractions_(MAX_OUTPUTS),
      ends_(TILE) {
  order_.reserve(frequencies_.size());
  taken_.reserve(frequencies_.size());
  std::sort(edges_.begin(), edges_.end());
  for (size_t i = 0; i + 1 < edges_.size(); ++i) edges_[i] = std::sqrt(edges_[i] * edges_[i + 1]);
  edges_.pop_back();
  reset();
}

size_t Synthesizer::bytes() const {
  const size_t floats = weights_.size() + leads_.size() + trail_.size() + sums_.size() +
                        fractions_.size() + ends_.size();
  return bank_.bytes() + floats * sizeof(float) +
         frequencies_.size() * (8 * sizeof(double) + SMOOTHING + 2);
}

void Synthesizer::tune(double pitch, double speed) {
  pitch_ = pitch;
  speed_ = speed;
}

void Synthesizer::reset() {
  bank_.reset();
  phase_ = drawn_ = 0;
  until_ = 1;
  std::fill(history_.begin(), history_.end(), uint8_t{0});
  std::fill(sounds_.begin(), sounds_.end(), uint8_t{0});
  std::fill(count_.begin(), count_.end(), uint8_t{0});
  std::fill(weights_.begin(), weights_.end(), 0.0f);
  std::fill(leads_.begin(), leads_.end(), 0.0f);
}

Status Synthesizer::draw_greedy(const Task& task) {
  taken_.clear();
  for (const size_t k : order_) {
    // Each of many that sound moves those above it.
    if (task.cancelled()) return Status::cancelled();
    const double f = heard_[k];
    const auto above = std::lower_bound(taken_.begin(), taken_.end(), f);
    if (above != taken_.end() && *above < f * exclusion_) continue;
    if (above != taken_.begin() && f < *(above - 1) * exclusion_) continue;
    taken_.insert(above, f);
    sounds_[k] = 1;
  }
  return {};
}

void Synthesizer::draw_nearest() {
  taken_.assign(edges_.size() + 1, 0.0);
  for (const size_t k : order_) {
    const auto edge = std::upper_bound(edges_.begin(), edges_.end(), heard_[k]);
    double& cell = taken_[static_cast<size_t>(edge - edges_.begin())];
    sounds_[k] = cell == 0;
    cell = 1;
  }
}

void Synthesizer::measure_drift(size_t first_group, size_t groups, size_t samples) {
  const size_t end = std::min(frequencies_.size(), (first_group + groups) * TRACKER_GROUP);
  for (size_t k = first_group * TRACKER_GROUP; k < end; ++k) {
    const size_t group = k / TRACKER_GROUP - first_group, lane = k % TRACKER_GROUP;
    const float* const before = &trail_[group * TRAIL + (samples - 1) * TrackingBank::TRACE + lane];
    const auto value = [](const float* at) {
      return std::complex<double>(at[0], at[TRACKER_GROUP]);
    };
    const auto turned = value(before) * value(before + 2 * TRACKER_GROUP);
    drift_[k] = std::abs(std::arg(value(before + TrackingBank::TRACE) * std::conj(turned)));
  }
}

// Draws the mask that counts from here on, and makes its average the weights of the samples up to the
// next.
Status Synthesizer::draw_mask(const Task& task) {
  const double hertz = sample_rate_ / (2 * std::numbers::pi);
  order_.clear();
  for (size_t k = 0; k < frequencies_.size(); ++k) {
    const bool sounded = sounds_[k] != 0;
    sounds_[k] = 0;
    if (!bank_.above_threshold(k)) continue;
    heard_[k] = bank_.angle(k) * hertz;
    const double ratio = heard_[k] / frequencies_[k];
    if (!(ratio > 1 / STRAY && ratio < STRAY && heard_[k] * pitch_ < sample_rate_ / 2 &&
          drift_[k] <= alphas_[k]))
      continue;
    distance_[k] = std::abs(heard_[k] - frequencies_[k]) * (sounded ? 1 - hysteresis_ : 1);
    order_.push_back(k);
  }
  std::sort(order_.begin(), order_.end(), [this](size_t a, size_t b) {
    return distance_[a] != distance_[b] ? distance_[a] < distance_[b] : a < b;
  });
  if (mask_ == SynthesisMask::nearest) {
    draw_nearest();
  } else if (Status status = draw_greedy(task); !status.ok()) {
    return status;
  }

  constexpr float PART = 1.0f / SMOOTHING;
  uint8_t* const oldest = &history_[drawn_ * frequencies_.size()];
  for (size_t k = 0; k < frequencies_.size(); ++k) {
    const float before = PART * static_cast<float>(count_[k]);
    count_[k] = static_cast<uint8_t>(count_[k] + sounds_[k] - oldest[k]);
    oldest[k] = sounds_[k];
    float* const weight = &weights_[k / TRACKER_GROUP * 2 * TRACKER_GROUP + k % TRACKER_GROUP];
    weight[0] = before;
    weight[TRACKER_GROUP] =
        (PART * static_cast<float>(count_[k]) - before) / static_cast<float>(interval_);
  }
  drawn_ = (drawn_ + 1) % SMOOTHING;
  return {};
}

Status Synthesizer::process(const Task& task, std::span<const float> x, std::span<float> out,
                            size_t* count) {
  const kernels::Table& kernel = kernels::active();
  const float ahead = static_cast<float>(pitch_ / speed_ - 1);
  *count = 0;
  while (!x.empty()) {
    const size_t n = std::min({TILE, x.size(), interval_ - phase_});
    size_t outputs = 0;
    for (size_t t = 0; t < n; ++t) {
      for (; until_ <= 1; until_ += speed_) fractions_[outputs++] = static_cast<float>(until_);
      until_ -= 1;
      ends_[t] = static_cast<int32_t>(outputs);
    }
    std::fill_n(sums_.data(), outputs * TRACKER_GROUP, 0.0f);
    for (size_t first = 0; first < bank_.groups(); first += GROUPS) {
      if (task.cancelled()) return Status::cancelled();
      const size_t groups = std::min(GROUPS, bank_.groups() - first);
      bank_.trace(first, groups, x.first(n), trail_.data(), TRAIL);
      if (phase_ + n == interval_) measure_drift(first, groups, n);
      for (size_t g = 0; g < groups; ++g) {
        kernel.tracker_voices(&trail_[g * TRAIL], n, &weights_[(first + g) * 2 * TRACKER_GROUP],
                              phase_, ahead, &leads_[(first + g) * TRACKER_GROUP], ends_.data(),
                              fractions_.data(), sums_.data());
      }
    }
    for (size_t m = 0; m < outputs && *count < out.size(); ++m) {
      const float* const row = &sums_[m * TRACKER_GROUP];
      out[(*count)++] = 2 * std::accumulate(row, row + TRACKER_GROUP, 0.0f);
    }
    x = x.subspan(n);
    phase_ += n;
    if (phase_ == interval_) {
      phase_ = 0;
      if (Status status = draw_mask(task); !status.ok()) return status;
    }
  }
  return {};
}

Status synthesize(const Task& task, Synthesizer& synthesizer, std::span<const float> y,
                  std::span<float> out) {
  constexpr size_t CHUNK = 4096;
  constexpr float SILENCE[64] = {};
  for (size_t written = 0; written < out.size();) {
    const std::span<const float> x =
        y.empty() ? std::span<const float>(SILENCE) : y.first(std::min(CHUNK, y.size()));
    size_t count;
    if (Status status = synthesizer.process(task, x, out.subspan(written), &count); !status.ok())
      return status;
    if (!y.empty()) y = y.subspan(x.size());
    written += count;
    task.progress(written, out.size());
  }
  return {};
}

}  // namespace cochlea
