// Where a pitch detector's samples come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/spectrum/frames.h"

namespace cochlea {

// Position 0 is the start of frame 0.
class Samples {
 public:
  virtual ~Samples() = default;
  // Samples [start, start + count), in place or gathered into `scratch`. Any range may be asked
  // for; what lies outside the frames may be anything finite.
  virtual const float* read(int64_t start, size_t count, float* scratch) const = 0;
};

// A whole signal, continued as numpy.pad does.
class PaddedSamples final : public Samples {
 public:
  PaddedSamples(std::span<const float> signal, size_t pad, PadMode mode)
      : signal_(signal), pad_(pad), mode_(mode) {}
  const float* read(int64_t start, size_t count, float* scratch) const override;

 private:
  std::span<const float> signal_;
  size_t pad_;
  PadMode mode_;
};

}  // namespace cochlea
