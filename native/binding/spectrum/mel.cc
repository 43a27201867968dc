#include "binding/spectrum/mel.h"

#include <algorithm>
#include <cmath>

#include "binding/runtime/exports.h"

namespace cochlea::binding {

Status MelParameters::valid() const {
  if (!(sample_rate > 0) || !std::isfinite(sample_rate))
    return Status::invalid("sampleRate", "a number > 0");
  if (n_fft < 1 || n_fft > LONGEST_FRAME)
    return Status::invalid("nFft", "an integer from 1 to 2^20");
  if (edges.size() < 3 || !std::is_sorted(edges.begin(), edges.end()) ||
      !std::all_of(edges.begin(), edges.end(), [](double f) { return std::isfinite(f); }))
    return Status::invalid("fmin", "filters of rising frequencies");
  return {};
}

GivenBands read_bands(const Task& task, const SourceParameters& parameters,
                      const std::optional<MelParameters>& mel, Spectrogram::Precision precision) {
  auto [status, source] = read_source(task, parameters, precision);
  if (!status.ok() || !mel) return {status, std::move(source), {}};
  if (const Status valid = mel->valid(); !valid.ok()) return {valid, nullptr, {}};
  const MelSpec spec = mel->spec();
  if (source->shape().rows != 1 + spec.n_fft / 2)
    return {Status::invalid("S", "as many rows as the filters have bins"), nullptr, {}};
  return {{}, std::move(source), spec};
}

namespace {

Status mel_filters(const Task&, const MelParameters& parameters, Out out) {
  if (const Status status = parameters.valid(); !status.ok()) return status;
  const MelSpec spec = parameters.spec();
  if (out.size() != spec.filters() * (1 + spec.n_fft / 2))
    return Status::invalid("out", "filters x bins values");
  cochlea::mel_filters(spec, out);
  return {};
}

Status mel_spectrogram(const Task& task, const SourceParameters& source, const MelParameters& mel,
                       Out out) {
  const GivenBands in = read_bands(task, source, mel, Spectrogram::Precision::single_);
  if (!in.status.ok()) return in.status;
  if (out.size() != in.bands() * in.columns())
    return Status::invalid("out", "bands x columns values");
  return cochlea::mel_spectrogram(task, *in.source, *in.mel, out);
}

const Registration registration([](Exports& exports) {
  exports.function<&mel_filters>("melFilters");
  exports.function<&mel_spectrogram>("melSpectrogram");
});

}  // namespace

}  // namespace cochlea::binding
