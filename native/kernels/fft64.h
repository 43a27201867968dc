// Real Fourier transforms in double precision, of powers of two, for results that are rounded to
// float: where decisions hang on bins far below a frame's largest, single precision (1e-7 of the
// largest) decides by its own noise. About twice the time of the single-precision transform.
//
// FFT64_TILE signals at once, lane l of every row belonging to signal l; Stockham's algorithm, radix
// 4 and one last radix 2 where the logarithm is odd. No fused operations: all tiers agree exactly.
#pragma once

#include "fft_plan.h"
#include "lanes.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// x[i * FFT64_TILE + l] = tile[i * FFT_TILE + l] * window[i]
void window_to_tile64(const float* RESTRICT tile, const double* RESTRICT window, size_t n,
                      double* RESTRICT x) {
  for (size_t i = 0; i < n; ++i) {
    for (size_t l = 0; l < FFT64_TILE; ++l)
      x[i * FFT64_TILE + l] = double{tile[i * FFT_TILE + l]} * window[i];
  }
}

// The transforms of n >= 4 samples, whose pairs are the parts of the complex rows of x. roots[2k] and
// roots[2k + 1] are the parts of exp(-2 pi i k / n), k < n. x and y, of n * FFT64_TILE values, are
// destroyed. Bin k of signal l < lanes goes to re[k * stride + l] and im[same], k <= n / 2.
void rfft64_tile(const double* roots, size_t n, double* RESTRICT x, double* RESTRICT y,
                 float* RESTRICT re, float* RESTRICT im, size_t stride, size_t lanes) {
  constexpr size_t T = FFT64_TILE, ROW = 2 * FFT64_TILE;
  const size_t half = n / 2;
  size_t done = 1, left = half;
  for (; left >= 4; left /= 4, done *= 4) {
    const size_t quarter = left / 4, step = half / 4 * ROW;
    for (size_t p = 0; p < quarter; ++p) {
      const double* w = roots + 4 * p * done;
      const double w1r = w[0], w1i = w[1];
      const double w2r = roots[8 * p * done], w2i = roots[8 * p * done + 1];
      const double w3r = roots[12 * p * done], w3i = roots[12 * p * done + 1];
      for (size_t q = 0; q < done; ++q) {
        const double* RESTRICT a = x + (p * done + q) * ROW;
        double* RESTRICT b = y + (4 * p * done + q) * ROW;
        const size_t y_step = done * ROW;
        LANE_LOOP
        for (size_t l = 0; l < T; ++l) {
          const double sr = a[l] + a[2 * step + l], si = a[T + l] + a[2 * step + T + l];
          const double dr = a[l] - a[2 * step + l], di = a[T + l] - a[2 * step + T + l];
          const double ur = a[step + l] + a[3 * step + l];
          const double ui = a[step + T + l] + a[3 * step + T + l];
          // (x1 - x3) / i
          const double vr = a[step + T + l] - a[3 * step + T + l];
          const double vi = a[3 * step + l] - a[step + l];
          b[l] = sr + ur;
          b[T + l] = si + ui;
          const double r1 = dr + vr, i1 = di + vi;
          b[y_step + l] = r1 * w1r - i1 * w1i;
          b[y_step + T + l] = r1 * w1i + i1 * w1r;
          const double r2 = sr - ur, i2 = si - ui;
          b[2 * y_step + l] = r2 * w2r - i2 * w2i;
          b[2 * y_step + T + l] = r2 * w2i + i2 * w2r;
          const double r3 = dr - vr, i3 = di - vi;
          b[3 * y_step + l] = r3 * w3r - i3 * w3i;
          b[3 * y_step + T + l] = r3 * w3i + i3 * w3r;
        }
      }
    }
    double* const from = x;
    x = y;
    y = from;
  }
  if (left == 2) {
    const size_t step = half / 2 * ROW;
    LANE_LOOP
    for (size_t i = 0; i < step; ++i) {
      y[i] = x[i] + x[step + i];
      y[step + i] = x[i] - x[step + i];
    }
    x = y;
  }
  for (size_t k = 0; k <= half; ++k) {
    const double* a = x + k % half * ROW;
    const double* b = x + (half - k) % half * ROW;
    const double wr = k == half ? -1.0 : roots[2 * k], wi = k == half ? 0.0 : roots[2 * k + 1];
    double real[T], imaginary[T];
    for (size_t l = 0; l < T; ++l) {
      const double er = 0.5 * (a[l] + b[l]), ei = 0.5 * (a[T + l] - b[T + l]);
      const double odd_r = 0.5 * (a[T + l] + b[T + l]), odd_i = 0.5 * (b[l] - a[l]);
      real[l] = er + (odd_r * wr - odd_i * wi);
      imaginary[l] = ei + (odd_r * wi + odd_i * wr);
    }
    float* RESTRICT to_re = re + k * stride;
    float* RESTRICT to_im = im + k * stride;
    if (lanes == T) {
      for (size_t l = 0; l < T; ++l) {
        to_re[l] = static_cast<float>(real[l]);
        to_im[l] = static_cast<float>(imaginary[l]);
      }
    } else {
      for (size_t l = 0; l < lanes; ++l) {
        to_re[l] = static_cast<float>(real[l]);
        to_im[l] = static_cast<float>(imaginary[l]);
      }
    }
  }
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
