#include "core/rhythm/onset.h"

#include "binding/runtime/exports.h"
#include "binding/spectrum/mel.h"

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

Status onset_strength(const Task& task, const SourceParameters& source,
                      const std::optional<MelParameters>& mel, const OnsetParameters& onset,
                      Out out) {
  const GivenBands in = read_bands(task, source, mel, Spectrogram::Precision::double_);
  if (!in.status.ok()) return in.status;
  if (onset.lag < 1 || onset.max_size < 1 || onset.shift < 0)
    return Status::invalid("lag", "an integer >= 1");
  if (out.size() != in.columns())
    return Status::invalid("out", "as many values as there are frames");
  return cochlea::onset_strength(task, *in.source, in.mel,
                                 {.lag = static_cast<size_t>(onset.lag),
                                  .max_size = static_cast<size_t>(onset.max_size),
                                  .aggregate = onset.aggregate,
                                  .shift = static_cast<size_t>(onset.shift),
                                  .detrend = onset.detrend},
                                 out);
}

const Registration registration([](Exports& exports) {
  exports.function<&onset_strength>("onsetStrength");
});

}  // namespace
}  // namespace cochlea::binding
