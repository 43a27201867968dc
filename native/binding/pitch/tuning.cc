#include "core/pitch/tuning.h"

#include <algorithm>
#include <cmath>

#include "binding/runtime/exports.h"
#include "binding/spectrum/frames.h"
#include "core/pitch/pitch_tuning.h"
#include "core/runtime/finite.h"
#include "core/spectrum/spectrogram.h"

namespace cochlea::binding {
namespace {

// The magnitudes that peaks are looked for in: of a signal's frames, or a matrix.
struct PeakSource {
  Status status;
  std::unique_ptr<Source> magnitudes;
};

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
    return {sample_rate, static_cast<size_t>(n_fft), fmin, fmax, threshold, reference.value_or(-1)};
  }
};

// `rows` is that of a matrix; without one, x is a signal.
PeakSource read_source(In x, int32_t rows, const std::optional<FrameParameters>& frames,
                       const PeakParameters& peaks) {
  PeakSource source;
  const auto refuse = [&](Status status) {
    source.status = status;
    return std::move(source);
  };
  if (peaks.n_fft < 1) return refuse(Status::invalid("nFft", "an integer >= 1"));
  if (!frames) {
    GivenMatrix in = read_matrix(x, rows, 2);
    if (!in.status.ok()) return refuse(in.status);
    source.magnitudes = std::make_unique<MatrixSource>(std::move(*in.source));
    return source;
  }
  const Framed in = read_frames(x, *frames);
  if (!in.status.ok()) return refuse(in.status);
  source.magnitudes = std::make_unique<Spectrogram>(*in.frames, in.window, 1);
  return source;
}

Status piptrack(const Task& task, In x, int32_t rows, const std::optional<FrameParameters>& frames,
                const PeakParameters& peaks, Out pitches, Out magnitudes) {
  const PeakSource source = read_source(x, rows, frames, peaks);
  if (!source.status.ok()) return source.status;
  const Shape shape = source.magnitudes->shape();
  const size_t size = shape.rows * shape.columns;
  if (pitches.size() != size || magnitudes.size() != size)
    return Status::invalid("out", "planes of bins x frames values");
  return cochlea::piptrack(task, *source.magnitudes, peaks.options(), pitches, magnitudes);
}

// 1 / resolution bins are counted.
bool valid_histogram(double resolution, int32_t bins_per_octave) {
  return resolution >= 1e-6 && resolution <= 1 && bins_per_octave >= 1;
}

Status estimate_tuning(const Task& task, In x, int32_t rows,
                       const std::optional<FrameParameters>& frames, const PeakParameters& peaks,
                       double resolution, int32_t bins_per_octave, OutDouble tuning) {
  if (!valid_histogram(resolution, bins_per_octave) || tuning.size() != 2)
    return Status::invalid("resolution", "a number in [1e-6, 1]");
  const PeakSource source = read_source(x, rows, frames, peaks);
  if (!source.status.ok()) return source.status;
  size_t heard = 0;
  const Status status =
      cochlea::estimate_tuning(task, *source.magnitudes, peaks.options(), resolution,
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
