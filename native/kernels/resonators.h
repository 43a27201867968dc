// The recurrences of a resonator bank in its rotated frame; core/resonators/bank.h has the algebra, and
// resonator_layout.h the order of the rows.
#pragma once

#include "math.h"
#include "resonator_layout.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

constexpr int PANEL = static_cast<int>(RESONATOR_PANEL);

// PANELS panels side by side: the chain from one block to the next is some twenty cycles long, and
// the chains of different panels fill each other's gaps.
template <int PANELS>
ALWAYS_INLINE void blocks_of_panels(const float* RESTRICT coefficients, float* RESTRICT states,
                                    float* RESTRICT trail, size_t trail_stride, size_t blocks) {
  constexpr int N = PANELS * PANEL;
  float w[10][N], yr[N], yi[N], sr[N], si[N];
  for (int p = 0; p < PANELS; ++p) {
    for (int l = 0; l < PANEL; ++l) {
      const int j = p * PANEL + l;
      for (int r = 0; r < 10; ++r) w[r][j] = coefficients[(p * 10 + r) * PANEL + l];
      yr[j] = states[(p * 4 + 0) * PANEL + l];
      yi[j] = states[(p * 4 + 1) * PANEL + l];
      sr[j] = states[(p * 4 + 2) * PANEL + l];
      si[j] = states[(p * 4 + 3) * PANEL + l];
    }
  }
  for (size_t b = 0; b < blocks; ++b) {
    for (int p = 0; p < PANELS; ++p) {
      float* RESTRICT u = trail + p * trail_stride + b * 4 * PANEL;
      for (int l = 0; l < PANEL; ++l) {
        const int j = p * PANEL + l;
        const float ar = yr[j], ai = yi[j], br = sr[j], bi = si[j];
        const float next_yr =
            madd(w[0][j], ar, madd(-w[1][j], ai, madd(w[2][j], ar, madd(-w[3][j], ai, u[l]))));
        const float next_yi = madd(
            w[0][j], ai, madd(w[1][j], ar, madd(w[2][j], ai, madd(w[3][j], ar, u[PANEL + l]))));
        const float from_yr = madd(w[8][j], ar, madd(-w[9][j], ai, u[2 * PANEL + l]));
        const float from_yi = madd(w[8][j], ai, madd(w[9][j], ar, u[3 * PANEL + l]));
        sr[j] =
            madd(w[4][j], br, madd(-w[5][j], bi, madd(w[6][j], br, madd(-w[7][j], bi, from_yr))));
        si[j] = madd(w[4][j], bi, madd(w[5][j], br, madd(w[6][j], bi, madd(w[7][j], br, from_yi))));
        yr[j] = next_yr;
        yi[j] = next_yi;
        u[l] = next_yr;
        u[PANEL + l] = next_yi;
        u[2 * PANEL + l] = sr[j];
        u[3 * PANEL + l] = si[j];
      }
    }
  }
  for (int p = 0; p < PANELS; ++p) {
    for (int l = 0; l < PANEL; ++l) {
      const int j = p * PANEL + l;
      states[(p * 4 + 0) * PANEL + l] = yr[j];
      states[(p * 4 + 1) * PANEL + l] = yi[j];
      states[(p * 4 + 2) * PANEL + l] = sr[j];
      states[(p * 4 + 3) * PANEL + l] = si[j];
    }
  }
}

// From block to block: trail holds what each block of samples adds (the product with the block
// kernel) and receives the state after each block; states is carried. Panel p's trail stands at
// trail + p * trail_stride, one row of 4 * PANEL floats per block.
void resonator_blocks(const float* RESTRICT coefficients, float* RESTRICT states,
                      float* RESTRICT trail, size_t trail_stride, size_t blocks, size_t panels) {
  size_t p = 0;
  for (; p + 4 <= panels; p += 4)
    blocks_of_panels<4>(coefficients + p * 10 * PANEL, states + p * 4 * PANEL,
                        trail + p * trail_stride, trail_stride, blocks);
  for (; p < panels; ++p)
    blocks_of_panels<1>(coefficients + p * 10 * PANEL, states + p * 4 * PANEL,
                        trail + p * trail_stride, trail_stride, blocks);
}

template <int PANELS>
ALWAYS_INLINE void samples_of_panels(const float* RESTRICT coefficients, const float* RESTRICT x,
                                     size_t n, float* RESTRICT states) {
  constexpr int N = PANELS * PANEL;
  float w[6][N], yr[N], yi[N], sr[N], si[N];
  for (int p = 0; p < PANELS; ++p) {
    for (int l = 0; l < PANEL; ++l) {
      const int j = p * PANEL + l;
      for (int r = 0; r < 6; ++r) w[r][j] = coefficients[(p * 6 + r) * PANEL + l];
      yr[j] = states[(p * 4 + 0) * PANEL + l];
      yi[j] = states[(p * 4 + 1) * PANEL + l];
      sr[j] = states[(p * 4 + 2) * PANEL + l];
      si[j] = states[(p * 4 + 3) * PANEL + l];
    }
  }
  for (size_t t = 0; t < n; ++t) {
    const float sample = x[t];
    for (int j = 0; j < N; ++j) {
      const float ar = yr[j], br = sr[j];
      yr[j] = madd(w[0][j], ar, madd(-w[1][j], yi[j], w[4][j] * sample));
      yi[j] = madd(w[0][j], yi[j], w[1][j] * ar);
      sr[j] = madd(w[2][j], br, madd(-w[3][j], si[j], w[5][j] * yr[j]));
      si[j] = madd(w[2][j], si[j], madd(w[3][j], br, w[5][j] * yi[j]));
    }
  }
  for (int p = 0; p < PANELS; ++p) {
    for (int l = 0; l < PANEL; ++l) {
      const int j = p * PANEL + l;
      states[(p * 4 + 0) * PANEL + l] = yr[j];
      states[(p * 4 + 1) * PANEL + l] = yi[j];
      states[(p * 4 + 2) * PANEL + l] = sr[j];
      states[(p * 4 + 3) * PANEL + l] = si[j];
    }
  }
}

// From sample to sample: advances the states of the panels by x[0..n).
void resonator_samples(const float* RESTRICT coefficients, const float* RESTRICT x, size_t n,
                       float* RESTRICT states, size_t panels) {
  size_t p = 0;
  for (; p + 4 <= panels; p += 4)
    samples_of_panels<4>(coefficients + p * 6 * PANEL, x, n, states + p * 4 * PANEL);
  for (; p < panels; ++p)
    samples_of_panels<1>(coefficients + p * 6 * PANEL, x, n, states + p * 4 * PANEL);
}

// The phasors exp(-2 pi i (offset + rate * position)) of n resonators, rates in turns per sample. The
// phase is reduced in double, so that it is right after hours of samples.
void resonator_phasors(const double* RESTRICT rates, const double* RESTRICT offsets,
                       double position, float* RESTRICT re, float* RESTRICT im, size_t n) {
  constexpr double ROUND = 6755399441055744.0;  // adding 1.5 * 2^52 rounds to an integer
  for (size_t i = 0; i < n; ++i) {
    const double turns = rates[i] * position + offsets[i];
    const float t = static_cast<float>(turns - ((turns + ROUND) - ROUND));  // [-1/2, 1/2]
    unit_of(-t, re + i, im + i);
  }
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
