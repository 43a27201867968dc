#include "core/resonators/resonators.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "kernels/dispatch.h"

namespace cochlea {
namespace {

constexpr double TAU = 2 * std::numbers::pi;
constexpr float DB_FLOOR_POWER = 1e-10f;  // as librosa's amin

size_t round_up(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

}  // namespace

ResonatorBank::ResonatorBank(double sample_rate, std::span<const double> frequencies,
                             std::span<const double> alphas, std::span<const double> betas,
                             size_t channels)
    : sample_rate_(sample_rate),
      bins_(frequencies.size()),
      panels_((bins_ + RESONATOR_PANEL - 1) / RESONATOR_PANEL),
      frequencies_(frequencies.begin(), frequencies.end()),
      alphas_(alphas.begin(), alphas.end()),
      betas_(betas.begin(), betas.end()),
      rates_(round_up(bins_, GROUP), 0.0),
      block_kernel_(panels_ * BLOCK * STATE, 0.0f),
      ranks_((panels_ + GROUP_PANELS - 1) / GROUP_PANELS, 0),
      bases_(round_up(ranks_.size(), 2) * BLOCK * RANK, 0.0f),
      mixing_(panels_ * RANK * STATE, 0.0f),
      block_coefficients_(panels_ * 10 * RESONATOR_PANEL, 0.0f),
      sample_coefficients_(panels_ * 6 * RESONATOR_PANEL, 0.0f),
      channels_(channels),
      projected_(TILE_BLOCKS * 2 * RANK, 0.0f),
      trail_(GROUP_PANELS * TILE_BLOCKS * STATE, 0.0f),
      planes_(4 * TILE_FRAMES * GROUP, 0.0f),
      phasors_(2 * GROUP, 0.0f) {
  Design work;
  for (size_t p = 0; p < panels_; p += 2 * GROUP_PANELS) design_pair(p, work);
  for (size_t c = 0; c < channels; ++c) {
    channels_[c].states = Aligned<float>(panels_ * STATE);
    channels_[c].pending = Aligned<float>(BLOCK);
    channels_[c].offsets = Aligned<double>(rates_.size());
    reset(c, 0);
  }
}

size_t ResonatorBank::bytes() const {
  const size_t floats = bases_.size() + mixing_.size() + projected_.size() + block_kernel_.size() +
                        block_coefficients_.size() + sample_coefficients_.size() + trail_.size() +
                        planes_.size() + phasors_.size() +
                        channels_.size() * (panels_ * STATE + BLOCK);
  const size_t doubles = 3 * bins_ + rates_.size() * (1 + channels_.size());
  return floats * sizeof(float) + doubles * sizeof(double);
}

// The columns of one resonator in the block kernel and its coefficients, in double.
void ResonatorBank::design(size_t bin, Design& work) {
  using Complex = std::complex<double>;
  const double alpha = alphas_[bin], beta = betas_[bin];
  const double a = 1 - alpha, b = 1 - beta;
  const double theta = TAU * frequencies_[bin] / sample_rate_;
  const size_t panel = bin / RESONATOR_PANEL, lane = bin % RESONATOR_PANEL;
  rates_[bin] = frequencies_[bin] / sample_rate_;

  // c^n and d^n are a rotation by theta n and a decay; the decays of the second stage's response sum
  // to g[n] = sum_(i=0..n) b^(n-i) a^i = b g[n-1] + a^n.
  float* const kernel = &block_kernel_[panel * BLOCK * STATE];
  double a_power = 1, b_power = 1, g = 0;
  for (size_t n = 0; n < BLOCK; ++n) {
    g = b * g + a_power;
    const Complex rotation = std::polar(1.0, theta * static_cast<double>(n));
    const Complex first = alpha * a_power * rotation;
    const Complex second = alpha * beta * g * rotation;
    const size_t j = BLOCK - 1 - n;
    const double values[] = {first.real(), first.imag(), second.real(), second.imag()};
    for (size_t row = 0; row < 4; ++row) {
      kernel[j * STATE + row * RESONATOR_PANEL + lane] = static_cast<float>(values[row]);
      work.kernels[j * COLUMNS + panel % GROUP_PANELS * STATE + row * RESONATOR_PANEL + lane] =
          values[row];
    }
    a_power *= a;
    b_power *= b;
  }
  const Complex rotation = std::polar(1.0, theta * static_cast<double>(BLOCK));
  const Complex c = a_power * rotation, d = b_power * rotation, m = beta * a * g * rotation;
  float* const block = &block_coefficients_[panel * 10 * RESONATOR_PANEL + lane];
  // The state feeds back on itself for one time constant, which may be a million blocks: rounding c
  // and d to float would show as a gain and a detuning, so their rounding errors come along.
  const auto split = [](double value, float* high, float* low) {
    *high = static_cast<float>(value);
    *low = static_cast<float>(value - *high);
  };
  split(c.real(), block, block + 2 * RESONATOR_PANEL);
  split(c.imag(), block + RESONATOR_PANEL, block + 3 * RESONATOR_PANEL);
  split(d.real(), block + 4 * RESONATOR_PANEL, block + 6 * RESONATOR_PANEL);
  split(d.imag(), block + 5 * RESONATOR_PANEL, block + 7 * RESONATOR_PANEL);
  block[8 * RESONATOR_PANEL] = static_cast<float>(m.real());
  block[9 * RESONATOR_PANEL] = static_cast<float>(m.imag());

  float* const sample = &sample_coefficients_[panel * 6 * RESONATOR_PANEL + lane];
  sample[0] = static_cast<float>(a * std::cos(theta));
  sample[RESONATOR_PANEL] = static_cast<float>(a * std::sin(theta));
  sample[2 * RESONATOR_PANEL] = static_cast<float>(b * std::cos(theta));
  sample[3 * RESONATOR_PANEL] = static_cast<float>(b * std::sin(theta));
  sample[4 * RESONATOR_PANEL] = static_cast<float>(alpha);
  sample[5 * RESONATOR_PANEL] = static_cast<float>(beta);
}

// Designs the resonators of a group, then looks for a basis of their kernels by Gram-Schmidt with the
// largest remainder first. A remainder below the rounding of float is no loss.
void ResonatorBank::design_group(size_t first_panel, Design& work) {
  constexpr double TOLERANCE = 1e-8;
  const size_t panels = std::min(GROUP_PANELS, panels_ - first_panel);
  const size_t first_bin = first_panel * RESONATOR_PANEL;
  const size_t group = first_panel / GROUP_PANELS;
  std::fill(work.kernels.begin(), work.kernels.end(), 0.0);
  for (size_t k = first_bin; k < std::min(bins_, first_bin + GROUP); ++k) design(k, work);

  double norms[COLUMNS] = {}, left[COLUMNS];
  const auto add_squares = [&work](double* sums) {
    for (size_t j = 0; j < BLOCK; ++j) {
      for (size_t c = 0; c < COLUMNS; ++c)
        sums[c] += work.kernels[j * COLUMNS + c] * work.kernels[j * COLUMNS + c];
    }
  };
  add_squares(norms);
  float* const mixing = &mixing_[first_panel * RANK * STATE];
  size_t rank = 0;
  for (;; ++rank) {
    std::fill_n(left, COLUMNS, 0.0);
    add_squares(left);
    size_t next = COLUMNS;
    double largest = TOLERANCE * TOLERANCE;
    for (size_t c = 0; c < COLUMNS; ++c) {
      if (left[c] > largest * norms[c]) {
        largest = left[c] / norms[c];
        next = c;
      }
    }
    if (next == COLUMNS) break;
    if (rank == RANK) {
      ranks_[group] = 0;
      return;
    }
    double* const axis = &work.basis[rank * BLOCK];
    for (size_t j = 0; j < BLOCK; ++j) axis[j] = work.kernels[j * COLUMNS + next];
    // What rounding left of the other axes would grow with the division.
    for (size_t r = 0; r < rank; ++r) {
      const double* const other = &work.basis[r * BLOCK];
      double overlap = 0;
      for (size_t j = 0; j < BLOCK; ++j) overlap += axis[j] * other[j];
      for (size_t j = 0; j < BLOCK; ++j) axis[j] -= overlap * other[j];
    }
    double size = 0;
    for (size_t j = 0; j < BLOCK; ++j) size += axis[j] * axis[j];
    for (size_t j = 0; j < BLOCK; ++j) axis[j] /= std::sqrt(size);
    double weights[COLUMNS] = {};
    for (size_t j = 0; j < BLOCK; ++j) {
      for (size_t c = 0; c < COLUMNS; ++c) weights[c] += axis[j] * work.kernels[j * COLUMNS + c];
    }
    for (size_t j = 0; j < BLOCK; ++j) {
      for (size_t c = 0; c < COLUMNS; ++c) work.kernels[j * COLUMNS + c] -= axis[j] * weights[c];
    }
    for (size_t c = 0; c < panels * STATE; ++c)
      mixing[(c / STATE * RANK + rank) * STATE + c % STATE] = static_cast<float>(weights[c]);
  }
  ranks_[group] = rank;
  float* const basis = &bases_[(group / 2 * BLOCK * 2) * RANK + basis_offset(group)];
  for (size_t j = 0; j < BLOCK; ++j) {
    for (size_t r = 0; r < basis_width(group); ++r)
      basis[j * 2 * RANK + r] = r < rank ? static_cast<float>(work.basis[r * BLOCK + j]) : 0.0f;
  }
}

// The columns of a group's basis begin where those of the group before end, so both are designed anew.
void ResonatorBank::design_pair(size_t first_panel, Design& work) {
  design_group(first_panel, work);
  if (first_panel + GROUP_PANELS < panels_) design_group(first_panel + GROUP_PANELS, work);
}

size_t ResonatorBank::basis_width(size_t group) const { return round_up(ranks_[group], RANK_STEP); }

size_t ResonatorBank::basis_offset(size_t group) const {
  return group % 2 == 0 ? 0 : basis_width(group - 1);
}

size_t ResonatorBank::frame_count(size_t channel, size_t length, size_t hop_length) const {
  const uint64_t position = channels_[channel].position;
  return static_cast<size_t>((position + length) / hop_length - position / hop_length);
}

void ResonatorBank::process(size_t channel, std::span<const float> x) {
  (void)resonate(Task(), channel, x, 0, ResonatorOutput::power, {}, {});
}

Status ResonatorBank::resonate(const Task& task, size_t index, std::span<const float> x,
                               size_t hop_length, ResonatorOutput output, std::span<float> re,
                               std::span<float> im) {
  Channel& channel = channels_[index];
  Sink all{output, hop_length, re.data(), im.data(), 0};
  Sink* const sink = hop_length == 0 ? nullptr : &all;
  if (sink != nullptr) all.frames = frame_count(index, x.size(), hop_length);

  const size_t length = x.size();
  const auto take = [&](size_t count) {
    channel.position += count;
    channel.last = x[count - 1];
    x = x.subspan(count);
  };
  // First complete the block under way.
  if (channel.pending_count > 0 && !x.empty()) {
    const size_t before = channel.pending_count;
    const size_t count = std::min(BLOCK - before, x.size());
    std::copy_n(x.data(), count, channel.pending.data() + before);
    const bool full = before + count == BLOCK;
    run(channel, channel.pending.data(), full ? 1 : 0, before + count, before, sink);
    channel.pending_count = full ? 0 : before + count;
    take(count);
  }
  while (x.size() >= BLOCK) {
    if (task.cancelled()) return Status::cancelled();
    const size_t blocks = std::min(x.size() / BLOCK, TILE_BLOCKS);
    run(channel, x.data(), blocks, blocks * BLOCK, 0, sink);
    take(blocks * BLOCK);
    task.progress(1.0 - static_cast<double>(x.size()) / static_cast<double>(length));
  }
  if (!x.empty()) {
    const size_t count = x.size();
    std::copy_n(x.data(), count, channel.pending.data());
    run(channel, channel.pending.data(), 0, count, 0, sink);
    channel.pending_count = count;
    take(count);
  }
  return {};
}

// One pass over samples that begin at a grid point: `blocks` whole blocks, which move the grid point,
// and the frames that end after `done` and at or before `available` samples.
void ResonatorBank::run(Channel& channel, const float* x, size_t blocks, size_t available,
                        size_t done, Sink* sink) {
  const kernels::Table& kernel = kernels::active();
  const uint64_t grid = channel.position - done;
  uint64_t first_frame = 0, last_frame = 0;
  if (sink != nullptr) {
    first_frame = channel.position / sink->hop_length + 1;
    last_frame = (grid + available) / sink->hop_length;
  }
  if (blocks == 0 && first_frame > last_frame) return;
  if (blocks == 0 && sink == nullptr) return;

  float start[GROUP_PANELS * STATE], between[GROUP_PANELS * STATE];
  for (size_t p = 0; p < panels_; p += GROUP_PANELS) {
    const size_t panels = std::min(GROUP_PANELS, panels_ - p);
    float* const states = &channel.states[p * STATE];
    std::copy_n(states, panels * STATE, start);
    if (blocks > 0) {
      const size_t group = p / GROUP_PANELS, rank = ranks_[group];
      if (group % 2 == 0) {
        const size_t width =
            basis_width(group) + (group + 1 < ranks_.size() ? basis_width(group + 1) : 0);
        kernel.gemm(x, BLOCK, &bases_[group * BLOCK * RANK], 2 * RANK, projected_.data(), 2 * RANK,
                    blocks, width, BLOCK, false);
      }
      const float* const projected = &projected_[basis_offset(group)];
      for (size_t i = 0; i < panels; ++i) {
        float* const trail = &trail_[i * TILE_BLOCKS * STATE];
        if (rank > 0) {
          kernel.gemm(projected, 2 * RANK, &mixing_[(p + i) * RANK * STATE], STATE, trail, STATE,
                      blocks, STATE, rank, false);
        } else {
          kernel.gemm(x, BLOCK, &block_kernel_[(p + i) * BLOCK * STATE], STATE, trail, STATE,
                      blocks, STATE, BLOCK, false);
        }
      }
      kernel.resonator_blocks(&block_coefficients_[p * 10 * RESONATOR_PANEL], states, trail_.data(),
                              TILE_BLOCKS * STATE, blocks, panels);
    }
    if (sink == nullptr) continue;
    size_t slots = 0, column = sink->written;
    size_t reached = 0;  // samples that `between` has taken, 0 for none
    for (uint64_t frame = first_frame; frame <= last_frame; ++frame) {
      const size_t end = static_cast<size_t>(frame * sink->hop_length - grid);
      const size_t block = end / BLOCK;
      const size_t at = block * BLOCK;
      const float* state = block == 0 ? start : &trail_[(block - 1) * STATE];
      size_t stride = block == 0 ? STATE : TILE_BLOCKS * STATE;
      if (end > at) {
        if (reached <= at) {
          for (size_t i = 0; i < panels; ++i)
            std::copy_n(state + i * stride, STATE, between + i * STATE);
          reached = at;
        }
        kernel.resonator_samples(&sample_coefficients_[p * 6 * RESONATOR_PANEL], x + reached,
                                 end - reached, between, panels);
        reached = end;
        state = between;
        stride = STATE;
      }
      collect(slots++, state, stride, panels, frame * sink->hop_length - 1, x[end - 1]);
      if (slots == TILE_FRAMES) {
        flush(channel, p, slots, column, *sink);
        column += slots;
        slots = 0;
      }
    }
    if (slots > 0) flush(channel, p, slots, column, *sink);
  }
  if (sink != nullptr && last_frame >= first_frame)
    sink->written += static_cast<size_t>(last_frame - first_frame + 1);
}

void ResonatorBank::collect(size_t slot, const float* state, size_t stride, size_t panels,
                            uint64_t position, float sample) {
  for (size_t plane = 0; plane < 4; ++plane) {
    float* const to = &planes_[(plane * TILE_FRAMES + slot) * GROUP];
    for (size_t i = 0; i < panels; ++i)
      std::copy_n(state + i * stride + plane * RESONATOR_PANEL, RESONATOR_PANEL,
                  to + i * RESONATOR_PANEL);
  }
  positions_[slot] = static_cast<double>(position);
  samples_[slot] = sample;
}

// Turns the collected states into output, in place in the planes of y, and writes it transposed.
void ResonatorBank::flush(const Channel& channel, size_t first_panel, size_t slots, size_t column,
                          const Sink& sink) {
  const size_t first = first_panel * RESONATOR_PANEL;
  const size_t bins = std::min(GROUP, bins_ - first);
  constexpr size_t PLANE = TILE_FRAMES * GROUP;
  float* const re = planes_.data();
  float* const im = re + PLANE;
  const float* const sr = re + 2 * PLANE;
  const float* const si = re + 3 * PLANE;
  const size_t n = slots * GROUP;
  const kernels::Table& kernel = kernels::active();
  switch (sink.output) {
    case ResonatorOutput::complex:
    case ResonatorOutput::interleaved:
    case ResonatorOutput::phase:
      for (size_t slot = 0; slot < slots; ++slot) {
        float* const pr = phasors_.data();
        float* const pi = pr + GROUP;
        kernel.resonator_phasors(&rates_[first], &channel.offsets[first], positions_[slot], pr, pi,
                                 GROUP);
        for (size_t j = 0; j < GROUP; ++j) {
          const size_t i = slot * GROUP + j;
          re[i] = sr[i] * pr[j] - si[i] * pi[j];
          im[i] = sr[i] * pi[j] + si[i] * pr[j];
        }
      }
      if (sink.output == ResonatorOutput::phase) kernel.phase(re, im, n, re);
      break;
    case ResonatorOutput::magnitude:
      kernel.magnitude(sr, si, n, re);
      break;
    case ResonatorOutput::power:
      kernel.power_spectrum(sr, si, n, re);
      break;
    case ResonatorOutput::db:
      kernel.power_spectrum(sr, si, n, re);
      kernel.decibels(re, n, 10.0f, DB_FLOOR_POWER, 0.0f, re);
      break;
    case ResonatorOutput::frequency:
      // The phase from R~[n-1] to R~[n] is that of s conj(s - beta y): the state before follows from
      // this one, and the rotations cancel. Without a second stage s is y, and the one before is
      // y - alpha x.
      for (size_t slot = 0; slot < slots; ++slot) {
        for (size_t j = 0; j < bins; ++j) {
          const size_t i = slot * GROUP + j, k = first + j;
          const bool single = betas_[k] == 1;
          const float beta = static_cast<float>(betas_[k]);
          const float added_re =
              single ? static_cast<float>(alphas_[k]) * samples_[slot] : beta * re[i];
          const float added_im = single ? 0.0f : beta * im[i];
          re[i] = sr[i] * (sr[i] - added_re) + si[i] * (si[i] - added_im);
          im[i] = sr[i] * added_im - si[i] * added_re;
        }
      }
      kernel.phase(re, im, n, re);
      for (size_t slot = 0; slot < slots; ++slot) {
        for (size_t j = 0; j < bins; ++j)
          re[slot * GROUP + j] = static_cast<float>(frequencies_[first + j] +
                                                    re[slot * GROUP + j] * sample_rate_ / TAU);
      }
      break;
  }
  const size_t parts = sink.output == ResonatorOutput::interleaved ? 2 : 1;
  const auto write = [&](const float* plane, float* out) {
    for (size_t j = 0; j < bins; ++j) {
      float* const row = out + ((first + j) * sink.frames + column) * parts;
      for (size_t slot = 0; slot < slots; ++slot) row[slot * parts] = plane[slot * GROUP + j];
    }
  };
  write(re, sink.re);
  if (sink.output == ResonatorOutput::complex) write(im, sink.im);
  if (sink.output == ResonatorOutput::interleaved) write(im, sink.re + 1);
}

void ResonatorBank::read(size_t index, ResonatorOutput output, std::span<float> re,
                         std::span<float> im) {
  Channel& channel = channels_[index];
  const Sink sink{output, 1, re.data(), im.data(), 1};
  float state[GROUP_PANELS * STATE];
  for (size_t p = 0; p < panels_; p += GROUP_PANELS) {
    const size_t panels = std::min(GROUP_PANELS, panels_ - p);
    const float* present = &channel.states[p * STATE];
    if (channel.pending_count > 0) {
      std::copy_n(present, panels * STATE, state);
      kernels::active().resonator_samples(&sample_coefficients_[p * 6 * RESONATOR_PANEL],
                                          channel.pending.data(), channel.pending_count, state,
                                          panels);
      present = state;
    }
    collect(0, present, STATE, panels, channel.position == 0 ? 0 : channel.position - 1,
            channel.last);
    flush(channel, p, 1, 0, sink);
  }
}

void ResonatorBank::reset(size_t index, uint64_t position) {
  Channel& channel = channels_[index];
  std::fill(channel.states.begin(), channel.states.end(), 0.0f);
  std::fill(channel.offsets.begin(), channel.offsets.end(), 0.0);
  channel.pending_count = 0;
  channel.position = position;
  channel.last = 0;
}

// Moves the grid point to the present.
void ResonatorBank::settle(Channel& channel) {
  kernels::active().resonator_samples(sample_coefficients_.data(), channel.pending.data(),
                                      channel.pending_count, channel.states.data(), panels_);
  channel.pending_count = 0;
}

// The phase of the next sample's phasor, in [0, 1).
double ResonatorBank::turns(const Channel& channel, size_t bin) const {
  const double turns = channel.offsets[bin] + rates_[bin] * static_cast<double>(channel.position);
  return turns - std::floor(turns);
}

void ResonatorBank::retune(std::span<const double> frequencies, std::span<const double> alphas,
                           std::span<const double> betas) {
  Design work;  // the last that can fail
  for (Channel& channel : channels_) settle(channel);
  for (size_t p = 0; p < panels_; p += 2 * GROUP_PANELS) {
    const size_t first = p * RESONATOR_PANEL;
    bool changed = false;
    for (size_t k = first; k < std::min(bins_, first + 2 * GROUP); ++k) {
      if (frequencies[k] == frequencies_[k] && alphas[k] == alphas_[k] && betas[k] == betas_[k])
        continue;
      const double rate = frequencies[k] / sample_rate_;
      for (Channel& channel : channels_) {
        const double offset = turns(channel, k) - rate * static_cast<double>(channel.position);
        channel.offsets[k] = offset - std::floor(offset);
      }
      frequencies_[k] = frequencies[k];
      alphas_[k] = alphas[k];
      betas_[k] = betas[k];
      changed = true;
    }
    if (changed) design_pair(p, work);
  }
}

void ResonatorBank::snapshot(size_t index, std::span<double> out) const {
  const Channel& channel = channels_[index];
  double* to = out.data();
  *to++ = static_cast<double>(bins_);
  *to++ = static_cast<double>(channel.position);
  *to++ = static_cast<double>(channel.pending_count);
  *to++ = channel.last;
  for (size_t i = 0; i < BLOCK; ++i) *to++ = i < channel.pending_count ? channel.pending[i] : 0;
  for (size_t k = 0; k < bins_; ++k) {
    const float* const state = &channel.states[k / RESONATOR_PANEL * STATE + k % RESONATOR_PANEL];
    *to++ = frequencies_[k];
    *to++ = alphas_[k];
    *to++ = betas_[k];
    *to++ = channel.offsets[k];
    for (size_t row = 0; row < 4; ++row) *to++ = state[row * RESONATOR_PANEL];
  }
}

bool ResonatorBank::restore(size_t index, std::span<const double> in) {
  const auto is_smoothing = [](double value) { return value > 0 && value <= 1; };
  if (in.size() != snapshot_size() || in[0] != static_cast<double>(bins_)) return false;
  for (const double value : in) {
    if (!(std::abs(value) <= 9007199254740992.0)) return false;
  }
  const double pending = in[2];
  if (in[1] < pending || in[1] != std::floor(in[1]) || pending != std::floor(pending) ||
      pending < 0 || pending >= static_cast<double>(BLOCK))
    return false;
  const auto bins = in.subspan(SNAPSHOT_HEADER + BLOCK);
  std::vector<double> frequencies(bins_), alphas(bins_), betas(bins_);
  for (size_t k = 0; k < bins_; ++k) {
    const double* const from = &bins[k * SNAPSHOT_BIN];
    if (!(from[0] > 0 && from[0] < sample_rate_ / 2) || !is_smoothing(from[1]) ||
        !is_smoothing(from[2]))
      return false;
    frequencies[k] = from[0];
    alphas[k] = from[1];
    betas[k] = from[2];
  }
  // Other channels keep their states under the parameters that come with this one.
  retune(frequencies, alphas, betas);
  Channel& channel = channels_[index];
  channel.position = static_cast<uint64_t>(in[1]);
  channel.pending_count = static_cast<size_t>(pending);
  channel.last = static_cast<float>(in[3]);
  for (size_t i = 0; i < BLOCK; ++i)
    channel.pending[i] = static_cast<float>(in[SNAPSHOT_HEADER + i]);
  for (size_t k = 0; k < bins_; ++k) {
    const double* const from = &bins[k * SNAPSHOT_BIN];
    float* const state = &channel.states[k / RESONATOR_PANEL * STATE + k % RESONATOR_PANEL];
    channel.offsets[k] = from[3];
    for (size_t row = 0; row < 4; ++row)
      state[row * RESONATOR_PANEL] = static_cast<float>(from[4 + row]);
  }
  return true;
}

}  // namespace cochlea
