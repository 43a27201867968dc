#include "core/timbre/mfcc.h"

#include <algorithm>
#include <cmath>

#include "binding/runtime/exports.h"
#include "binding/spectrum/mel.h"

namespace cochlea::binding {
namespace {

struct CepstrumParameters {
  int32_t count, dct_type;
  bool orthonormal;
  double lifter;

  static constexpr const char* NAME = "CepstrumParameters";
  static constexpr auto fields() {
    using P = CepstrumParameters;
    return std::tuple(Field("count", &P::count), Field("dctType", &P::dct_type),
                      Field("orthonormal", &P::orthonormal), Field("lifter", &P::lifter));
  }
};

Status mfcc(const Task& task, const SourceParameters& source,
            const std::optional<MelParameters>& mel, const CepstrumParameters& cepstrum, Out out) {
  const GivenBands in = read_bands(task, source, mel, Spectrogram::Precision::double_);
  if (!in.status.ok()) return in.status;
  const auto& [given, dct_type, orthonormal, lifter] = cepstrum;
  if (dct_type < 1 || dct_type > 3 || (dct_type == 1 && in.bands() < 2))
    return Status::invalid("dctType", "1, 2 or 3; 1 of two bands at least");
  if (!(lifter >= 0) || std::isinf(lifter)) return Status::invalid("lifter", "a number >= 0");
  const size_t count = static_cast<size_t>(std::max(given, 0));
  if (count < 1 || count > in.bands())
    return Status::invalid("nMfcc", "no more than there are bands");
  if (out.size() != count * in.columns()) return Status::invalid("out", "nMfcc x columns values");
  return cochlea::mfcc(task, *in.source, in.mel, {count, dct_type, orthonormal, lifter}, out);
}

const Registration registration([](Exports& exports) { exports.function<&mfcc>("mfcc"); });

}  // namespace
}  // namespace cochlea::binding
