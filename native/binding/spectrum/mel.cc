#include "core/spectrum/mel.h"

#include <algorithm>
#include <cmath>

#include "binding/runtime/exports.h"
#include "binding/spectrum/window.h"
#include "core/runtime/finite.h"
#include "core/spectrum/stft.h"

namespace cochlea::binding {
namespace {

constexpr int32_t LONGEST = 1 << 20;

// Rising edges; `out` has a row for each filter.
bool valid(double sample_rate, int32_t n_fft, InDouble edges) {
  return sample_rate > 0 && std::isfinite(sample_rate) && n_fft >= 1 && n_fft <= LONGEST &&
         edges.size() >= 3 && std::is_sorted(edges.begin(), edges.end()) &&
         std::all_of(edges.begin(), edges.end(), [](double f) { return std::isfinite(f); });
}

const Status INVALID = Status::invalid("out", "filters and matrices of matching shapes");

Status mel_filters(const Task&, double sample_rate, int32_t n_fft, InDouble edges, double norm,
                   Out out) {
  if (!valid(sample_rate, n_fft, edges)) return INVALID;
  const MelSpec spec{sample_rate, static_cast<size_t>(n_fft), edges, norm};
  if (out.size() != spec.filters() * (1 + spec.n_fft / 2)) return INVALID;
  cochlea::mel_filters(spec, out);
  return {};
}

Status mel_of_stft(const Task& task, In y, int32_t n_fft, int32_t hop_length, int32_t window_shape,
                   double window_parameter, In window_values, int32_t win_length, int32_t pad_mode,
                   double power, double sample_rate, InDouble edges, double norm, Out out) {
  const auto window = read_window(window_shape, window_parameter, window_values, win_length, n_fft);
  if (window == nullptr || !valid(sample_rate, n_fft, edges) || hop_length < 1 || pad_mode < -1 ||
      pad_mode >= PAD_MODES || (y.empty() && pad_mode > 0) || !(power > 0)) {
    return INVALID;
  }
  const MelSpec spec{sample_rate, static_cast<size_t>(n_fft), edges, norm};
  const Frames frames(y, spec.n_fft, static_cast<size_t>(hop_length),
                      static_cast<PadMode>(pad_mode));
  if (out.size() != spec.filters() * frames.count()) return INVALID;
  if (Status status = check_finite("y", y); !status.ok()) return status;
  Spectrogram source(frames, window, power);
  return mel_spectrogram(task, source, spec, out);
}

Status mel_of_power(const Task& task, In S, int32_t columns, int32_t n_fft, double sample_rate,
                    InDouble edges, double norm, Out out) {
  if (!valid(sample_rate, n_fft, edges) || columns < 0) return INVALID;
  const MelSpec spec{sample_rate, static_cast<size_t>(n_fft), edges, norm};
  const size_t width = static_cast<size_t>(columns);
  if (S.size() != (1 + spec.n_fft / 2) * width || out.size() != spec.filters() * width) {
    return INVALID;
  }
  if (Status status = check_finite("S", S); !status.ok()) return status;
  MatrixSource source(S, 1 + spec.n_fft / 2, width);
  return mel_spectrogram(task, source, spec, out);
}

const Registration registration([](Exports& exports) {
  exports.function<&mel_filters>("melFilters");
  exports.function<&mel_of_stft>("melOfStft");
  exports.function<&mel_of_power>("melOfPower");
});

}  // namespace

}  // namespace cochlea::binding
