// The p-norm of a filter or of a column of weights.
#pragma once

#include <cmath>
#include <span>

#include "core/runtime/blocks.h"
#include "core/runtime/task.h"

namespace cochlea {

// Of values >= 0; any exponent >= 0 or infinity. Of no use if the task was cancelled meanwhile.
inline double norm_of(const Task& task, std::span<const double> values, double exponent) {
  double largest = 0, sum = 0;
  in_blocks(task, values.size(), [&](size_t begin, size_t end) {
    for (const double x : values.subspan(begin, end - begin)) {
      largest = std::fmax(largest, x);
      if (exponent == 1 || exponent == 2) {
        sum += exponent == 1 ? x : x * x;
      } else {
        sum += exponent == 0 ? (x > 0 ? 1 : 0) : std::pow(x, exponent);
      }
    }
  });
  if (std::isinf(exponent)) return largest;
  return exponent == 0 || exponent == 1 ? sum : std::pow(sum, 1 / exponent);
}

}  // namespace cochlea
