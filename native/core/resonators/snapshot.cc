// A bank's state as numbers. They may come from a file, so what is read back is checked to be such as a bank
// can have written.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/resonators/bank.h"

namespace cochlea {
namespace {

// Of the layout below.
constexpr double VERSION = 2;
// Then sample rate, resonators, position, samples pending, the last sample; then the pending samples, and
// for each resonator f, alpha, beta, phase in turns, y.re, y.im, s.re, s.im.
constexpr size_t HEADER = 6;
constexpr size_t RESONATOR = 4 + kernels::RESONATOR_STATE_ROWS;

constexpr double MAX_POSITION = 9007199254740992.0;  // 2^53
// Rounding may carry a state beyond the samples, though never far.
constexpr double MAX_STATE = 2.0 * MAX_RESONATOR_SAMPLE;

bool is_count(double value, double largest) {
  return value >= 0 && value <= largest && value == std::floor(value);
}

bool is_sample(double value) { return std::abs(value) <= MAX_RESONATOR_SAMPLE; }

}  // namespace

size_t ResonatorBank::snapshot_size() const { return HEADER + BLOCK + RESONATOR * bins(); }

void ResonatorBank::snapshot(size_t index, std::span<double> out) const {
  const Channel& channel = channels_[index];
  const double header[HEADER] = {VERSION,
                                 parameters_.sample_rate,
                                 static_cast<double>(bins()),
                                 static_cast<double>(channel.position),
                                 static_cast<double>(channel.pending_count),
                                 channel.last};
  double* to = std::copy_n(header, HEADER, out.data());
  to = std::copy_n(channel.pending.data(), channel.pending_count, to);
  to = std::fill_n(to, BLOCK - channel.pending_count, 0.0);
  for (size_t k = 0; k < bins(); ++k) {
    const double values[] = {parameters_.frequencies[k], parameters_.alphas[k],
                             parameters_.betas[k], channel.offsets[k]};
    to = std::copy_n(values, 4, to);
    const float* const state = &channel.states[k / PANEL * STATE + k % PANEL];
    for (size_t row = 0; row < kernels::RESONATOR_STATE_ROWS; ++row) *to++ = state[row * PANEL];
  }
}

bool ResonatorBank::restore(size_t index, std::span<const double> in) {
  if (in.size() != snapshot_size() || in[0] != VERSION || in[1] != parameters_.sample_rate ||
      in[2] != static_cast<double>(bins()))
    return false;
  const double position = in[3], pending_count = in[4];
  if (!is_count(position, MAX_POSITION) || !is_count(pending_count, BLOCK - 1) ||
      pending_count > position)
    return false;
  // The last sample and the pending ones.
  for (const double sample : in.subspan(HEADER - 1, 1 + BLOCK)) {
    if (!is_sample(sample)) return false;
  }
  const auto resonators = in.subspan(HEADER + BLOCK);
  ResonatorParameters parameters{parameters_.sample_rate, {}, {}, {}};
  for (size_t k = 0; k < bins(); ++k) {
    const double* const from = &resonators[k * RESONATOR];
    parameters.frequencies.push_back(from[0]);
    parameters.alphas.push_back(from[1]);
    parameters.betas.push_back(from[2]);
    if (!(from[3] >= 0 && from[3] <= 1)) return false;
    for (size_t row = 0; row < kernels::RESONATOR_STATE_ROWS; ++row) {
      if (!(std::abs(from[4 + row]) <= MAX_STATE)) return false;
    }
  }
  if (!check_parameters(parameters).ok()) return false;

  // Other channels keep their states under the parameters that come with this one.
  retune(parameters);
  Channel& channel = channels_[index];
  channel.position = static_cast<uint64_t>(position);
  channel.pending_count = static_cast<size_t>(pending_count);
  channel.last = static_cast<float>(in[HEADER - 1]);
  for (size_t i = 0; i < BLOCK; ++i) channel.pending[i] = static_cast<float>(in[HEADER + i]);
  for (size_t k = 0; k < bins(); ++k) {
    const double* const from = &resonators[k * RESONATOR];
    float* const state = &channel.states[k / PANEL * STATE + k % PANEL];
    channel.offsets[k] = from[3];
    for (size_t row = 0; row < kernels::RESONATOR_STATE_ROWS; ++row)
      state[row * PANEL] = static_cast<float>(from[4 + row]);
  }
  return true;
}

}  // namespace cochlea
