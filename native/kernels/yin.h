// The difference function of pitch by periodicity, on tiles of TILE signals side by side
// (transpose.h): row i of a tile holds sample, or lag, i of each.
#pragma once

#include "lanes.h"
#include "transpose.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// out[k] = sums + x[0]^2 + ... + x[k]^2, rounded after every step as numpy.cumsum rounds. `sums` has
// TILE values and is left at the last row's.
void running_energy(const float* RESTRICT x, size_t n, float* RESTRICT sums, float* RESTRICT out) {
  for (int l0 = 0; l0 < TILE; l0 += COLUMNS) {
    float total[COLUMNS];
    for (int l = 0; l < COLUMNS; ++l) total[l] = sums[l0 + l];
    for (size_t k = 0; k < n; ++k) {
      const float* RESTRICT row = x + k * TILE + l0;
      float* RESTRICT result = out + k * TILE + l0;
      COCHLEA_KEEP_LOOP
      for (int l = 0; l < COLUMNS; ++l) {
        total[l] += row[l] * row[l];
        result[l] = total[l];
      }
    }
    for (int l = 0; l < COLUMNS; ++l) sums[l0 + l] = total[l];
  }
}

// re + j im = conj(x) y and power = |x|^2, of tiles of spectra. The rows of the results are `stride`
// apart; everything is written a second time `again` columns on.
void correlate_hops(const float* RESTRICT xr, const float* RESTRICT xi, const float* RESTRICT yr,
                    const float* RESTRICT yi, size_t rows, size_t stride, size_t again, float* re,
                    float* im, float* power) {
  for (size_t k = 0; k < rows; ++k) {
    for (int l0 = 0; l0 < TILE; l0 += COLUMNS) {
      const size_t in = k * TILE + static_cast<size_t>(l0);
      const size_t out = k * stride + static_cast<size_t>(l0);
      float real[COLUMNS], imaginary[COLUMNS], squared[COLUMNS];
      COCHLEA_KEEP_LOOP
      for (int l = 0; l < COLUMNS; ++l) {
        const float a = xr[in + l], b = xi[in + l], c = yr[in + l], d = yi[in + l];
        real[l] = a * c + b * d;
        imaginary[l] = a * d - b * c;
        squared[l] = a * a + b * b;
      }
      for (int copy = 0; copy < 2; ++copy) {
        const size_t at = copy == 0 ? out : out + again;
        COCHLEA_KEEP_LOOP
        for (int l = 0; l < COLUMNS; ++l) re[at + l] = real[l];
        COCHLEA_KEEP_LOOP
        for (int l = 0; l < COLUMNS; ++l) im[at + l] = imaginary[l];
        COCHLEA_KEEP_LOOP
        for (int l = 0; l < COLUMNS; ++l) power[at + l] = squared[l];
      }
    }
  }
}

// Tiles of sums over `hops` neighbouring columns, of which the last counts by its power:
// out[l] = x[l] + ... + x[l + hops - 2] + power[l + hops - 1].
void sum_hops(const float* RESTRICT re, const float* RESTRICT im, const float* RESTRICT power,
              size_t rows, size_t stride, size_t hops, float* RESTRICT out_re,
              float* RESTRICT out_im) {
  for (size_t k = 0; k < rows; ++k) {
    for (int l0 = 0; l0 < TILE; l0 += COLUMNS) {
      const size_t in = k * stride + static_cast<size_t>(l0);
      float real[COLUMNS], imaginary[COLUMNS];
      COCHLEA_KEEP_LOOP
      for (int l = 0; l < COLUMNS; ++l) {
        real[l] = power[in + hops - 1 + l];
        imaginary[l] = 0;
      }
      for (size_t j = 0; j + 1 < hops; ++j) {
        COCHLEA_KEEP_LOOP
        for (int l = 0; l < COLUMNS; ++l) {
          real[l] += re[in + j + l];
          imaginary[l] += im[in + j + l];
        }
      }
      const size_t out = k * TILE + static_cast<size_t>(l0);
      COCHLEA_KEEP_LOOP
      for (int l = 0; l < COLUMNS; ++l) {
        out_re[out + l] = real[l];
        out_im[out + l] = imaginary[l];
      }
    }
  }
}

template <bool TAIL>
ALWAYS_INLINE void normalise_columns(const float* RESTRICT r, const float* RESTRICT head,
                                     const float* RESTRICT tail, size_t rows, float* RESTRICT out) {
  float total[COLUMNS], sums[COLUMNS];
  COCHLEA_KEEP_LOOP
  for (int l = 0; l < COLUMNS; ++l) {
    total[l] = r[l];
    sums[l] = 0;
  }
  for (size_t k = 1; k < rows; ++k) {
    const float* RESTRICT now = r + k * TILE;
    const float* RESTRICT before = head + (k - 1) * TILE;
    const float* RESTRICT after = TAIL ? tail + (k - 1) * TILE : nullptr;
    float* RESTRICT result = out + k * TILE;
    const float lag = static_cast<float>(k);
    COCHLEA_KEEP_LOOP
    for (int l = 0; l < COLUMNS; ++l) {
      const float head_only = 2 * (total[l] - now[l]) - before[l];
      const float d = TAIL ? head_only + after[l] : head_only;
      const float sum = sums[l] + d;
      sums[l] = sum;
      const float quotient = d * lag / sum;
      result[l] = sum == 0 ? 0 : quotient;
    }
  }
}

// The difference function by the correlation r, d(k) = 2 (r(0) - r(k)) - head(k - 1) + tail(k - 1),
// divided by its mean over 1..k; 0 where that is 0. All are tiles; tail may be null. Rows 1..rows - 1 of out are written.
void cumulative_mean_normalise(const float* RESTRICT r, const float* RESTRICT head,
                               const float* RESTRICT tail, size_t rows, float* RESTRICT out) {
  for (int l = 0; l < TILE; l += COLUMNS) {
    if (tail != nullptr) {
      normalise_columns<true>(r + l, head + l, tail + l, rows, out + l);
    } else {
      normalise_columns<false>(r + l, head + l, nullptr, rows, out + l);
    }
  }
}

// Per column, the first row that is a trough below the threshold, or -1 - the row of the first
// minimum. A trough is below its left and not above its right neighbour; row 0 is one if it is
// below row 1. n >= 2.
void first_trough(const float* RESTRICT d, size_t n, float threshold, int32_t* RESTRICT rows) {
  for (int l0 = 0; l0 < TILE; l0 += COLUMNS) {
    int32_t found[COLUMNS], lowest[COLUMNS];
    float minimum[COLUMNS];
    COCHLEA_KEEP_LOOP
    for (int l = 0; l < COLUMNS; ++l) {
      const float* RESTRICT x = d + l0 + l;
      found[l] = x[0] < x[TILE] && x[0] < threshold ? 0 : -1;
      lowest[l] = 0;
      minimum[l] = x[0];
    }
    for (size_t k = 1; k < n; ++k) {
      const float* RESTRICT x = d + k * TILE + l0;
      const float* RESTRICT next = k + 1 < n ? x + TILE : x;
      const int32_t row = static_cast<int32_t>(k);
      COCHLEA_KEEP_LOOP
      for (int l = 0; l < COLUMNS; ++l) {
        const bool trough = (x[l - TILE] > x[l]) & (x[l] <= next[l]) & (x[l] < threshold);
        found[l] = ((found[l] < 0) & trough) ? row : found[l];
        lowest[l] = x[l] < minimum[l] ? row : lowest[l];
        minimum[l] = x[l] < minimum[l] ? x[l] : minimum[l];
      }
    }
    for (int l = 0; l < COLUMNS; ++l) rows[l0 + l] = found[l] >= 0 ? found[l] : -1 - lowest[l];
  }
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
