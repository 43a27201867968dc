#include "core/pitch/pitch_tuning.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace cochlea {
namespace {

template <class T>
constexpr T A0 = T{27.5};

// Frequencies between two looks at the task.
constexpr size_t BLOCK = size_t{1} << 16;

template <class T>
Status tuning_of(const Task& task, std::span<const T> frequencies, double resolution,
                 size_t bins_per_octave, double* tuning) {
  const size_t bins = static_cast<size_t>(std::ceil(1.0 / resolution));
  // numpy.linspace(-0.5, 0.5, bins + 1)
  const double step = 1.0 / static_cast<double>(bins);
  const auto edge = [&](size_t i) { return i == bins ? 0.5 : static_cast<double>(i) * step - 0.5; };
  std::vector<size_t> counts(bins, 0);
  bool any = false;
  for (size_t n = 0; n < frequencies.size(); ++n) {
    if (n % BLOCK == 0 && task.cancelled()) return Status::cancelled();
    const T above_a0 = frequencies[n] / A0<T>;
    if (!std::isnormal(above_a0) || above_a0 < 0) continue;
    any = true;
    const T octaves = static_cast<T>(std::log2(double{above_a0}));
    T residual = std::fmod(static_cast<T>(bins_per_octave) * octaves, T{1});
    if (residual < 0) residual += T{1};
    if (residual >= T{0.5}) residual -= T{1};
    const double x = double{residual};
    const double place = std::clamp((x + 0.5) / step, 0.0, static_cast<double>(bins - 1));
    size_t i = static_cast<size_t>(place);
    while (i > 0 && x < edge(i)) --i;
    while (i + 1 < bins && x >= edge(i + 1)) ++i;
    ++counts[i];
  }
  const auto fullest = std::max_element(counts.begin(), counts.end());
  *tuning = any ? edge(static_cast<size_t>(fullest - counts.begin())) : 0;
  return {};
}

}  // namespace

Status pitch_tuning(const Task& task, std::span<const float> frequencies, double resolution,
                    size_t bins_per_octave, double* tuning) {
  return tuning_of(task, frequencies, resolution, bins_per_octave, tuning);
}

Status pitch_tuning(const Task& task, std::span<const double> frequencies, double resolution,
                    size_t bins_per_octave, double* tuning) {
  return tuning_of(task, frequencies, resolution, bins_per_octave, tuning);
}

}  // namespace cochlea
