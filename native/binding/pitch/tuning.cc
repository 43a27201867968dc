#include "core/pitch/tuning.h"

#include <algorithm>
#include <cmath>

#include "binding/runtime/exports.h"
#include "binding/spectrum/window.h"
#include "core/pitch/pitch_tuning.h"
#include "core/runtime/finite.h"
#include "core/spectrum/stft.h"

namespace cochlea::binding {
namespace {

// The magnitudes that peaks are looked for in: of a signal's frames, or a matrix.
struct PeakSource {
  Status status;
  std::unique_ptr<Source> magnitudes;
};

PeakSource read_source(In x, int32_t rows, int32_t n_fft, int32_t hop_length, int32_t window_shape,
                       double window_parameter, In window_values, int32_t win_length,
                       int32_t pad_mode) {
  PeakSource source;
  const auto refuse = [&](Status status) {
    source.status = status;
    return std::move(source);
  };
  if (n_fft < 1) return refuse(Status::invalid("nFft", "an integer >= 1"));
  if (rows != 0) {
    if (rows < 2 || x.size() % static_cast<size_t>(rows) != 0)
      return refuse(Status::invalid("S", "a matrix of at least two rows"));
    if (Status finite = check_finite("S.data", x); !finite.ok()) return refuse(finite);
    const size_t bins = static_cast<size_t>(rows);
    source.magnitudes = std::make_unique<MatrixSource>(x, bins, x.size() / bins);
    return source;
  }
  const auto window = read_window(window_shape, window_parameter, window_values, win_length, n_fft);
  if (window == nullptr) return refuse(Status::invalid("window", "a window that fits nFft"));
  if (hop_length < 1) return refuse(Status::invalid("hopLength", "an integer >= 1"));
  if (pad_mode < -1 || pad_mode >= PAD_MODES)
    return refuse(Status::invalid("padMode", "an index of padModes"));
  const auto mode = static_cast<PadMode>(pad_mode);
  if (x.empty() && mode > PadMode::constant)
    return refuse(Status::invalid("y", "at least one sample to pad from"));
  if (Status finite = check_finite("y", x); !finite.ok()) return refuse(finite);
  const Frames frames(x, static_cast<size_t>(n_fft), static_cast<size_t>(hop_length), mode);
  source.magnitudes = std::make_unique<Spectrogram>(frames, window, 1);
  return source;
}

Status piptrack(const Task& task, In x, int32_t rows, int32_t n_fft, int32_t hop_length,
                int32_t window_shape, double window_parameter, In window_values, int32_t win_length,
                int32_t pad_mode, double sample_rate, double fmin, double fmax, double threshold,
                double reference, Out pitches, Out magnitudes) {
  const PeakSource source = read_source(x, rows, n_fft, hop_length, window_shape, window_parameter,
                                        window_values, win_length, pad_mode);
  if (!source.status.ok()) return source.status;
  const Shape shape = source.magnitudes->shape();
  const size_t size = shape.rows * shape.columns;
  if (pitches.size() != size || magnitudes.size() != size)
    return Status::invalid("out", "planes of bins x frames values");
  return cochlea::piptrack(
      task, *source.magnitudes,
      {sample_rate, static_cast<size_t>(n_fft), fmin, fmax, threshold, reference}, pitches,
      magnitudes);
}

// 1 / resolution bins are counted.
bool valid_histogram(double resolution, int32_t bins_per_octave) {
  return resolution >= 1e-6 && resolution <= 1 && bins_per_octave >= 1;
}

Status estimate_tuning(const Task& task, In x, int32_t rows, int32_t n_fft, int32_t hop_length,
                       int32_t window_shape, double window_parameter, In window_values,
                       int32_t win_length, int32_t pad_mode, double sample_rate, double fmin,
                       double fmax, double threshold, double reference, double resolution,
                       int32_t bins_per_octave, OutDouble tuning) {
  if (!valid_histogram(resolution, bins_per_octave) || tuning.size() != 1)
    return Status::invalid("resolution", "a number in [1e-6, 1]");
  const PeakSource source = read_source(x, rows, n_fft, hop_length, window_shape, window_parameter,
                                        window_values, win_length, pad_mode);
  if (!source.status.ok()) return source.status;
  return cochlea::estimate_tuning(
      task, *source.magnitudes,
      {sample_rate, static_cast<size_t>(n_fft), fmin, fmax, threshold, reference}, resolution,
      static_cast<size_t>(bins_per_octave), tuning.data());
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
