// The arguments that every bank of resonators takes.
#pragma once

#include "binding/runtime/exports.h"
#include "core/resonators/parameters.h"

namespace cochlea::binding {

inline ResonatorParameters resonator_parameters(double sample_rate, InDouble frequencies,
                                                InDouble alphas, InDouble betas) {
  return {sample_rate,
          {frequencies.begin(), frequencies.end()},
          {alphas.begin(), alphas.end()},
          {betas.begin(), betas.end()}};
}

inline Status check_enumerator(const char* argument, int32_t value, int32_t last) {
  if (value >= 0 && value <= last) return {};
  return Status::invalid(argument, "a known enumerator");
}

}  // namespace cochlea::binding
