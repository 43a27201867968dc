// Banks of resonators after A. Francois, "Resonate: Efficient Low Latency Spectral Analysis of Audio
// Signals" (ICMC 2025). Resonator k with frequency f and smoothing factors alpha and beta:
//
//   P[n] = exp(-i theta n), theta = 2 pi f / sample rate
//   R    <- (1 - alpha) R  + alpha x[n] P[n]
//   R~   <- (1 - beta)  R~ + beta R
//
// It is computed in the frame that rotates with the phasor, y = R conj(P) and s = R~ conj(P):
//
//   y <- c y + alpha x,  c = (1 - alpha) exp(i theta)
//   s <- d s + beta  y,  d = (1 - beta)  exp(i theta)
//
// There is no phasor to drift; power and magnitude need none, and complex output multiplies by P[n]
// with its phase reduced in double. Over a block of samples the state is linear in the block,
//
//   y' = c^B y + sum_j K1[j] x[j],          K1[j] = alpha c^(B-1-j)
//   s' = d^B s + m y + sum_j K2[j] x[j],    K2[j] = alpha beta sum_i d^(B-1-j-i) c^i
//   m  = beta sum_(i=1..B) d^(B-i) c^i
//
// so a signal is one dense product (blocks x B times B x 4 per resonator) and a short recurrence
// (kernels.h). Blocks lie on a fixed grid of the stream; a state between two grid points is reached from
// the one before by the sample recurrence. So the numbers depend on the samples and the position alone,
// whatever the chunks they come in and whichever of them are read.
#pragma once

#include <span>
#include <vector>

#include "core/resonators/kernels.h"
#include "core/resonators/parameters.h"
#include "core/resonators/readout.h"
#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"

namespace cochlea {

class ResonatorBank {
 public:
  // If the task is cancelled meanwhile, so must be the first call of resonate().
  ResonatorBank(const Task& task, ResonatorParameters parameters, size_t channels);

  const ResonatorParameters& parameters() const { return parameters_; }
  size_t bins() const { return parameters_.size(); }
  size_t channels() const { return channels_.size(); }
  size_t bytes() const;

  // Samples since construction or reset().
  uint64_t position(size_t channel) const { return channels_[channel].position; }
  // Frames that resonate() gives for `length` more samples: one at each multiple of hop_length
  // samples, counted from construction or reset().
  size_t frame_count(size_t channel, size_t length, size_t hop_length) const;

  void process(size_t channel, std::span<const float> x);

  // As process(), writing the output at the last sample of each hop: row-major [bins][frames]. Complex
  // output fills re and im, any other fills re; interleaved output is [bins][frames][2]. A bank whose
  // task was cancelled is of no further use.
  Status resonate(const Task& task, size_t channel, std::span<const float> x, size_t hop_length,
                  ResonatorOutput output, std::span<float> re, std::span<float> im);

  // The output at the last sample processed.
  void read(size_t channel, ResonatorOutput output, std::span<float> re, std::span<float> im);

  // Silence, with the next sample at `position` of the stream: its phase and its place on the grid of
  // frames are those of a stream read from the start.
  void reset(size_t channel, uint64_t position);

  // New parameters from the next sample on. States and phasors go on, so that nothing jumps. The sample
  // rate must stay.
  void retune(const ResonatorParameters& parameters);

  // A channel's parameters and state as numbers: snapshot_size() of them.
  size_t snapshot_size() const;
  void snapshot(size_t channel, std::span<double> out) const;
  // False, changing nothing, for numbers that no bank of this many resonators at this sample rate can
  // have written.
  bool restore(size_t channel, std::span<const double> in);

 private:
  static constexpr size_t PANEL = ResonatorKernels::PANEL;
  static constexpr size_t STATE = ResonatorKernels::STATE;
  static constexpr size_t BLOCK = ResonatorKernels::BLOCK;
  static constexpr size_t TILE_BLOCKS = ResonatorKernels::TILE_BLOCKS;
  static constexpr size_t GROUP_PANELS = ResonatorKernels::GROUP_PANELS;

  struct Channel {
    Aligned<float> states;    // [panels][4][PANEL], at the last grid point
    Aligned<float> pending;   // the samples since
    Aligned<double> offsets;  // phase of the phasor at position 0, in turns
    size_t pending_count = 0;
    uint64_t position = 0;  // samples since construction or reset
    float last = 0;         // the last sample
  };
  // Where the frames of one call go.
  struct Sink {
    size_t hop_length;
    ResonatorFrames frames;
    size_t written = 0;
  };
  // Samples that begin at a grid point.
  struct Stretch {
    const float* x;
    size_t blocks;   // whole blocks, which move the grid point
    size_t samples;  // all of them
    size_t before;   // of them, those of an earlier call
  };
  // Frames, numbered from the start of the stream.
  struct FrameRange {
    uint64_t grid = 0;             // position of the grid point before them
    uint64_t first = 1, last = 0;  // both included

    size_t count() const { return last < first ? 0 : static_cast<size_t>(last - first + 1); }
  };

  ResonatorPhases phases(const Channel& channel) const { return {rates_, channel.offsets}; }
  // The phase of the next sample's phasor, in [0, 1).
  double phase_in_turns(const Channel& channel, size_t bin) const;
  // Moves the grid point to the present.
  void settle(Channel& channel);
  Status run(const Task& task, Channel& channel, const Stretch& stretch, Sink* sink);
  void read_group(const Channel& channel, const Stretch& stretch, const FrameRange& frames,
                  size_t first_panel, const float* start, const Sink& sink);

  ResonatorParameters parameters_;
  ResonatorKernels kernels_;
  ResonatorReadout readout_;
  Aligned<double> rates_;  // turns per sample, padded to a multiple of GROUP
  std::vector<Channel> channels_;
};

}  // namespace cochlea
