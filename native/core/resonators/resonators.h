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
// so a signal is one dense product (blocks x B times B x 4 per resonator) and a short recurrence. The
// kernels of neighbouring resonators are nearly dependent: over a block, a narrow band of frequencies
// spans few dimensions. Where a group of resonators spans few enough, its kernels are stored as an
// orthonormal basis times coefficients, and the product is done in those two steps; the first for two
// groups together, whose bases are narrow for the multipliers.
// Blocks lie on a fixed grid of the stream; a state between two grid points is reached from the one
// before by the sample recurrence. So the numbers depend on the samples and the position alone,
// whatever the chunks they come in and whichever of them are read.
#pragma once

#include <span>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"

namespace cochlea {

inline constexpr size_t RESONATOR_PANEL = 8;  // resonators that share a panel of the block kernel

// interleaved: complex, real and imaginary part in turn.
enum class ResonatorOutput { complex, magnitude, power, db, phase, frequency, interleaved };

class ResonatorBank {
 public:
  // Frequencies in Hz in (0, sample_rate / 2), alphas and betas in (0, 1]; equal lengths, at least 1.
  ResonatorBank(double sample_rate, std::span<const double> frequencies,
                std::span<const double> alphas, std::span<const double> betas, size_t channels);

  size_t bins() const { return bins_; }
  size_t channels() const { return channels_.size(); }
  size_t bytes() const;

  // Frames that resonate() gives for `length` more samples: one at each multiple of hop_length
  // samples, counted from construction or reset().
  size_t frame_count(size_t channel, size_t length, size_t hop_length) const;

  void process(size_t channel, std::span<const float> x);

  // As process(), writing the output at the last sample of each hop: row-major [bins][frames]. Complex
  // output fills re and im, any other fills re; interleaved output is [bins][frames][2].
  Status resonate(const Task& task, size_t channel, std::span<const float> x, size_t hop_length,
                  ResonatorOutput output, std::span<float> re, std::span<float> im);

  // The output at the last sample processed.
  void read(size_t channel, ResonatorOutput output, std::span<float> re, std::span<float> im);

  // Silence, with the next sample at `position` of the stream: its phase and its place on the grid of
  // frames are those of a stream read from the start.
  void reset(size_t channel, uint64_t position);

  // New parameters from the next sample on. States and phasors go on, so that nothing jumps.
  void retune(std::span<const double> frequencies, std::span<const double> alphas,
              std::span<const double> betas);

  // A channel's parameters and state as numbers: snapshot_size() of them.
  size_t snapshot_size() const { return SNAPSHOT_HEADER + BLOCK + SNAPSHOT_BIN * bins_; }
  void snapshot(size_t channel, std::span<double> out) const;
  // False, changing nothing, for numbers that no bank of this many resonators can have written.
  bool restore(size_t channel, std::span<const double> in);

 private:
  static constexpr size_t BLOCK = 64;        // samples between grid points
  static constexpr size_t TILE_BLOCKS = 64;  // blocks of one pass
  static constexpr size_t TILE_FRAMES = 16;  // frames collected before they are written
  static constexpr size_t GROUP_PANELS = 8;  // panels of one pass
  static constexpr size_t GROUP = GROUP_PANELS * RESONATOR_PANEL;
  static constexpr size_t STATE = 4 * RESONATOR_PANEL;     // floats of a panel's state
  static constexpr size_t COLUMNS = GROUP_PANELS * STATE;  // kernels of a group
  static constexpr size_t RANK = 48;  // most dimensions of a group for which a basis pays
  static constexpr size_t RANK_STEP = 16;

  static constexpr size_t SNAPSHOT_HEADER = 4;  // bins, position, samples pending, last sample
  static constexpr size_t SNAPSHOT_BIN = 8;     // f, alpha, beta, phase, y.re, y.im, s.re, s.im

  struct Channel {
    Aligned<float> states;    // [panels][4][RESONATOR_PANEL], at the last grid point
    Aligned<float> pending;   // the samples since
    Aligned<double> offsets;  // phase of the phasor at position 0, in turns
    size_t pending_count = 0;
    uint64_t position = 0;  // samples since construction or reset
    float last = 0;         // the last sample
  };
  // Where the frames of one call go.
  struct Sink {
    ResonatorOutput output;
    size_t hop_length;
    float* re;
    float* im;
    size_t frames;
    size_t written = 0;
  };

  // A group in the making.
  struct Design {
    Aligned<double> kernels{BLOCK * COLUMNS};  // [BLOCK][COLUMNS]
    Aligned<double> basis{RANK * BLOCK};       // [RANK][BLOCK]
  };

  void design(size_t bin, Design& work);
  void design_group(size_t first_panel, Design& work);
  void design_pair(size_t first_panel, Design& work);
  size_t basis_width(size_t group) const;   // the rank, rounded up to RANK_STEP
  size_t basis_offset(size_t group) const;  // in the rows of a pair
  void settle(Channel& channel);
  double turns(const Channel& channel, size_t bin) const;
  void run(Channel& channel, const float* x, size_t blocks, size_t available, size_t done,
           Sink* sink);
  void collect(size_t slot, const float* state, size_t stride, size_t panels, uint64_t position,
               float sample);
  void flush(const Channel& channel, size_t first_panel, size_t slots, size_t column,
             const Sink& sink);

  double sample_rate_;
  size_t bins_, panels_;
  std::vector<double> frequencies_, alphas_, betas_;
  Aligned<double> rates_;               // turns per sample, padded to a multiple of GROUP
  Aligned<float> block_kernel_;         // [panels][BLOCK][4][RESONATOR_PANEL]
  std::vector<size_t> ranks_;           // of each group's basis; 0 where the kernels stand alone
  Aligned<float> bases_;                // [pairs of groups][BLOCK][2 * RANK], one after the other
  Aligned<float> mixing_;               // [panels][rank][STATE]
  Aligned<float> block_coefficients_;   // [panels][10][RESONATOR_PANEL]
  Aligned<float> sample_coefficients_;  // [panels][6][RESONATOR_PANEL]
  std::vector<Channel> channels_;
  Aligned<float> projected_;  // [TILE_BLOCKS][2 * RANK]: blocks on the bases of a pair of groups
  Aligned<float> trail_;      // [GROUP_PANELS][TILE_BLOCKS][STATE]: the state after each block
  Aligned<float> planes_;     // [4][TILE_FRAMES][GROUP]: y.re, y.im, s.re, s.im of collected frames
  Aligned<float> phasors_;    // [2][GROUP]
  double positions_[TILE_FRAMES];  // of the last sample of each collected frame
  float samples_[TILE_FRAMES];     // that sample
};

}  // namespace cochlea
