#include "core/resonators/bank.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/resonators/hops.h"

namespace cochlea {

ResonatorBank::ResonatorBank(const Task& task, ResonatorParameters parameters, size_t channels)
    : parameters_(std::move(parameters)),
      kernels_(task, parameters_),
      rates_((kernels_.panels() + GROUP_PANELS - 1) / GROUP_PANELS * ResonatorKernels::GROUP, 0.0),
      channels_(channels) {
  for (size_t k = 0; k < bins(); ++k)
    rates_[k] = parameters_.frequencies[k] / parameters_.sample_rate;
  for (size_t c = 0; c < channels; ++c) {
    channels_[c].states = Aligned<float>(kernels_.panels() * STATE);
    channels_[c].pending = Aligned<float>(BLOCK);
    channels_[c].offsets = Aligned<double>(rates_.size());
    reset(c, 0);
  }
}

size_t ResonatorBank::bytes() const {
  const size_t floats = channels_.size() * (kernels_.panels() * STATE + BLOCK);
  const size_t doubles = 3 * bins() + rates_.size() * (1 + channels_.size());
  return kernels_.bytes() + readout_.bytes() + floats * sizeof(float) + doubles * sizeof(double);
}

size_t ResonatorBank::frame_count(size_t channel, size_t length, size_t hop_length) const {
  return count_hops(channels_[channel].position, length, hop_length);
}

void ResonatorBank::process(size_t channel, std::span<const float> x) {
  (void)resonate(Task(), channel, x, 0, ResonatorOutput::power, {}, {});
}

Status ResonatorBank::resonate(const Task& task, size_t index, std::span<const float> x,
                               size_t hop_length, ResonatorOutput output, std::span<float> re,
                               std::span<float> im) {
  if (task.cancelled()) return Status::cancelled();
  Channel& channel = channels_[index];
  Sink all{hop_length, {output, re, im, 0}};
  Sink* const sink = hop_length == 0 ? nullptr : &all;
  if (sink != nullptr) all.frames.frames = frame_count(index, x.size(), hop_length);

  const size_t length = x.size();
  const auto advance = [&](size_t count) {
    channel.position += count;
    channel.last = x[count - 1];
    x = x.subspan(count);
    task.progress(length - x.size(), length);
  };
  // First complete the block under way.
  if (channel.pending_count > 0 && !x.empty()) {
    const size_t before = channel.pending_count;
    const size_t count = std::min(BLOCK - before, x.size());
    const bool full = before + count == BLOCK;
    std::copy_n(x.data(), count, channel.pending.data() + before);
    const Stretch stretch{channel.pending.data(), full ? size_t{1} : 0, before + count, before};
    if (Status status = run(task, channel, stretch, sink); !status.ok()) return status;
    channel.pending_count = full ? 0 : before + count;
    advance(count);
  }
  while (x.size() >= BLOCK) {
    const size_t blocks = std::min(x.size() / BLOCK, TILE_BLOCKS);
    const Stretch stretch{x.data(), blocks, blocks * BLOCK, 0};
    if (Status status = run(task, channel, stretch, sink); !status.ok()) return status;
    advance(blocks * BLOCK);
  }
  if (!x.empty()) {
    const size_t count = x.size();
    std::copy_n(x.data(), count, channel.pending.data());
    const Stretch stretch{channel.pending.data(), 0, count, 0};
    if (Status status = run(task, channel, stretch, sink); !status.ok()) return status;
    channel.pending_count = count;
    advance(count);
  }
  return {};
}

// One pass over the stretch: its blocks, and the frames that end in it.
Status ResonatorBank::run(const Task& task, Channel& channel, const Stretch& stretch, Sink* sink) {
  FrameRange frames;
  if (sink != nullptr) {
    const uint64_t grid = channel.position - stretch.before;
    frames.grid = grid;
    frames.first = channel.position / sink->hop_length + 1;
    frames.last = (grid + stretch.samples) / sink->hop_length;
  }
  if (stretch.blocks == 0 && frames.count() == 0) return {};

  float start[GROUP_PANELS * STATE];
  for (size_t p = 0; p < kernels_.panels(); p += GROUP_PANELS) {
    if (task.cancelled()) return Status::cancelled();
    const size_t panels = std::min(GROUP_PANELS, kernels_.panels() - p);
    float* const states = &channel.states[p * STATE];
    // Frames before the end of the first block are reached from here.
    if (frames.count() > 0) std::copy_n(states, panels * STATE, start);
    if (stretch.blocks > 0) kernels_.advance_blocks(p, stretch.x, stretch.blocks, states);
    if (frames.count() > 0) read_group(channel, stretch, frames, p, start, *sink);
  }
  if (sink != nullptr) sink->written += frames.count();
  return {};
}

// Reads the frames of a group whose states were `start` at the stretch's grid point.
void ResonatorBank::read_group(const Channel& channel, const Stretch& stretch,
                               const FrameRange& frames, size_t first_panel, const float* start,
                               const Sink& sink) {
  const size_t panels = std::min(GROUP_PANELS, kernels_.panels() - first_panel);
  size_t column = sink.written;
  const auto write = [&] {
    column +=
        readout_.write(parameters_, phases(channel), first_panel * PANEL, sink.frames, column);
  };
  float between[GROUP_PANELS * STATE];
  size_t reached = 0;  // samples that `between` has taken, 0 for none
  for (uint64_t frame = frames.first; frame <= frames.last; ++frame) {
    const size_t end = static_cast<size_t>(frame * sink.hop_length - frames.grid);
    const size_t block = end / BLOCK;
    const size_t grid_point = block * BLOCK;
    const float* states = block == 0 ? start : kernels_.trail() + (block - 1) * STATE;
    size_t stride = block == 0 ? STATE : TILE_BLOCKS * STATE;
    if (end > grid_point) {
      if (reached <= grid_point) {
        for (size_t i = 0; i < panels; ++i)
          std::copy_n(states + i * stride, STATE, between + i * STATE);
        reached = grid_point;
      }
      kernels_.advance_samples(first_panel, panels, stretch.x + reached, end - reached, between);
      reached = end;
      states = between;
      stride = STATE;
    }
    readout_.collect(states, stride, panels, frame * sink.hop_length - 1, stretch.x[end - 1]);
    if (readout_.full()) write();
  }
  write();
}

void ResonatorBank::read(size_t index, ResonatorOutput output, std::span<float> re,
                         std::span<float> im) {
  const Channel& channel = channels_[index];
  const ResonatorFrames frames{output, re, im, 1};
  float states[GROUP_PANELS * STATE];
  for (size_t p = 0; p < kernels_.panels(); p += GROUP_PANELS) {
    const size_t panels = std::min(GROUP_PANELS, kernels_.panels() - p);
    const float* present = &channel.states[p * STATE];
    if (channel.pending_count > 0) {
      std::copy_n(present, panels * STATE, states);
      kernels_.advance_samples(p, panels, channel.pending.data(), channel.pending_count, states);
      present = states;
    }
    const uint64_t position = channel.position == 0 ? 0 : channel.position - 1;
    readout_.collect(present, STATE, panels, position, channel.last);
    readout_.write(parameters_, phases(channel), p * PANEL, frames, 0);
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

void ResonatorBank::settle(Channel& channel) {
  kernels_.advance_samples(0, kernels_.panels(), channel.pending.data(), channel.pending_count,
                           channel.states.data());
  channel.pending_count = 0;
}

double ResonatorBank::phase_in_turns(const Channel& channel, size_t bin) const {
  const double turns = channel.offsets[bin] + rates_[bin] * static_cast<double>(channel.position);
  return turns - std::floor(turns);
}

void ResonatorBank::retune(const ResonatorParameters& parameters) {
  ResonatorKernels::Workspace work;  // the last that can fail
  for (Channel& channel : channels_) settle(channel);
  for (size_t first = 0; first < bins(); first += ResonatorKernels::PAIR) {
    bool changed = false;
    for (size_t k = first; k < std::min(bins(), first + ResonatorKernels::PAIR); ++k) {
      if (parameters.frequencies[k] == parameters_.frequencies[k] &&
          parameters.alphas[k] == parameters_.alphas[k] &&
          parameters.betas[k] == parameters_.betas[k])
        continue;
      const double rate = parameters.frequencies[k] / parameters_.sample_rate;
      for (Channel& channel : channels_) {
        const double offset =
            phase_in_turns(channel, k) - rate * static_cast<double>(channel.position);
        channel.offsets[k] = offset - std::floor(offset);
      }
      rates_[k] = rate;
      parameters_.frequencies[k] = parameters.frequencies[k];
      parameters_.alphas[k] = parameters.alphas[k];
      parameters_.betas[k] = parameters.betas[k];
      changed = true;
    }
    if (changed) kernels_.design_pair(parameters_, first, work);
  }
}

}  // namespace cochlea
