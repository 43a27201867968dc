// A signal cut into overlapping frames, padded at its ends as numpy.pad does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cochlea {

// JavaScript names them by the words of binding/spectrum/frames.h.
enum class PadMode : int {
  none = -1,    // frame 0 starts at sample 0
  constant,     // zeros
  edge,         // the outermost sample
  reflect,      // mirrored about the outermost sample
  symmetric,    // mirrored, the outermost sample repeated
  linear_ramp,  // from the outermost sample down to zero
};
inline constexpr int PAD_MODES = 5;

// The value at a position outside x that numpy.pad gives it, `pad` values being added at each end.
float padded_sample(std::span<const float> x, int64_t position, size_t pad, PadMode mode);

class Frames {
 public:
  // Frame t holds samples [t * hop - pad, t * hop - pad + length) where pad = length / 2 unless
  // mode is none. All modes but constant need at least one sample. length >= 1, hop >= 1.
  Frames(std::span<const float> signal, size_t length, size_t hop, PadMode mode);

  // max(0, 1 + floor((samples + 2 * pad - length) / hop))
  static size_t count(size_t samples, size_t length, size_t hop, PadMode mode);

  size_t count() const { return count_; }
  size_t length() const { return length_; }
  size_t hop() const { return hop_; }
  size_t pad() const { return pad_; }

  // The samples of frame t: where they stand in the signal, or gathered into `scratch` (length
  // values).
  const float* read(size_t t, float* scratch) const;

 private:
  std::span<const float> signal_;
  size_t length_, hop_, pad_, count_;
  PadMode mode_;
  // librosa pads the frames that reach past the end separately, from the piece of signal that
  // starts where the first of them does. A mirror can only show that piece, which matters when hop
  // > length / 2. Kept for equal numbers.
  size_t tail_frame_, tail_start_;
};

}  // namespace cochlea
