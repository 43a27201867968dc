// What banks of resonators are made of, as JavaScript describes it.
#pragma once

#include "binding/runtime/exports.h"
#include "core/resonators/parameters.h"
#include "core/resonators/readout.h"
#include "core/resonators/tracking.h"

namespace cochlea::binding {

template <>
struct Words<ResonatorOutput> {
  static constexpr const char* LIST[] = {"complex", "magnitude", "power",      "db",
                                         "phase",   "frequency", "interleaved"};
};

template <>
struct Words<TrackingRule> {
  static constexpr const char* LIST[] = {"chord", "tangent", "ewma"};
};

struct ResonatorBankParameters {
  double sample_rate;
  InDouble frequencies, alphas, betas;  // a value for each resonator

  static constexpr const char* NAME = "ResonatorBankParameters";
  static constexpr auto fields() {
    using P = ResonatorBankParameters;
    return std::tuple(Field("sampleRate", &P::sample_rate), Field("frequencies", &P::frequencies),
                      Field("alphas", &P::alphas), Field("betas", &P::betas));
  }

  ResonatorParameters resonators() const {
    return {sample_rate,
            {frequencies.begin(), frequencies.end()},
            {alphas.begin(), alphas.end()},
            {betas.begin(), betas.end()}};
  }
};

// How resonators follow what they hear.
struct TrackingParameters {
  InDouble gammas;  // one for each resonator
  TrackingRule rule;
  double threshold;

  static constexpr const char* NAME = "TrackingParameters";
  static constexpr auto fields() {
    using P = TrackingParameters;
    return std::tuple(Field("gammas", &P::gammas), Field("rule", &P::rule),
                      Field("threshold", &P::threshold));
  }

  Status valid(const ResonatorParameters& resonators) const {
    if (Status status = check_parameters(resonators); !status.ok()) return status;
    if (gammas.size() != resonators.size())
      return Status::invalid("gammas", "one for each resonator");
    return {};
  }
};

}  // namespace cochlea::binding
