// Magnitudes of the three constant-Q transforms: the full one, the pseudo one, whose filters all run
// at the signal's rate over one spectrogram, and the hybrid of both.
#pragma once

#include <cstddef>
#include <span>

#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/tonal/cqt.h"

namespace cochlea {

// Hybrid: pseudo for the filters that fit in two hops, full for the longer ones.
enum class CqtMode : int { full, pseudo, hybrid };

// Columns for a signal of so many samples, and the least samples that the filters take.
size_t magnitude_columns(const ConstantQ& filters, size_t hop, CqtMode mode, size_t samples);
size_t least_samples(const ConstantQ& filters, size_t hop, CqtMode mode);

// Magnitudes tile by tile, up to `columns` columns: of each range of rows in order, the ranges in any.
Status magnitude_tiles(const Task& task, std::span<const float> y, const ConstantQ& filters,
                       const CqtSpec& spec, CqtMode mode, size_t columns, const TakeTile& take);

// out: [bins][stride], of which `columns` columns are written.
Status cqt_magnitudes(const Task& task, std::span<const float> y, const ConstantQ& filters,
                      const CqtSpec& spec, CqtMode mode, size_t columns, size_t stride, float* out);

}  // namespace cochlea
