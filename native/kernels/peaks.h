// Peaks along the rows of a tile of TILE columns (transpose.h).
#pragma once

#include "lanes.h"
#include "transpose.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// out[l] = the largest of x[i * TILE + l] for i < rows; rows >= 1.
void column_maximum(const float* RESTRICT x, size_t rows, float* RESTRICT out) {
  for (int l0 = 0; l0 < TILE; l0 += COLUMNS) {
    float largest[COLUMNS];
    for (int l = 0; l < COLUMNS; ++l) largest[l] = x[l0 + l];
    for (size_t i = 1; i < rows; ++i) {
      const float* RESTRICT row = x + i * TILE + l0;
      COCHLEA_KEEP_LOOP
      for (int l = 0; l < COLUMNS; ++l) largest[l] = max_of(largest[l], row[l]);
    }
    for (int l = 0; l < COLUMNS; ++l) out[l0 + l] = largest[l];
  }
}

// flags[i * TILE + l] = 1 where x[i * TILE + l] is above floor[l], above row i - 1 and not below row
// i + 1, otherwise 0, for i < rows. Rows -1 and `rows` are read too.
void find_peaks(const float* RESTRICT x, size_t rows, const float* RESTRICT floor,
                int32_t* RESTRICT flags) {
  for (size_t i = 0; i < rows; ++i) {
    const float* RESTRICT row = x + i * TILE;
    int32_t* RESTRICT flag = flags + i * TILE;
    for (int l = 0; l < TILE; ++l) {
      const int32_t high = row[l] > floor[l] ? 1 : 0;
      const int32_t rising = row[l] > row[l - TILE] ? high : 0;
      flag[l] = row[l] >= row[l + TILE] ? rising : 0;
    }
  }
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
