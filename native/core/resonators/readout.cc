#include "core/resonators/readout.h"

#include <algorithm>
#include <numbers>

#include "kernels/dispatch.h"

namespace cochlea {
namespace {

constexpr double TAU = 2 * std::numbers::pi;
constexpr float DB_FLOOR_POWER = 1e-10f;  // as librosa's amin

}  // namespace

ResonatorReadout::ResonatorReadout()
    : planes_(kernels::RESONATOR_STATE_ROWS * PLANE, 0.0f), phasors_(2 * GROUP, 0.0f) {}

void ResonatorReadout::collect(const float* states, size_t stride, size_t panels, uint64_t position,
                               float sample) {
  constexpr size_t PANEL = ResonatorKernels::PANEL;
  for (size_t row = 0; row < kernels::RESONATOR_STATE_ROWS; ++row) {
    float* const to = &planes_[row * PLANE + collected_ * GROUP];
    for (size_t i = 0; i < panels; ++i)
      std::copy_n(states + i * stride + row * PANEL, PANEL, to + i * PANEL);
  }
  positions_[collected_] = static_cast<double>(position);
  samples_[collected_] = sample;
  ++collected_;
}

// The complex output in the planes of y: s, back in the frame that does not rotate.
void ResonatorReadout::rotate_by_phasors(const ResonatorPhases& phases, size_t first_bin) {
  float* const re = planes_.data();
  float* const im = re + PLANE;
  const float* const sr = re + 2 * PLANE;
  const float* const si = re + 3 * PLANE;
  float* const pr = phasors_.data();
  float* const pi = pr + GROUP;
  for (size_t frame = 0; frame < collected_; ++frame) {
    kernels::active().resonator_phasors(&phases.rates[first_bin], &phases.offsets[first_bin],
                                        positions_[frame], pr, pi, GROUP);
    for (size_t j = 0; j < GROUP; ++j) {
      const size_t i = frame * GROUP + j;
      re[i] = sr[i] * pr[j] - si[i] * pi[j];
      im[i] = sr[i] * pi[j] + si[i] * pr[j];
    }
  }
}

// In the plane of y.re. The phase from R~[n-1] to R~[n] is that of s conj(s - beta y): the state before
// follows from this one, and the rotations cancel. Without a second stage s is y, and the one before is
// y - alpha x.
void ResonatorReadout::instantaneous_frequencies(const ResonatorParameters& parameters,
                                                 size_t first_bin, size_t bins) {
  float* const re = planes_.data();
  float* const im = re + PLANE;
  const float* const sr = re + 2 * PLANE;
  const float* const si = re + 3 * PLANE;
  for (size_t frame = 0; frame < collected_; ++frame) {
    for (size_t j = 0; j < bins; ++j) {
      const size_t i = frame * GROUP + j, k = first_bin + j;
      const bool single = parameters.betas[k] == 1;
      const float alpha = static_cast<float>(parameters.alphas[k]);
      const float beta = static_cast<float>(parameters.betas[k]);
      const float added_re = single ? alpha * samples_[frame] : beta * re[i];
      const float added_im = single ? 0.0f : beta * im[i];
      re[i] = sr[i] * (sr[i] - added_re) + si[i] * (si[i] - added_im);
      im[i] = sr[i] * added_im - si[i] * added_re;
    }
  }
  kernels::active().phase(re, im, collected_ * GROUP, re);
  for (size_t frame = 0; frame < collected_; ++frame) {
    for (size_t j = 0; j < bins; ++j) {
      float& value = re[frame * GROUP + j];
      value = static_cast<float>(parameters.frequencies[first_bin + j] +
                                 value * parameters.sample_rate / TAU);
    }
  }
}

size_t ResonatorReadout::write(const ResonatorParameters& parameters, const ResonatorPhases& phases,
                               size_t first_bin, const ResonatorFrames& to, size_t column) {
  const size_t bins = std::min(GROUP, parameters.size() - first_bin);
  const size_t values = collected_ * GROUP;
  const kernels::Table& kernel = kernels::active();
  // The result is computed in place of y, which nothing else needs.
  float* const re = planes_.data();
  float* const im = re + PLANE;
  const float* const sr = re + 2 * PLANE;
  const float* const si = re + 3 * PLANE;
  switch (to.output) {
    case ResonatorOutput::complex:
    case ResonatorOutput::interleaved:
      rotate_by_phasors(phases, first_bin);
      break;
    case ResonatorOutput::phase:
      rotate_by_phasors(phases, first_bin);
      kernel.phase(re, im, values, re);
      break;
    case ResonatorOutput::magnitude:
      kernel.magnitude(sr, si, values, re);
      break;
    case ResonatorOutput::power:
      kernel.power_spectrum(sr, si, values, re);
      break;
    case ResonatorOutput::db:
      kernel.power_spectrum(sr, si, values, re);
      kernel.decibels(re, values, 10.0f, DB_FLOOR_POWER, 0.0f, re);
      break;
    case ResonatorOutput::frequency:
      instantaneous_frequencies(parameters, first_bin, bins);
      break;
  }
  const size_t parts = to.output == ResonatorOutput::interleaved ? 2 : 1;
  const auto transpose_into = [&](const float* plane, float* out) {
    if (to.frames == 1 && parts == 1) {
      std::copy_n(plane, bins, out + first_bin);
      return;
    }
    for (size_t j = 0; j < bins; ++j) {
      float* const row = out + ((first_bin + j) * to.frames + column) * parts;
      for (size_t frame = 0; frame < collected_; ++frame)
        row[frame * parts] = plane[frame * GROUP + j];
    }
  };
  transpose_into(re, to.re.data());
  if (to.output == ResonatorOutput::complex) transpose_into(im, to.im.data());
  if (to.output == ResonatorOutput::interleaved) transpose_into(im, to.re.data() + 1);
  const size_t written = collected_;
  collected_ = 0;
  return written;
}

}  // namespace cochlea
