#include "core/pitch/tuning.h"

#include <algorithm>
#include <cmath>

#include "binding/runtime/exports.h"
#include "binding/spectrum/source.h"
#include "core/pitch/pitch_tuning.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {
namespace {

struct PeakParameters {
  double sample_rate;
  int32_t n_fft;
  double fmin, fmax;
  double threshold;
  std::optional<double> reference;  // none: `threshold` times each column's largest value

  static constexpr const char* NAME = "PeakParameters";
  static constexpr auto fields() {
    return std::tuple(Field("sampleRate", &PeakParameters::sample_rate),
                      Field("nFft", &PeakParameters::n_fft), Field("fmin", &PeakParameters::fmin),
                      Field("fmax", &PeakParameters::fmax),
                      Field("threshold", &PeakParameters::threshold),
                      Field("reference", &PeakParameters::reference));
  }

  PeakOptions options() const {
    return {sample_rate, static_cast<size_t>(n_fft), fmin, fmax, threshold, reference};
  }
};

// A spectrogram that has peaks: one with a bin between two others.
GivenSource read_peaks(const Task& task, const SourceParameters& parameters,
                       const PeakParameters& peaks) {
  if (peaks.n_fft < 1) return {Status::invalid("nFft", "an integer >= 1"), nullptr};
  GivenSource in = read_source(task, parameters);
  if (in.status.ok() && in.source->shape().rows < 2)
    in.status = Status::invalid("S", "at least two rows");
  return in;
}

Status piptrack(const Task& task, const SourceParameters& source, const PeakParameters& peaks,
                Out pitches, Out magnitudes) {
  const GivenSource in = read_peaks(task, source, peaks);
  if (!in.status.ok()) return in.status;
  const Shape shape = in.source->shape();
  const size_t size = shape.rows * shape.columns;
  if (pitches.size() != size || magnitudes.size() != size)
    return Status::invalid("out", "planes of bins x frames values");
  return cochlea::piptrack(task, *in.source, peaks.options(), pitches, magnitudes);
}

// 1 / resolution bins are counted.
bool valid_histogram(double resolution, int32_t bins_per_octave) {
  return resolution >= 1e-6 && resolution <= 1 && bins_per_octave >= 1;
}

Status estimate_tuning(const Task& task, const SourceParameters& source,
                       const PeakParameters& peaks, double resolution, int32_t bins_per_octave,
                       OutDouble tuning) {
  if (!valid_histogram(resolution, bins_per_octave) || tuning.size() != 2)
    return Status::invalid("resolution", "a number in [1e-6, 1]");
  const GivenSource in = read_peaks(task, source, peaks);
  if (!in.status.ok()) return in.status;
  size_t heard = 0;
  const Status status =
      cochlea::estimate_tuning(task, *in.source, peaks.options(), resolution,
                               static_cast<size_t>(bins_per_octave), tuning.data(), &heard);
  tuning[1] = static_cast<double>(heard);
  return status;
}

// The frequencies are in single or in double precision; the other array is empty.
Status pitch_tuning(const Task& task, In single, InDouble precise, double resolution,
                    int32_t bins_per_octave, OutDouble tuning) {
  if (!valid_histogram(resolution, bins_per_octave) || tuning.size() != 1)
    return Status::invalid("resolution", "a number in [1e-6, 1]");
  if (const Status finite = check_finite("frequencies", single); !finite.ok()) return finite;
  if (!std::all_of(precise.begin(), precise.end(), [](double f) { return std::isfinite(f); }))
    return Status::invalid("frequencies", "finite numbers");
  const size_t bins = static_cast<size_t>(bins_per_octave);
  return precise.empty() ? cochlea::pitch_tuning(task, single, resolution, bins, tuning.data())
                         : cochlea::pitch_tuning(task, precise, resolution, bins, tuning.data());
}

const Registration registration([](Exports& exports) {
  exports.function<&piptrack>("piptrack");
  exports.function<&estimate_tuning>("estimateTuning");
  exports.function<&pitch_tuning>("pitchTuning");
});

}  // namespace

}  // namespace cochlea::binding
