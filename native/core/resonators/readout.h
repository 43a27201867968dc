// What a bank's states are read as. States are collected for a few frames, turned into the output side by
// side, and written as columns of a row-major matrix.
#pragma once

#include <cstdint>
#include <span>

#include "core/resonators/kernels.h"

namespace cochlea {

// interleaved: complex, real and imaginary part in turn.
enum class ResonatorOutput { complex, magnitude, power, db, phase, frequency, interleaved };

// The phase of each resonator's phasor, in turns: `offsets` at position 0 of the stream, growing by
// `rates` with each sample. Both are padded to a multiple of ResonatorKernels::GROUP.
struct ResonatorPhases {
  const Aligned<double>& rates;
  const Aligned<double>& offsets;
};

// Where the frames of a call go: [bins][frames], for interleaved output [bins][frames][2]. Complex output
// fills re and im, any other fills re.
struct ResonatorFrames {
  ResonatorOutput output;
  std::span<float> re, im;
  size_t frames;
};

class ResonatorReadout {
 public:
  static constexpr size_t FRAMES = 16;  // collected before they are written

  ResonatorReadout();
  size_t bytes() const { return (planes_.size() + phasors_.size()) * sizeof(float); }

  // The states of a group's panels, `stride` floats apart, after this sample at this position.
  void collect(const float* states, size_t stride, size_t panels, uint64_t position, float sample);
  bool full() const { return collected_ == FRAMES; }

  // Writes the frames collected, of the group that begins with this resonator, to the columns from
  // `column` on, and returns how many it wrote.
  size_t write(const ResonatorParameters& parameters, const ResonatorPhases& phases,
               size_t first_bin, const ResonatorFrames& to, size_t column);

 private:
  static constexpr size_t GROUP = ResonatorKernels::GROUP;
  static constexpr size_t PLANE = FRAMES * GROUP;

  void rotate_by_phasors(const ResonatorPhases& phases, size_t first_bin);
  void instantaneous_frequencies(const ResonatorParameters& parameters, size_t first_bin,
                                 size_t bins);

  size_t collected_ = 0;
  Aligned<float> planes_;     // [4][FRAMES][GROUP]: y.re, y.im, s.re, s.im
  Aligned<float> phasors_;    // [2][GROUP]
  double positions_[FRAMES];  // of the last sample of each frame
  float samples_[FRAMES];     // that sample
};

}  // namespace cochlea
