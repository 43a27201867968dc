#include "core/timbre/mfcc.h"

#include <cmath>
#include <numbers>

#include "core/spectrum/stages.h"

namespace cochlea {
namespace {

// Row k, column n of a transform of `size` values as scipy scales it. Orthonormal types differ from
// the plain ones in the scale of row k and, types 1 and 3, of the outermost columns.
double cosine(const Cepstrum& cepstrum, size_t row, size_t column, size_t size) {
  const double k = static_cast<double>(row), n = static_cast<double>(column);
  const double N = static_cast<double>(size), pi = std::numbers::pi;
  const bool first = column == 0, last = column + 1 == size;
  switch (cepstrum.dct_type) {
    case 1: {
      const double value = (first || last ? 1 : 2) * std::cos(pi * k * n / (N - 1));
      if (!cepstrum.orthonormal) return value;
      const double scale = row == 0 || row + 1 == size ? 0.25 : 0.5;
      return value * std::sqrt(scale / (N - 1)) * (first || last ? std::numbers::sqrt2 : 1);
    }
    case 2: {
      const double value = 2 * std::cos(pi * k * (2 * n + 1) / (2 * N));
      return cepstrum.orthonormal ? value * std::sqrt((row == 0 ? 0.25 : 0.5) / N) : value;
    }
    default: {
      const double value = (first ? 1 : 2) * std::cos(pi * (2 * k + 1) * n / (2 * N));
      return cepstrum.orthonormal ? value * std::sqrt((first ? 1 : 0.5) / N) : value;
    }
  }
}

}  // namespace

std::vector<float> cepstral_weights(const Cepstrum& cepstrum, size_t bands) {
  std::vector<float> weights(cepstrum.count * bands);
  for (size_t k = 0; k < cepstrum.count; ++k) {
    const double place = std::numbers::pi * static_cast<double>(k + 1) / cepstrum.lifter;
    const double gain = cepstrum.lifter > 0 ? 1 + cepstrum.lifter / 2 * std::sin(place) : 1;
    for (size_t n = 0; n < bands; ++n)
      weights[k * bands + n] = static_cast<float>(gain * cosine(cepstrum, k, n, bands));
  }
  return weights;
}

Status mfcc(const Task& task, Source& source, const std::optional<MelSpec>& mel,
            const Cepstrum& cepstrum, std::span<float> out) {
  const size_t bands = mel ? mel->filters() : source.shape().rows;
  const std::vector<float> weights = cepstral_weights(cepstrum, bands);
  return decibels_of_mels(source, mel)
      .add<DenseFilter>(weights, cepstrum.count)
      .add<IntoMatrix>(out)
      .run(task);
}

}  // namespace cochlea
