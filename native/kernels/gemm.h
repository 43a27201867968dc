// The small dense matrix product behind everything dense: resonator blocks, filter banks,
// constant-Q octaves. Contract:
//
//   c[i * ldc + j] (+)= sum over p < k of a[i * lda + p] * b[p * ldb + j],   i < m, j < n
//
// - Row-major, any m, n, k including 0, any alignment. c overlaps neither a nor b. With
// `accumulate`
//   the product is added to what c holds, otherwise c is overwritten (with zeros for k = 0).
// - lda may be smaller than k: rows of a are then overlapping frames of one signal, `lda` apart.
// - Each element is one chain of madd over p = 0, 1, ..., k - 1, starting from 0 (or from c). It
// does
//   not depend on m, on n or on where in a tile the element falls, so a product cut into any row or
//   column ranges, and into any k ranges with `accumulate`, gives the same bits on one tier.
// - Nothing is packed here. The speed is that of the machine's multipliers while the 2 * LANES
//   columns of b in use stay in the first-level cache: for k * ldb beyond some 8000 floats pack b
//   into panels of 32 columns (ldb = 32, every tier's tile divides it) and call once per panel, or
//   cut k.
#pragma once

#include "lanes.h"

// What keeps the accumulators in registers differs: GCC must see the column loop whole to vectorise
// it when a multiply-add is two instructions (five times slower otherwise on SSE2), Clang must see
// it unrolled (three times slower otherwise).
#if defined(__clang__)
#define COCHLEA_UNROLL_ROWS _Pragma("clang loop unroll(full)")
#define COCHLEA_UNROLL_COLUMNS _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define COCHLEA_UNROLL_ROWS _Pragma("GCC unroll 8")
#define COCHLEA_UNROLL_COLUMNS _Pragma("GCC unroll 1")
#else
#define COCHLEA_UNROLL_ROWS
#define COCHLEA_UNROLL_COLUMNS
#endif

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// One tile of ROWS x COLUMNS accumulators.
template <int ROWS, int COLUMNS>
ALWAYS_INLINE void gemm_tile(const float* RESTRICT a, size_t lda, const float* RESTRICT b,
                             size_t ldb, float* RESTRICT c, size_t ldc, size_t k, bool accumulate) {
  float sums[ROWS][COLUMNS];
  COCHLEA_UNROLL_ROWS
  for (int i = 0; i < ROWS; ++i) {
    COCHLEA_UNROLL_COLUMNS
    for (int j = 0; j < COLUMNS; ++j) sums[i][j] = accumulate ? c[i * ldc + j] : 0.0f;
  }
  for (size_t p = 0; p < k; ++p) {
    const float* RESTRICT row = b + p * ldb;
    COCHLEA_UNROLL_ROWS
    for (int i = 0; i < ROWS; ++i) {
      const float factor = a[i * lda + p];
      COCHLEA_UNROLL_COLUMNS
      for (int j = 0; j < COLUMNS; ++j) sums[i][j] = madd(factor, row[j], sums[i][j]);
    }
  }
  COCHLEA_UNROLL_ROWS
  for (int i = 0; i < ROWS; ++i) {
    COCHLEA_UNROLL_COLUMNS
    for (int j = 0; j < COLUMNS; ++j) c[i * ldc + j] = sums[i][j];
  }
}

template <int COLUMNS>
void gemm_columns(const float* RESTRICT a, size_t lda, const float* RESTRICT b, size_t ldb,
                  float* RESTRICT c, size_t ldc, size_t m, size_t k, bool accumulate) {
  size_t i = 0;
  for (; i + 4 <= m; i += 4)
    gemm_tile<4, COLUMNS>(a + i * lda, lda, b, ldb, c + i * ldc, ldc, k, accumulate);
  if (i + 2 <= m) {
    gemm_tile<2, COLUMNS>(a + i * lda, lda, b, ldb, c + i * ldc, ldc, k, accumulate);
    i += 2;
  }
  if (i < m) gemm_tile<1, COLUMNS>(a + i * lda, lda, b, ldb, c + i * ldc, ldc, k, accumulate);
}

void gemm(const float* RESTRICT a, size_t lda, const float* RESTRICT b, size_t ldb,
          float* RESTRICT c, size_t ldc, size_t m, size_t n, size_t k, bool accumulate) {
  size_t j = 0;
  // Four vectors of columns would hide the latency of the multiply-add better when there is only a row
  // or two, but GCC then keeps the sums in memory: half the speed.
  for (; j + 2 * LANES <= n; j += 2 * LANES)
    gemm_columns<2 * LANES>(a, lda, b + j, ldb, c + j, ldc, m, k, accumulate);
  if constexpr (LANES > 4) {
    for (; j + LANES <= n; j += LANES)
      gemm_columns<LANES>(a, lda, b + j, ldb, c + j, ldc, m, k, accumulate);
  }
  if constexpr (LANES > 1) {
    for (; j + 4 <= n; j += 4) gemm_columns<4>(a, lda, b + j, ldb, c + j, ldc, m, k, accumulate);
  }
  for (; j < n; ++j) gemm_columns<1>(a, lda, b + j, ldb, c + j, ldc, m, k, accumulate);
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
