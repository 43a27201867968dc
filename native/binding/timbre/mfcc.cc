#include "core/timbre/mfcc.h"

#include <cmath>

#include "binding/runtime/exports.h"
#include "binding/spectrum/mel.h"
#include "core/runtime/finite.h"

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

Status compute(const Task& task, Source& source, const MelSpec* mel,
               const CepstrumParameters& cepstrum, Out out) {
  const auto& [given, dct_type, orthonormal, lifter] = cepstrum;
  const size_t bands = mel == nullptr ? source.shape().rows : mel->filters();
  if (dct_type < 1 || dct_type > 3 || (dct_type == 1 && bands < 2))
    return Status::invalid("dctType", "1, 2 or 3; 1 of two bands at least");
  if (!(lifter >= 0) || std::isinf(lifter)) return Status::invalid("lifter", "a number >= 0");
  const size_t count = static_cast<size_t>(std::max(given, 0));
  if (count < 1 || count > bands) return Status::invalid("nMfcc", "no more than there are bands");
  if (out.size() != count * source.shape().columns)
    return Status::invalid("out", "nMfcc x columns values");
  return mfcc(task, source, mel, {count, dct_type, orthonormal, lifter}, out);
}

Status mfcc_of_stft(const Task& task, In y, const FrameParameters& frames, double power,
                    const MelParameters& bank, const CepstrumParameters& cepstrum, Out out) {
  const MelInput in = read_mel(y, frames, power, bank, Spectrogram::Precision::double_);
  return in.status.ok() ? compute(task, *in.spectrogram, &in.mel, cepstrum, out) : in.status;
}

Status mfcc_of_decibels(const Task& task, In S, int32_t rows, const CepstrumParameters& cepstrum,
                        Out out) {
  GivenMatrix in = read_matrix(S, rows);
  return in.status.ok() ? compute(task, *in.source, nullptr, cepstrum, out) : in.status;
}

const Registration registration([](Exports& exports) {
  exports.function<&mfcc_of_stft>("mfccOfStft");
  exports.function<&mfcc_of_decibels>("mfccOfDecibels");
});

}  // namespace
}  // namespace cochlea::binding
