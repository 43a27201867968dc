#include <algorithm>

#include "check.h"

namespace check {
namespace {

using cochlea::kernels::TrackingRule;

constexpr size_t PANEL = cochlea::kernels::RESONATOR_PANEL, GROUP = cochlea::kernels::TRACKER_GROUP;

// The magnitude that a recurrence reaches: what its next step rounds.
float largest(const Guarded<float>& x) {
  float most = 0;
  for (size_t i = 0; i < x.size(); ++i) most = std::fmax(most, std::fabs(x[i]));
  return most;
}

// Coefficients of decaying rotations, as the bank designs them.
void blocks_trial(Trial& t) {
  const size_t panels = t.random.below(7), blocks = t.random.below(20);
  const size_t stride = blocks * 4 * PANEL + t.random.below(3);
  const Guarded<float> coefficients(panels * 10 * PANEL, t.random, -0.5f, 0.5f);
  for (size_t i = 0; i < coefficients.size(); ++i) {
    const size_t row = i / PANEL % 10;
    if (row == 2 || row == 3 || row == 6 || row == 7) coefficients[i] *= 6e-8f;
  }
  const Guarded<float> states(panels * 4 * PANEL, t.random), actual_states(states.size());
  const size_t size = panels == 0 ? 0 : (panels - 1) * stride + blocks * 4 * PANEL;
  const Guarded<float> trail(size, t.random), actual(size);
  std::copy_n(states.data(), states.size(), actual_states.data());
  std::copy_n(trail.data(), size, actual.data());
  t.reference.resonator_blocks(coefficients.data(), states.data(), trail.data(), stride, blocks,
                               panels);
  t.candidate.resonator_blocks(coefficients.data(), actual_states.data(), actual.data(), stride,
                               blocks, panels);
  const float reach = largest(trail);
  t.sum(trail.data(), actual.data(), reach, size);
  t.sum(states.data(), actual_states.data(), reach, states.size());
  t.intact(actual);
}

size_t blocks_timed(const Table& table) {
  constexpr size_t PANELS = 4, BLOCKS = 64;
  static Random random(1);
  static const Guarded<float> coefficients(PANELS * 10 * PANEL, random, -0.3f, 0.3f),
      states(PANELS * 4 * PANEL, random), trail(PANELS * BLOCKS * 4 * PANEL, random);
  for (size_t i = 0; i < trail.size(); ++i) trail[i] = 1.0f;
  table.resonator_blocks(coefficients.data(), states.data(), trail.data(), BLOCKS * 4 * PANEL,
                         BLOCKS, PANELS);
  return PANELS * PANEL * BLOCKS;
}

void samples_trial(Trial& t) {
  const size_t panels = t.random.below(7), n = t.random.below(70);
  const Guarded<float> coefficients(panels * 6 * PANEL, t.random, -0.7f, 0.7f), x(n, t.random);
  const Guarded<float> states(panels * 4 * PANEL, t.random), actual(states.size());
  std::copy_n(states.data(), states.size(), actual.data());
  t.reference.resonator_samples(coefficients.data(), x.data(), n, states.data(), panels);
  t.candidate.resonator_samples(coefficients.data(), x.data(), n, actual.data(), panels);
  t.sum(states.data(), actual.data(), std::fmax(1.0f, largest(states)), states.size());
  t.intact(actual);
}

size_t samples_timed(const Table& table) {
  constexpr size_t PANELS = 4, N = 1024;
  static Random random(1);
  static const Guarded<float> coefficients(PANELS * 6 * PANEL, random, -0.7f, 0.7f), x(N, random),
      states(PANELS * 4 * PANEL, random);
  table.resonator_samples(coefficients.data(), x.data(), N, states.data(), PANELS);
  return PANELS * PANEL * N;
}

void phasors_trial(Trial& t) {
  const size_t n = t.random.length(200);
  const Guarded<double> rates(n, t.random, 0.0f, 0.5f), offsets(n, t.random, 0.0f, 1.0f);
  const Guarded<float> re(n), im(n);
  const double position = static_cast<double>(t.random.below(2000000000));
  t.candidate.resonator_phasors(rates.data(), offsets.data(), position, re.data(), im.data(), n);
  std::vector<float> cosine(n), sine(n);
  for (size_t i = 0; i < n; ++i) {
    const double product = rates[i] * position;
    const double turns = product - std::floor(product) + offsets[i];
    cosine[i] = static_cast<float>(std::cos(turns * 6.283185307179586));
    sine[i] = static_cast<float>(-std::sin(turns * 6.283185307179586));
  }
  // A product of 10^9 turns is rounded to 10^-7 turns.
  t.sum(cosine.data(), re.data(), 1.0f, n);
  t.sum(sine.data(), im.data(), 1.0f, n);
  t.intact(re);
  t.intact(im);
}

size_t phasors_timed(const Table& table) {
  constexpr size_t N = 1024;
  static Random random(1);
  static const Guarded<double> rates(N, random, 0.0f, 0.5f), offsets(N, random);
  static const Guarded<float> re(N), im(N);
  table.resonator_phasors(rates.data(), offsets.data(), 1e8, re.data(), im.data(), N);
  return N;
}

// A tone within reach of trackers that listen to it: where one is not heard, a rounding error decides
// whether it follows, and tiers may part.
void trackers_trial(Trial& t) {
  const size_t groups = t.random.below(4), n = t.random.below(400);
  const auto rule = static_cast<TrackingRule>(t.random.below(3));
  const Guarded<float> parameters(groups * 5 * GROUP), states(groups * 6 * GROUP),
      actual(states.size()), x(n);
  const double theta = t.random.uniform(0.05f, 2.5f);
  for (size_t i = 0; i < n; ++i)
    x[i] = static_cast<float>(std::cos(theta * static_cast<double>(i)));
  for (size_t k = 0; k < groups * GROUP; ++k) {
    float* const p = parameters.data() + k / GROUP * 5 * GROUP + k % GROUP;
    float* const s = states.data() + k / GROUP * 6 * GROUP + k % GROUP;
    const double own = theta * t.random.uniform(0.97f, 1.03f);
    p[0] = p[GROUP] = t.random.uniform(0.02f, 0.2f);
    p[2 * GROUP] = 0.5f * p[0];
    p[3 * GROUP] = s[4 * GROUP] = static_cast<float>(std::cos(own));
    p[4 * GROUP] = s[5 * GROUP] = static_cast<float>(std::sin(own));
    s[0] = s[2 * GROUP] = 0.5f;
  }
  std::copy_n(states.data(), states.size(), actual.data());
  const bool traced = t.random.below(2) == 1;
  const size_t row = 4 * GROUP, stride = n * row + t.random.below(3);
  const size_t size = !traced || groups == 0 ? 0 : (groups - 1) * stride + n * row;
  const Guarded<float> trail(size, t.random), actual_trail(size);
  std::copy_n(trail.data(), size, actual_trail.data());
  t.reference.tracker_samples(parameters.data(), x.data(), n, states.data(), 1e-6f, rule, groups,
                              traced ? trail.data() : nullptr, stride);
  t.candidate.tracker_samples(parameters.data(), x.data(), n, actual.data(), 1e-6f, rule, groups,
                              traced ? actual_trail.data() : nullptr, stride);
  const double terms = static_cast<double>(n);
  t.sum(states.data(), actual.data(), 1.0f, states.size(), terms);
  t.sum(trail.data(), actual_trail.data(), 1.0f, size, terms);
  t.intact(actual);
  t.intact(actual_trail);
}

size_t trackers_timed(const Table& table) {
  constexpr size_t GROUPS = 2, N = 1024;
  static Random random(1);
  static const Guarded<float> x(N, random), parameters(GROUPS * 5 * GROUP, random, 0.1f, 0.2f),
      states(GROUPS * 6 * GROUP, random, 0.1f, 0.2f);
  table.tracker_samples(parameters.data(), x.data(), N, states.data(), 0.0f, TrackingRule::chord,
                        GROUPS, nullptr, 0);
  return GROUPS * GROUP * N;
}

// A trail of unit turns and random values, with up to three outputs per sample.
void voices_trial(Trial& t) {
  const size_t n = t.random.below(70);
  const Guarded<float> trail((n + 1) * 4 * GROUP, t.random), weights(2 * GROUP, t.random);
  for (size_t i = 0; i <= n; ++i) {
    for (size_t l = 0; l < GROUP; ++l) {
      const float theta = t.random.uniform(0.01f, 3.1f);
      trail[(i * 4 + 2) * GROUP + l] = std::cos(theta);
      trail[(i * 4 + 3) * GROUP + l] = std::sin(theta);
    }
  }
  for (size_t l = 0; l < GROUP; ++l) weights[GROUP + l] *= 0.01f;
  const Guarded<int32_t> ends(n);
  int32_t outputs = 0;
  for (size_t i = 0; i < n; ++i) ends[i] = outputs += static_cast<int32_t>(t.random.below(4));
  const size_t count = static_cast<size_t>(outputs);
  const Guarded<float> fractions(count, t.random, 0.0f, 1.0f), turns(GROUP, t.random, -0.5f, 0.5f),
      actual_turns(GROUP), sums(count * GROUP, t.random), actual(sums.size());
  std::copy_n(turns.data(), GROUP, actual_turns.data());
  std::copy_n(sums.data(), sums.size(), actual.data());
  const float ahead = t.random.uniform(-0.5f, 1.0f);
  const size_t start = t.random.below(100);
  t.reference.tracker_voices(trail.data(), n, weights.data(), start, ahead, turns.data(),
                             ends.data(), fractions.data(), sums.data());
  t.candidate.tracker_voices(trail.data(), n, weights.data(), start, ahead, actual_turns.data(),
                             ends.data(), fractions.data(), actual.data());
  t.sum(sums.data(), actual.data(), std::fmax(1.0f, largest(sums)), sums.size());
  t.intact(actual);
  t.intact(actual_turns);
}

size_t voices_timed(const Table& table) {
  constexpr size_t N = 64;
  static Random random(1);
  static const Guarded<float> trail((N + 1) * 4 * GROUP, random), weights(2 * GROUP, random),
      fractions(N, random, 0.0f, 1.0f), turns(GROUP, random), sums(N * GROUP, random);
  static const Guarded<int32_t> ends(N);
  for (size_t i = 0; i < N; ++i) ends[i] = static_cast<int32_t>(i + 1);
  table.tracker_voices(trail.data(), N, weights.data(), 0, 0.1f, turns.data(), ends.data(),
                       fractions.data(), sums.data());
  return GROUP * N;
}

const Register voices("tracker_voices", &voices_trial, &voices_timed);

const Register trackers("tracker_samples", &trackers_trial, &trackers_timed);
const Register blocks("resonator_blocks", &blocks_trial, &blocks_timed);
const Register samples("resonator_samples", &samples_trial, &samples_timed);
const Register phasors("resonator_phasors", &phasors_trial, &phasors_timed);

}  // namespace
}  // namespace check
