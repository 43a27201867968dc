// The orthonormal discrete cosine transform of type II down the columns of a matrix:
//
//   out[c] = sqrt((c = 0 ? 1 : 2) / n) sum over k < n of x[k] cos(pi c (2 k + 1) / (2 n))
#pragma once

#include <span>

#include "core/runtime/status.h"
#include "core/runtime/task.h"

namespace cochlea {

// Of x [rows][columns], as many of the first coefficients as there is room for in `out`, row-major too.
Status dct(const Task& task, std::span<const float> x, size_t rows, size_t columns,
           std::span<float> out);

}  // namespace cochlea
