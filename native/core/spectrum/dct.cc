#include "core/spectrum/dct.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/runtime/aligned.h"
#include "kernels/dispatch.h"

namespace cochlea {

Status dct(const Task& task, std::span<const float> x, size_t rows, size_t columns,
           std::span<float> out) {
  // A few coefficients at a time, so that their cosines take little memory however many rows there are.
  constexpr size_t COEFFICIENTS = 16, COLUMNS = 64;
  if (columns == 0) return {};
  const size_t coefficients = out.size() / columns;
  const double n = static_cast<double>(rows);
  Aligned<float> cosines(COEFFICIENTS * rows);
  for (size_t c0 = 0; c0 < coefficients; c0 += COEFFICIENTS) {
    const size_t count = std::min(COEFFICIENTS, coefficients - c0);
    for (size_t i = 0; i < count; ++i) {
      if (task.cancelled()) return Status::cancelled();
      const double c = static_cast<double>(c0 + i);
      const double scale = std::sqrt((c == 0 ? 1 : 2) / n);
      for (size_t k = 0; k < rows; ++k) {
        const double angle = std::numbers::pi * c * (2 * static_cast<double>(k) + 1) / (2 * n);
        cosines[i * rows + k] = static_cast<float>(scale * std::cos(angle));
      }
    }
    for (size_t t = 0; t < columns; t += COLUMNS) {
      if (task.cancelled()) return Status::cancelled();
      kernels::active().gemm(cosines.data(), rows, x.data() + t, columns,
                             out.data() + c0 * columns + t, columns, count,
                             std::min(COLUMNS, columns - t), rows, false);
    }
    task.progress(c0 + count, coefficients);
  }
  return {};
}

}  // namespace cochlea
