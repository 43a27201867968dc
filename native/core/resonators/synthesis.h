// The sound of a bank of trackers, at a pitch and a speed of its own (Francois, "Phase Matters").
//
// A tracker's output is its slowly changing complex value times the phasor that it follows, which has
// turned by phi(t) since the start. With the time that passes `speed` times as fast, and every turn
// `pitch` times as far, the sound is
//
//   out[m] = 2 Re sum over k of weight_k(t) s_k(t) exp(i lead_k(t)),  t = speed m
//   lead_k(t) = (pitch / speed - 1) phi_k(t)
//
// since s_k, in the rotated frame of tracking.h, has turned by phi already. Between two samples the
// slow factor is interpolated linearly and the phase goes on at the tracker's frequency. Nothing is
// divided by a measured peak: a tone of amplitude A leaves a tracker with A / 2.
//
// Several trackers settle on one tone, and their sum would be as many times too loud, so a mask picks
// who sounds: the nearest, by absolute difference, to the frequency that it was made for. `greedy`: the
// nearest first, and nobody within `exclusion` octaves of one picked before. `nearest`: the nearest of
// those in the same cell between midpoints, in ratio, of the bank's frequencies. Whoever sounds keeps
// its place against a rival that is nearer by less than the part `hysteresis`. The mask is drawn every
// millisecond and averaged over ten, so that nobody enters with a click.
//
// Who may sound at all: a tracker that is heard; that stays below half the sample rate once transposed;
// that is within half an octave of home, since a fast one that has gone far down follows the waveform
// rather than a tone; and that has settled, the input running ahead of it by no more than alpha radians
// in a sample, some bandwidths. Far from a loud tone trackers hear its skirt and nothing else: without the
// last two conditions they leave errors 20 dB below a tone, with them 60 dB.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "core/resonators/tracking.h"
#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"

namespace cochlea {

enum class SynthesisMask { greedy, nearest };

class Synthesizer {
 public:
  static constexpr double MAX_RATIO = 16;  // pitch and speed are in [1 / MAX_RATIO, MAX_RATIO]

  // `bank` at its start, made from these parameters.
  Synthesizer(TrackingBank bank, const ResonatorParameters& parameters, SynthesisMask mask,
              double exclusion, double hysteresis);

  size_t bytes() const;

  // From the next sample on.
  void tune(double pitch, double speed);

  // The most samples that process() makes of n.
  double max_output(size_t n) const {
    return n == 0 ? 0 : std::floor(static_cast<double>(n) / speed_) + 1;
  }

  // The samples out whose time has come, into `out` as far as there is room; *count says how many. A
  // synthesizer whose task was cancelled is of no further use.
  Status process(const Task& task, std::span<const float> x, std::span<float> out, size_t* count);

  void reset();

 private:
  static constexpr size_t TILE = 64;       // samples of one pass
  static constexpr size_t GROUPS = 2;      // of one pass
  static constexpr size_t SMOOTHING = 10;  // masks that are averaged
  static constexpr size_t MAX_OUTPUTS = TILE * static_cast<size_t>(MAX_RATIO) + 1;
  static constexpr size_t TRAIL = (TILE + 1) * TrackingBank::TRACE;

  void measure_drift(size_t first_group, size_t groups, size_t samples);
  Status draw_mask(const Task& task);
  Status draw_greedy(const Task& task);
  void draw_nearest();

  TrackingBank bank_;
  double sample_rate_, exclusion_, hysteresis_, pitch_ = 1, speed_ = 1;
  SynthesisMask mask_;
  size_t interval_;  // samples from one mask to the next
  size_t phase_;     // samples since the last
  double until_;     // samples from the last one to the next output, > 0
  size_t drawn_;     // masks, modulo SMOOTHING
  std::vector<double> frequencies_, alphas_;
  std::vector<double> edges_;     // between the sorted frequencies
  std::vector<double> heard_;     // where each tracker is, in Hz
  std::vector<double> distance_;  // from its own frequency, in Hz
  std::vector<double> drift_;     // by how much the input ran ahead in the last sample, radians
  std::vector<size_t> order_;     // those that may sound, the nearest first
  std::vector<double> taken_;     // frequencies that sound, sorted
  std::vector<uint8_t> history_;  // [SMOOTHING][bins]
  std::vector<uint8_t> sounds_;   // the last mask
  std::vector<uint8_t> count_;    // of the last SMOOTHING masks
  Aligned<float> weights_;        // [groups][2][TRACKER_GROUP]: at the last mask, and per sample
  Aligned<float> leads_;          // [groups][TRACKER_GROUP]: lead_k, in turns
  Aligned<float> trail_;          // [GROUPS][TRAIL]
  Aligned<float> sums_;           // [MAX_OUTPUTS][TRACKER_GROUP]
  std::vector<float> fractions_;
  std::vector<int32_t> ends_;
};

// Fills all of `out`: with what y gives, and then with what silence after it does.
Status synthesize(const Task& task, Synthesizer& synthesizer, std::span<const float> y,
                  std::span<float> out);

}  // namespace cochlea
