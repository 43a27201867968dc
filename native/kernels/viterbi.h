// The inner step of a Viterbi search over states whose transitions reach a fixed distance.
#pragma once

#include "lanes.h"
#include "transpose.h"
#include "viterbi_layout.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// out[j] = the largest of out[j] and values[j + d] + weights[j / B][d][j % B] over d < width, for
// j < B * blocks, B = VITERBI_BLOCK. values has B * blocks + width - 1 elements.
void max_plus_band(const double* RESTRICT values, const double* RESTRICT weights, size_t width,
                   size_t blocks, double* RESTRICT out) {
  constexpr int B = static_cast<int>(VITERBI_BLOCK);
  for (size_t b = 0; b < blocks; ++b) {
    double best[B];
    for (int l = 0; l < B; ++l) best[l] = out[b * B + l];
    for (size_t d = 0; d < width; ++d) {
      const double* RESTRICT value = values + b * B + d;
      const double* RESTRICT weight = weights + (b * width + d) * B;
      COCHLEA_KEEP_LOOP
      for (int l = 0; l < B; ++l) {
        const double sum = value[l] + weight[l];
        best[l] = best[l] < sum ? sum : best[l];
      }
    }
    for (int l = 0; l < B; ++l) out[b * B + l] = best[l];
  }
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
