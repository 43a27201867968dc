#pragma once

#include "binding/resonators/parameters.h"
#include "core/resonators/tracking.h"

namespace cochlea::binding {

inline Status check_tracking(const ResonatorParameters& parameters, InDouble gammas, int32_t rule) {
  if (Status status = check_parameters(parameters); !status.ok()) return status;
  if (gammas.size() != parameters.size())
    return Status::invalid("gammas", "one for each resonator");
  return check_enumerator("rule", rule, static_cast<int32_t>(TrackingRule::ewma));
}

}  // namespace cochlea::binding
