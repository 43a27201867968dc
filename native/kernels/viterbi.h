// The inner step of a Viterbi search over states whose transitions reach a fixed distance.
#pragma once

#include "lanes.h"
#include "transpose.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// out[j] = the largest of out[j] and values[j + d] + weights[j / 16][d][j % 16] over d < width, for
// j < 16 * blocks. values has 16 * blocks + width - 1 elements.
void max_plus_band(const double* RESTRICT values, const double* RESTRICT weights, size_t width,
                   size_t blocks, double* RESTRICT out) {
  for (size_t b = 0; b < blocks; ++b) {
    double best[TILE];
    for (int l = 0; l < TILE; ++l) best[l] = out[b * TILE + l];
    for (size_t d = 0; d < width; ++d) {
      const double* RESTRICT value = values + b * TILE + d;
      const double* RESTRICT weight = weights + (b * width + d) * TILE;
      COCHLEA_KEEP_LOOP
      for (int l = 0; l < TILE; ++l) {
        const double sum = value[l] + weight[l];
        best[l] = best[l] < sum ? sum : best[l];
      }
    }
    for (int l = 0; l < TILE; ++l) out[b * TILE + l] = best[l];
  }
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
