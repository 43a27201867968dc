#include "core/rhythm/onset.h"

#include "binding/runtime/exports.h"
#include "binding/spectrum/mel.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {

template <>
struct Words<Aggregate> {
  static constexpr const char* LIST[] = {"mean", "median"};
};

namespace {

struct OnsetParameters {
  int32_t lag, max_size;
  Aggregate aggregate;
  int32_t shift;
  bool detrend;

  static constexpr const char* NAME = "OnsetParameters";
  static constexpr auto fields() {
    using P = OnsetParameters;
    return std::tuple(Field("lag", &P::lag), Field("maxSize", &P::max_size),
                      Field("aggregate", &P::aggregate), Field("shift", &P::shift),
                      Field("detrend", &P::detrend));
  }
};

Status compute(const Task& task, Source& source, const MelSpec* mel, const OnsetParameters& onset,
               Out out) {
  if (onset.lag < 1 || onset.max_size < 1 || onset.shift < 0)
    return Status::invalid("lag", "an integer >= 1");
  if (out.size() != source.shape().columns)
    return Status::invalid("out", "as many values as there are frames");
  return onset_strength(task, source, mel,
                        {.lag = static_cast<size_t>(onset.lag),
                         .max_size = static_cast<size_t>(onset.max_size),
                         .aggregate = onset.aggregate,
                         .shift = static_cast<size_t>(onset.shift),
                         .detrend = onset.detrend},
                        out);
}

Status onset_of_stft(const Task& task, In y, const FrameParameters& frames, double power,
                     const MelParameters& bank, const OnsetParameters& onset, Out out) {
  const MelInput in = read_mel(y, frames, power, bank, Spectrogram::Precision::double_);
  return in.status.ok() ? compute(task, *in.spectrogram, &in.mel, onset, out) : in.status;
}

Status onset_of_decibels(const Task& task, In S, int32_t rows, const OnsetParameters& onset,
                         Out out) {
  GivenMatrix in = read_matrix(S, rows);
  return in.status.ok() ? compute(task, *in.source, nullptr, onset, out) : in.status;
}

const Registration registration([](Exports& exports) {
  exports.function<&onset_of_stft>("onsetOfStft");
  exports.function<&onset_of_decibels>("onsetOfDecibels");
});

}  // namespace
}  // namespace cochlea::binding
