// What a bank of resonators is made of, and what it takes.
#pragma once

#include <span>
#include <vector>

#include "core/runtime/finite.h"
#include "core/runtime/status.h"

namespace cochlea {

// Frequencies in Hz in (0, sample_rate / 2), alphas and betas in (0, 1]; equal lengths, at least 1.
struct ResonatorParameters {
  double sample_rate;
  std::vector<double> frequencies, alphas, betas;

  size_t size() const { return frequencies.size(); }
};

inline Status check_parameters(const ResonatorParameters& parameters) {
  const size_t bins = parameters.size();
  if (bins == 0 || parameters.alphas.size() != bins || parameters.betas.size() != bins)
    return Status::invalid("frequencies", "one alpha and one beta for each");
  for (const double f : parameters.frequencies) {
    if (!(f > 0 && f < parameters.sample_rate / 2))
      return Status::invalid("frequencies", "numbers > 0 and < sampleRate / 2");
  }
  for (const auto* factors : {&parameters.alphas, &parameters.betas}) {
    for (const double factor : *factors) {
      if (!(factor > 0 && factor <= 1))
        return Status::invalid(factors == &parameters.alphas ? "alphas" : "betas",
                               "numbers > 0 and <= 1");
    }
  }
  return {};
}

// The furthest from zero that a sample may be. A state is never further from zero than the samples, by
// more than rounding, and what is read of it holds its square or the product of two.
inline constexpr float MAX_RESONATOR_SAMPLE = 1e18f;

inline Status check_resonator_samples(const char* argument, std::span<const float> x) {
  return check_within(argument, x, MAX_RESONATOR_SAMPLE, "samples from -1e18 to 1e18");
}

}  // namespace cochlea
