// Fourier transforms in double precision for results that are rounded to float: where decisions hang
// on bins far below a frame's largest, single precision (1e-7 of the largest) decides by its own
// noise. About twice the time of the single-precision transform.
//
// FFT64_TILE signals at once, lane l of every row belonging to signal l; Stockham's algorithm
// (decimation in frequency, autosorting) by radices 4, 3, 5 and one last radix 2. No fused operations:
// all tiers agree exactly.
#pragma once

#include "fft_plan.h"
#include "lanes.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {
namespace fft64 {

// A complex row: FFT64_TILE real parts, then FFT64_TILE imaginary parts.
constexpr size_t ROW = 2 * FFT64_TILE;

struct Complex {
  double re, im;
};

ALWAYS_INLINE Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
ALWAYS_INLINE Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
ALWAYS_INLINE Complex operator*(Complex a, Complex w) {
  return {a.re * w.re - a.im * w.im, a.re * w.im + a.im * w.re};
}
ALWAYS_INLINE Complex operator*(double s, Complex a) { return {s * a.re, s * a.im}; }
ALWAYS_INLINE Complex over_i(Complex a) { return {a.im, -a.re}; }

template <int R>
void dft(Complex* x);

template <>
ALWAYS_INLINE void dft<2>(Complex* x) {
  const Complex a = x[0], b = x[1];
  x[0] = a + b;
  x[1] = a - b;
}

template <>
ALWAYS_INLINE void dft<3>(Complex* x) {
  constexpr double S = 0.86602540378443864676;
  const Complex a = x[1] + x[2], b = S * over_i(x[1] - x[2]);
  const Complex c = x[0] - 0.5 * a;
  x[0] = x[0] + a;
  x[1] = c + b;
  x[2] = c - b;
}

template <>
ALWAYS_INLINE void dft<4>(Complex* x) {
  const Complex a = x[0] + x[2], b = x[0] - x[2];
  const Complex c = x[1] + x[3], d = over_i(x[1] - x[3]);
  x[0] = a + c;
  x[1] = b + d;
  x[2] = a - c;
  x[3] = b - d;
}

template <>
ALWAYS_INLINE void dft<5>(Complex* x) {
  constexpr double C1 = 0.30901699437494742410, C2 = -0.80901699437494742410;
  constexpr double S1 = 0.95105651629515357212, S2 = 0.58778525229247312917;
  const Complex a = x[1] + x[4], b = x[2] + x[3];
  const Complex c = over_i(x[1] - x[4]), d = over_i(x[2] - x[3]);
  const Complex p = x[0] + (C1 * a + C2 * b), q = x[0] + (C2 * a + C1 * b);
  const Complex u = S1 * c + S2 * d, v = S2 * c - S1 * d;
  x[0] = x[0] + (a + b);
  x[1] = p + u;
  x[2] = q + v;
  x[3] = q - v;
  x[4] = p - u;
}

// As fft64_pass().
template <int R>
NOINLINE void pass(const double* roots, size_t order, size_t done, size_t left,
                   const double* RESTRICT x, double* RESTRICT y) {
  const size_t groups = left / R, step = done * groups * ROW, y_step = done * ROW;
  for (size_t p = 0; p < groups; ++p) {
    // The factors of this group: powers of the root of order `left`.
    const size_t turn = 2 * p * (order / left);
    for (size_t q = 0; q < done; ++q) {
      const double* RESTRICT a = x + (p * done + q) * ROW;
      double* RESTRICT b = y + (R * p * done + q) * ROW;
      LANE_LOOP
      for (size_t l = 0; l < FFT64_TILE; ++l) {
        Complex z[R];
        unrolled<R>([&](size_t j) ALWAYS_INLINE_LAMBDA {
          z[j] = {a[j * step + l], a[j * step + FFT64_TILE + l]};
        });
        dft<R>(z);
        unrolled<R>([&](size_t j) ALWAYS_INLINE_LAMBDA {
          const double* const w = roots + j * turn;
          if (R > 2 && j > 0) z[j] = z[j] * Complex{w[0], w[1]};
          b[j * y_step + l] = z[j].re;
          b[j * y_step + FFT64_TILE + l] = z[j].im;
        });
      }
    }
  }
}

}  // namespace fft64

// x[i * FFT64_TILE + l] = tile[i * FFT_TILE + l] * window[i]
void window_to_tile64(const float* RESTRICT tile, const double* RESTRICT window, size_t n,
                      double* RESTRICT x) {
  for (size_t i = 0; i < n; ++i) {
    for (size_t l = 0; l < FFT64_TILE; ++l)
      x[i * FFT64_TILE + l] = double{tile[i * FFT_TILE + l]} * window[i];
  }
}

// One pass of complex transforms, of radix fft64_radix(left), from x to y. `done` is the product of the
// radices before it, `left` that of its own and those behind it: the length is their product. roots[2k]
// and roots[2k + 1] are the parts of exp(-2 pi i k / order), k < order, a multiple of the length.
void fft64_pass(const double* roots, size_t order, size_t done, size_t left, const double* x,
                double* y) {
  switch (fft64_radix(left)) {
    case 2:
      return fft64::pass<2>(roots, order, done, left, x, y);
    case 3:
      return fft64::pass<3>(roots, order, done, left, x, y);
    case 4:
      return fft64::pass<4>(roots, order, done, left, x, y);
    case 5:
      return fft64::pass<5>(roots, order, done, left, x, y);
  }
}

// The bins of real transforms of n samples, whose pairs were the parts of what all passes have left in
// the complex rows of x; `roots` are those of order n. Bin k of signal l < lanes goes to
// re[k * stride + l] and im[same], k <= n / 2.
void rfft64_split(const double* roots, size_t n, const double* x, float* RESTRICT re,
                  float* RESTRICT im, size_t stride, size_t lanes) {
  constexpr size_t T = FFT64_TILE, ROW = fft64::ROW;
  const size_t half = n / 2;
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
