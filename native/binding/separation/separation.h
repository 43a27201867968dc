// What separates harmonic from percussive sound, as lib/separation/hpss.ts hands it over.
#pragma once

#include "binding/runtime/group.h"
#include "core/separation/hpss.h"

namespace cochlea::binding {

struct SeparationParameters {
  int32_t harmonic_size, percussive_size;
  double power;
  double harmonic_margin, percussive_margin;

  static constexpr const char* NAME = "SeparationParameters";
  static constexpr auto fields() {
    return std::tuple(Field("harmonicSize", &SeparationParameters::harmonic_size),
                      Field("percussiveSize", &SeparationParameters::percussive_size),
                      Field("power", &SeparationParameters::power),
                      Field("harmonicMargin", &SeparationParameters::harmonic_margin),
                      Field("percussiveMargin", &SeparationParameters::percussive_margin));
  }

  Status valid() const {
    if (harmonic_size < 1 || percussive_size < 1)
      return Status::invalid("kernelSize", "integers >= 1");
    if (!(power > 0)) return Status::invalid("power", "a number > 0");
    if (!(harmonic_margin >= 1) || !(percussive_margin >= 1))
      return Status::invalid("margin", "numbers >= 1");
    return {};
  }
  Separation separation() const {
    return {.harmonic_size = static_cast<size_t>(harmonic_size),
            .percussive_size = static_cast<size_t>(percussive_size),
            .power = power,
            .harmonic_margin = harmonic_margin,
            .percussive_margin = percussive_margin};
  }
};

}  // namespace cochlea::binding
