#pragma once

#include "fft_plan.h"
#include "lanes.h"

// In front of a short loop over columns that must be vectorised: GCC would unroll it first and then
// miss it.
#if defined(__GNUC__) && !defined(__clang__)
#define COCHLEA_KEEP_LOOP _Pragma("GCC unroll 1")
#else
#define COCHLEA_KEEP_LOOP
#endif

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// A tile is TILE signals side by side: sample i of signal l at x[i * TILE + l] (see core/spectrum/fft.h). A
// transpose written as a double loop becomes gathers, one load per element. Written as four rounds
// of merging neighbours, each round is an interleaving store (or a strided load), which GCC and
// Clang turn into full-width shuffles: five times faster.
constexpr int TILE = static_cast<int>(FFT_TILE);
constexpr int TILE_BLOCK = 32;
// Columns to work on at once, with what belongs to them in registers.
constexpr int COLUMNS = LANES < 8 ? 8 : LANES;

ALWAYS_INLINE void zip(const float* RESTRICT a, const float* RESTRICT b, float* RESTRICT out,
                       int n) {
  for (int j = 0; j < n; ++j) {
    out[2 * j] = a[j];
    out[2 * j + 1] = b[j];
  }
}

ALWAYS_INLINE void unzip(const float* RESTRICT in, float* RESTRICT a, float* RESTRICT b, int n) {
  for (int j = 0; j < n; ++j) {
    a[j] = in[2 * j];
    b[j] = in[2 * j + 1];
  }
}

// The rounds after the first: first[l] holds signals l and l + 8 merged, for l < 8. Both are used up.
ALWAYS_INLINE void merge_pairs(float* RESTRICT first, float* RESTRICT second,
                               float* RESTRICT tile) {
  constexpr int B = TILE_BLOCK;
  for (int l = 0; l < 4; ++l)
    zip(first + l * 2 * B, first + (l + 4) * 2 * B, second + l * 4 * B, 2 * B);
  for (int l = 0; l < 2; ++l)
    zip(second + l * 4 * B, second + (l + 2) * 4 * B, first + l * 8 * B, 4 * B);
  zip(first, first + 8 * B, tile, 8 * B);
}

// tile[i * TILE + l] = rows[l][i] for i < n.
void rows_to_tile(const float* const* rows, size_t n, float* RESTRICT tile) {
  constexpr int B = TILE_BLOCK;
  float first[TILE * B], second[TILE * B];
  size_t i = 0;
  for (; i + B <= n; i += B) {
    for (int l = 0; l < 8; ++l) zip(rows[l] + i, rows[l + 8] + i, first + l * 2 * B, B);
    merge_pairs(first, second, tile + i * TILE);
  }
  for (; i < n; ++i) {
    for (int l = 0; l < TILE; ++l) tile[i * TILE + l] = rows[l][i];
  }
}

// tile[i * TILE + l] = rows[l][i] * window[i] for i < n.
void window_to_tile(const float* const* rows, const float* RESTRICT window, size_t n,
                    float* RESTRICT tile) {
  constexpr int B = TILE_BLOCK;
  float first[TILE * B], second[TILE * B];
  size_t i = 0;
  for (; i + B <= n; i += B) {
    for (int l = 0; l < 8; ++l) {
      const float* RESTRICT a = rows[l] + i;
      const float* RESTRICT b = rows[l + 8] + i;
      const float* RESTRICT w = window + i;
      float* RESTRICT out = first + l * 2 * B;
      for (int j = 0; j < B; ++j) {
        out[2 * j] = a[j] * w[j];
        out[2 * j + 1] = b[j] * w[j];
      }
    }
    merge_pairs(first, second, tile + i * TILE);
  }
  for (; i < n; ++i) {
    for (int l = 0; l < TILE; ++l) tile[i * TILE + l] = rows[l][i] * window[i];
  }
}

// rows[l][i] = tile[i * TILE + l] for i < n.
void tile_to_rows(const float* RESTRICT tile, size_t n, float* const* rows) {
  constexpr int B = TILE_BLOCK;
  float first[TILE * B], second[TILE * B];
  size_t i = 0;
  for (; i + B <= n; i += B) {
    unzip(tile + i * TILE, first, first + 8 * B, 8 * B);
    for (int l = 0; l < 2; ++l)
      unzip(first + l * 8 * B, second + l * 4 * B, second + (l + 2) * 4 * B, 4 * B);
    for (int l = 0; l < 4; ++l)
      unzip(second + l * 4 * B, first + l * 2 * B, first + (l + 4) * 2 * B, 2 * B);
    for (int l = 0; l < 8; ++l) unzip(first + l * 2 * B, rows[l] + i, rows[l + 8] + i, B);
  }
  for (; i < n; ++i) {
    for (int l = 0; l < TILE; ++l) rows[l][i] = tile[i * TILE + l];
  }
}

// out[c * out_stride + r] = in[r * in_stride + c], in blocks of a cache line each way. Here the plain
// double loop wins over interleaving: the blocks are strided on both sides.
void transpose(const float* RESTRICT in, size_t in_stride, size_t rows, size_t columns,
               float* RESTRICT out, size_t out_stride) {
  constexpr size_t B = 16;
  for (size_t r = 0; r < rows; r += B) {
    for (size_t c = 0; c < columns; c += B) {
      const float* RESTRICT x = in + r * in_stride + c;
      float* RESTRICT y = out + c * out_stride + r;
      if (r + B <= rows && c + B <= columns) {
        for (size_t j = 0; j < B; ++j) {
          for (size_t i = 0; i < B; ++i) y[j * out_stride + i] = x[i * in_stride + j];
        }
      } else {
        for (size_t j = 0; c + j < columns && j < B; ++j) {
          for (size_t i = 0; r + i < rows && i < B; ++i)
            y[j * out_stride + i] = x[i * in_stride + j];
        }
      }
    }
  }
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
