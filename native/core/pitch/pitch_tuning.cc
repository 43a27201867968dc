#include "core/pitch/pitch_tuning.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace cochlea {
namespace {

template <class T>
constexpr T A0 = T{27.5};

template <class T>
double tuning_of(std::span<const T> frequencies, double resolution, size_t bins_per_octave) {
  const size_t bins = static_cast<size_t>(std::ceil(1.0 / resolution));
  // numpy.linspace(-0.5, 0.5, bins + 1)
  const double step = 1.0 / static_cast<double>(bins);
  const auto edge = [&](size_t i) { return i == bins ? 0.5 : static_cast<double>(i) * step - 0.5; };
  std::vector<size_t> counts(bins, 0);
  bool any = false;
  for (const T f : frequencies) {
    const T above_a0 = f / A0<T>;
    if (!(above_a0 >= std::numeric_limits<T>::min())) continue;
    any = true;
    const T octaves = static_cast<T>(std::log2(double{above_a0}));
    T residual = std::fmod(static_cast<T>(bins_per_octave) * octaves, T{1});
    if (residual < 0) residual += T{1};
    if (residual >= T{0.5}) residual -= T{1};
    const double x = double{residual};
    size_t i =
        static_cast<size_t>(std::clamp((x + 0.5) / step, 0.0, static_cast<double>(bins - 1)));
    while (i > 0 && x < edge(i)) --i;
    while (i + 1 < bins && x >= edge(i + 1)) ++i;
    ++counts[i];
  }
  if (!any) return 0;
  return edge(static_cast<size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin()));
}

}  // namespace

double pitch_tuning(std::span<const float> frequencies, double resolution, size_t bins_per_octave) {
  return tuning_of(frequencies, resolution, bins_per_octave);
}

double pitch_tuning(std::span<const double> frequencies, double resolution,
                    size_t bins_per_octave) {
  return tuning_of(frequencies, resolution, bins_per_octave);
}

}  // namespace cochlea
