#pragma once

#include "fft_plan.h"
#include "gemm.h"
#include "lanes.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// Rows of a sparse complex matrix times a tile of spectra. Row r has count[r] coefficients, real
// then imaginary, for the bins from first[r] on; the rows' coefficients follow each other.
//   out[r * stride + l] = sum over j of coefficient j * (re, im)[(first[r] + j) * FFT_TILE + l]
// for l < lanes.
void band_products(const float* RESTRICT re, const float* RESTRICT im,
                   const int32_t* RESTRICT first, const int32_t* RESTRICT count,
                   const float* RESTRICT coefficients, size_t rows, float* RESTRICT out_re,
                   float* RESTRICT out_im, size_t stride, size_t lanes) {
  constexpr int TILE = static_cast<int>(FFT_TILE);
  constexpr int W = LANES >= 8 ? TILE : TILE / 2;  // four sums of W must fit the registers
  for (size_t r = 0; r < rows; ++r) {
    const size_t bins = static_cast<size_t>(count[r]);
    float a[TILE], b[TILE];
    for (int l0 = 0; l0 < TILE; l0 += W) {
      const float* RESTRICT x = re + static_cast<size_t>(first[r]) * FFT_TILE + l0;
      const float* RESTRICT y = im + static_cast<size_t>(first[r]) * FFT_TILE + l0;
      float xx[W], yy[W], xy[W], yx[W];
      for (int l = 0; l < W; ++l) xx[l] = yy[l] = xy[l] = yx[l] = 0.0f;
      for (size_t j = 0; j < bins; ++j) {
        const float c = coefficients[2 * j], d = coefficients[2 * j + 1];
        COCHLEA_UNROLL_COLUMNS
        for (int l = 0; l < W; ++l) {
          xx[l] = madd(c, x[j * FFT_TILE + l], xx[l]);
          yy[l] = madd(d, y[j * FFT_TILE + l], yy[l]);
          xy[l] = madd(c, y[j * FFT_TILE + l], xy[l]);
          yx[l] = madd(d, x[j * FFT_TILE + l], yx[l]);
        }
      }
      for (int l = 0; l < W; ++l) {
        a[l0 + l] = xx[l] - yy[l];
        b[l0 + l] = xy[l] + yx[l];
      }
    }
    coefficients += 2 * bins;
    float* RESTRICT to_re = out_re + r * stride;
    float* RESTRICT to_im = out_im + r * stride;
    if (lanes == FFT_TILE) {
      for (int l = 0; l < TILE; ++l) to_re[l] = a[l];
      for (int l = 0; l < TILE; ++l) to_im[l] = b[l];
    } else {
      for (size_t l = 0; l < lanes; ++l) {
        to_re[l] = a[l];
        to_im[l] = b[l];
      }
    }
  }
}

// The adjoint: adds the conjugate of each coefficient times its row to its bin,
//   out[(first[r] + j) * FFT_TILE + l] += conj(coefficient j) * (re, im)[r * stride + l]
// for l < lanes; the lanes past them get nothing but zeros added.
void spread_bands(const float* RESTRICT re, const float* RESTRICT im, size_t stride, size_t lanes,
                  const int32_t* RESTRICT first, const int32_t* RESTRICT count,
                  const float* RESTRICT coefficients, size_t rows, float* RESTRICT out_re,
                  float* RESTRICT out_im) {
  constexpr int TILE = static_cast<int>(FFT_TILE);
  constexpr int W = LANES >= 8 ? TILE : TILE / 2;
  for (size_t r = 0; r < rows; ++r) {
    float a[TILE] = {}, b[TILE] = {};
    if (lanes == FFT_TILE) {
      for (int l = 0; l < TILE; ++l) a[l] = re[r * stride + l];
      for (int l = 0; l < TILE; ++l) b[l] = im[r * stride + l];
    } else {
      for (size_t l = 0; l < lanes; ++l) {
        a[l] = re[r * stride + l];
        b[l] = im[r * stride + l];
      }
    }
    const size_t bins = static_cast<size_t>(count[r]);
    for (int l0 = 0; l0 < TILE; l0 += W) {
      float x[W], y[W];
      for (int l = 0; l < W; ++l) x[l] = a[l0 + l];
      for (int l = 0; l < W; ++l) y[l] = b[l0 + l];
      float* RESTRICT to_re = out_re + static_cast<size_t>(first[r]) * FFT_TILE + l0;
      float* RESTRICT to_im = out_im + static_cast<size_t>(first[r]) * FFT_TILE + l0;
      for (size_t j = 0; j < bins; ++j) {
        const float c = coefficients[2 * j], d = coefficients[2 * j + 1];
        COCHLEA_UNROLL_COLUMNS
        for (int l = 0; l < W; ++l) {
          to_re[j * FFT_TILE + l] = madd(d, y[l], madd(c, x[l], to_re[j * FFT_TILE + l]));
          to_im[j * FFT_TILE + l] = madd(-d, x[l], madd(c, y[l], to_im[j * FFT_TILE + l]));
        }
      }
    }
    coefficients += 2 * bins;
  }
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
