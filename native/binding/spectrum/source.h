// What a feature is made of, as JavaScript describes it: the frames of a signal, or a matrix that is
// there. A feature reads both by one function, and core does not tell them apart.
#pragma once

#include <memory>
#include <optional>

#include "binding/spectrum/frames.h"
#include "core/runtime/task.h"
#include "core/spectrum/pipeline.h"
#include "core/spectrum/spectrogram.h"

namespace cochlea::binding {

struct SourceParameters {
  In data;                                // the signal; or the matrix, row behind row
  int32_t rows;                           // of the matrix
  std::optional<FrameParameters> frames;  // none: it is a matrix
  double power;  // exponent of the magnitudes of a signal's spectrogram; a matrix is taken as it is

  static constexpr const char* NAME = "SourceParameters";
  static constexpr auto fields() {
    using P = SourceParameters;
    return std::tuple(Field("data", &P::data), Field("rows", &P::rows), Field("frames", &P::frames),
                      Field("power", &P::power));
  }
};

// What is wrong with it, its values included, or the source that core reads.
struct GivenSource {
  Status status;
  std::unique_ptr<ColumnSource> source;
};
GivenSource read_source(const Task& task, const SourceParameters& parameters,
                        Spectrogram::Precision precision = Spectrogram::Precision::single_);

// The same of a matrix of so many rows, or none; `im` is empty if it is real. Errors name it S.
GivenSource read_matrix(const Task& task, In re, In im, int32_t rows);

}  // namespace cochlea::binding
