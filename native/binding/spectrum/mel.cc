#include "binding/spectrum/mel.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "binding/runtime/exports.h"
#include "binding/spectrum/frames.h"
#include "core/runtime/finite.h"
#include "core/spectrum/spectrogram.h"

namespace cochlea::binding {

bool MelParameters::valid(int32_t n_fft) const {
  constexpr int32_t LONGEST = 1 << 20;
  return sample_rate > 0 && std::isfinite(sample_rate) && n_fft >= 1 && n_fft <= LONGEST &&
         edges.size() >= 3 && std::is_sorted(edges.begin(), edges.end()) &&
         std::all_of(edges.begin(), edges.end(), [](double f) { return std::isfinite(f); });
}

MelSpec MelParameters::spec(int32_t n_fft) const {
  constexpr double NONE = std::numeric_limits<double>::quiet_NaN();
  return {sample_rate, static_cast<size_t>(n_fft), edges, norm.value_or(NONE)};
}

MelInput read_mel(In y, const FrameParameters& frames, double power, const MelParameters& bank,
                  Spectrogram::Precision precision) {
  const Framed in = read_frames(y, frames);
  if (!in.status.ok()) return {in.status, {}, nullptr};
  if (!bank.valid(frames.n_fft) || !(power > 0))
    return {Status::invalid("fmin", "filters of rising frequencies"), {}, nullptr};
  return {{},
          bank.spec(frames.n_fft),
          std::make_unique<Spectrogram>(*in.frames, in.window, power, precision)};
}

namespace {

const Status INVALID = Status::invalid("out", "filters and matrices of matching shapes");

Status mel_filters(const Task&, const MelParameters& parameters, int32_t n_fft, Out out) {
  if (!parameters.valid(n_fft)) return INVALID;
  const MelSpec spec = parameters.spec(n_fft);
  if (out.size() != spec.filters() * (1 + spec.n_fft / 2)) return INVALID;
  cochlea::mel_filters(spec, out);
  return {};
}

Status mel_of_stft(const Task& task, In y, const FrameParameters& frames, double power,
                   const MelParameters& parameters, Out out) {
  const MelInput in = read_mel(y, frames, power, parameters, Spectrogram::Precision::single_);
  if (!in.status.ok()) return in.status;
  if (out.size() != in.mel.filters() * in.spectrogram->shape().columns) return INVALID;
  return mel_spectrogram(task, *in.spectrogram, in.mel, out);
}

Status mel_of_power(const Task& task, In S, int32_t columns, const MelParameters& parameters,
                    int32_t n_fft, Out out) {
  if (!parameters.valid(n_fft) || columns < 0) return INVALID;
  const MelSpec spec = parameters.spec(n_fft);
  const size_t width = static_cast<size_t>(columns);
  if (S.size() != (1 + spec.n_fft / 2) * width || out.size() != spec.filters() * width) {
    return INVALID;
  }
  if (Status status = check_finite("S.data", S); !status.ok()) return status;
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
