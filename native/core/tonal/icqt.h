// The inverse of the constant-Q transform as librosa 0.11 computes it: in each octave the filters'
// adjoint, weighted, then overlap-add; the octaves are brought to the top one's rate and added.
//
// librosa raises every octave to the full rate by itself, by up to 64 at the defaults. Here an
// octave is added to the one above at that one's rate, and the sum is raised by two again: each
// rate is raised once.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/tonal/cqt.h"

namespace cochlea {

// The weighted filters of each octave.
struct InverseCqtPlan {
  std::vector<CqtOctave> octaves;  // from the top, which may be partial
  size_t bytes() const;

  // Without the filters.
  static InverseCqtPlan outline(const ConstantQ& filters, size_t hop);
  // From a cache; null if the task was cancelled meanwhile.
  static std::shared_ptr<const InverseCqtPlan> get(const Task& task, const ConstantQ& filters,
                                                   size_t hop, bool scale);
};

// re, im: [filters][columns], of which the first `frames` >= 1 columns are used. They make
// hop * (frames - 1) samples; `out` takes as many as it has room for, and zeros after them.
Status icqt(const Task& task, std::span<const float> re, std::span<const float> im, size_t columns,
            size_t frames, const ConstantQ& filters, size_t hop, bool scale, std::span<float> out);

}  // namespace cochlea
