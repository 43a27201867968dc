#include "core/pitch/yin.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/dispatch.h"

namespace cochlea {

double parabolic_shift(const float* x, size_t n, size_t stride, size_t i) {
  if (i == 0 || i + 1 >= n) return 0;
  const double left = x[(i - 1) * stride], centre = x[i * stride], right = x[(i + 1) * stride];
  const double a = right + left - 2 * centre, b = (right - left) / 2;
  return std::fabs(b) >= std::fabs(a) ? 0 : -b / a;
}

void pick_pitch(const YinShape& shape, const float* normalised, size_t lanes, double sample_rate,
                double threshold, YinPitch* out) {
  const size_t lags = shape.max_period - shape.min_period + 1;
  int32_t rows[FFT_TILE];
  kernels::active().first_trough(normalised, lags, static_cast<float>(threshold), rows);
  for (size_t l = 0; l < lanes; ++l) {
    const bool found = rows[l] >= 0;
    const size_t i = static_cast<size_t>(found ? rows[l] : -1 - rows[l]);
    const double period = static_cast<double>(shape.min_period + i) +
                          parabolic_shift(normalised + l, lags, FFT_TILE, i);
    out[l].f0 = found || !shape.paper ? static_cast<float>(sample_rate / period)
                                      : std::numeric_limits<float>::quiet_NaN();
    out[l].aperiodicity = normalised[i * FFT_TILE + l];
  }
}

Status yin(const Task& task, const Samples& samples, const YinShape& shape, double sample_rate,
           double threshold, std::span<float> f0, std::span<float> aperiodicity) {
  NormalisedDifference difference(shape);
  for (size_t t = 0; t < f0.size(); t += FFT_TILE) {
    const size_t lanes = std::min(FFT_TILE, f0.size() - t);
    const float* const tile = difference.tile(samples, t, lanes, task);
    if (task.cancelled()) return Status::cancelled();
    YinPitch pitch[FFT_TILE];
    pick_pitch(shape, tile, lanes, sample_rate, threshold, pitch);
    for (size_t l = 0; l < lanes; ++l) {
      f0[t + l] = pitch[l].f0;
      if (!aperiodicity.empty()) aperiodicity[t + l] = pitch[l].aperiodicity;
    }
    task.progress(t + lanes, f0.size());
  }
  return {};
}

}  // namespace cochlea
