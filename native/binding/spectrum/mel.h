// Mel bands of a spectrogram, as JavaScript describes them.
#pragma once

#include <memory>
#include <optional>

#include "binding/spectrum/source.h"
#include "core/spectrum/mel.h"

namespace cochlea::binding {

struct MelParameters {
  double sample_rate;
  int32_t n_fft;
  InDouble edges;  // Hz, rising
  std::optional<double> norm;

  static constexpr const char* NAME = "MelParameters";
  static constexpr auto fields() {
    using P = MelParameters;
    return std::tuple(Field("sampleRate", &P::sample_rate), Field("nFft", &P::n_fft),
                      Field("edges", &P::edges), Field("norm", &P::norm));
  }

  Status valid() const;
  MelSpec spec() const { return {sample_rate, static_cast<size_t>(n_fft), edges, norm}; }
};

// What is wrong with a source or the filters that it goes through, or both; without filters the rows
// of the source are the bands.
struct GivenBands {
  Status status;
  std::unique_ptr<ColumnSource> source;
  std::optional<MelSpec> mel;

  size_t bands() const { return mel ? mel->filters() : source->shape().rows; }
  size_t columns() const { return source->shape().columns; }
};
GivenBands read_bands(const Task& task, const SourceParameters& source,
                      const std::optional<MelParameters>& mel, Spectrogram::Precision precision);

}  // namespace cochlea::binding
