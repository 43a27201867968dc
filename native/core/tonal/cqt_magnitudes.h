// Magnitudes of the three constant-Q transforms: the full one, the pseudo one, whose filters all run
// at the signal's rate over one spectrogram, and the hybrid of both.
#pragma once

#include <cstddef>
#include <span>

#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/pipeline.h"
#include "core/tonal/cqt.h"

namespace cochlea {

// Hybrid: pseudo for the filters that fit in two hops, full for the longer ones.
enum class CqtMode : int { full, pseudo, hybrid };

// Columns for a signal of so many samples, and the least samples that the filters take.
size_t magnitude_columns(const ConstantQ& filters, size_t hop, CqtMode mode, size_t samples);
size_t least_samples(const ConstantQ& filters, size_t hop, CqtMode mode);
DesignSize design_size(const ConstantQ& filters, size_t hop, CqtMode mode);

// Magnitudes, with the rows of one octave or of all pseudo filters.
class CqtMagnitudes final : public Source {
 public:
  // `y` must outlive this.
  CqtMagnitudes(std::span<const float> y, const ConstantQ& filters, const CqtSpec& spec,
                CqtMode mode);
  Shape shape() const override;
  Status push(const Task& task, Stage& to) override;

 private:
  Status push_full(const Task& task, const ConstantQ& filters, Stage& to) const;
  Status push_pseudo(const Task& task, const ConstantQ& filters, size_t first_row, Stage& to) const;

  const std::span<const float> y_;
  const ConstantQ filters_;
  const CqtSpec spec_;
  const size_t full_;  // the lowest filters, which are not pseudo
  const size_t columns_;
};

}  // namespace cochlea
