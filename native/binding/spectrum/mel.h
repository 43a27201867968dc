// Mel bands of a signal's spectrogram, as JavaScript describes them.
#pragma once

#include <memory>
#include <optional>

#include "binding/spectrum/frames.h"
#include "core/spectrum/mel.h"
#include "core/spectrum/spectrogram.h"

namespace cochlea::binding {

struct MelParameters {
  double sample_rate;
  InDouble edges;  // Hz, rising
  std::optional<double> norm;

  static constexpr const char* NAME = "MelParameters";
  static constexpr auto fields() {
    return std::tuple(Field("sampleRate", &MelParameters::sample_rate),
                      Field("edges", &MelParameters::edges), Field("norm", &MelParameters::norm));
  }

  bool valid(int32_t n_fft) const;
  MelSpec spec(int32_t n_fft) const;
};

// What is wrong with a signal, its frames or its bands, or these. The samples are looked at too.
struct MelInput {
  Status status;
  MelSpec mel;
  std::unique_ptr<Spectrogram> spectrogram;
};
MelInput read_mel(In y, const FrameParameters& frames, double power, const MelParameters& bank,
                  Spectrogram::Precision precision);

}  // namespace cochlea::binding
