#pragma once

#include "fft_plan.h"
#include "gemm.h"
#include "lanes.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

constexpr int DOT_SUMS = 32;  // sums in flight: they hide the latency of the multiply-add

// A call: inlined, its last two additions lead Clang to keep all sums in pairs, at half the speed.
NOINLINE float total(float* sums) {
  for (int half = DOT_SUMS / 2; half >= 4; half /= 2) {
    for (int l = 0; l < half; ++l) sums[l] += sums[l + half];
  }
  return (sums[0] + sums[2]) + (sums[1] + sums[3]);
}

// y[i] = sum over j < width of x[start[i] + j] times the sum over r < 4 of
// weights[4 * i + r] * taps[(row[i] + r) * width + j]. width is a multiple of 32.
void dot_blended(const float* RESTRICT x, const int32_t* RESTRICT start, const float* RESTRICT taps,
                 const int32_t* RESTRICT row, const float* RESTRICT weights, size_t width, size_t n,
                 float* RESTRICT y) {
  for (size_t i = 0; i < n; ++i) {
    const float* RESTRICT a = x + start[i];
    const float* RESTRICT b = taps + static_cast<size_t>(row[i]) * width;
    const float w0 = weights[4 * i], w1 = weights[4 * i + 1], w2 = weights[4 * i + 2],
                w3 = weights[4 * i + 3];
    float sums[DOT_SUMS];
    for (int l = 0; l < DOT_SUMS; ++l) sums[l] = 0.0f;
    for (size_t j = 0; j < width; j += DOT_SUMS) {
      COCHLEA_UNROLL_COLUMNS
      for (int l = 0; l < DOT_SUMS; ++l) {
        const float* RESTRICT t = b + j + l;
        const float outer = madd(w0, t[0], w3 * t[3 * width]);
        const float blended = madd(w1, t[width], madd(w2, t[2 * width], outer));
        sums[l] = madd(a[j + l], blended, sums[l]);
      }
    }
    y[i] = total(sums);
  }
}

// Every second sample after a half-band filter: y[i] is the sum of x[2 * i] / 2 and, over j < count, of taps[j] times the
// two samples at the distance 2 * j + 1. count is at most 16; reads x from -(2 * count - 1) on.
void half_band(const float* RESTRICT x, const float* RESTRICT taps, size_t count, size_t n,
               float* RESTRICT y) {
  constexpr size_t BLOCK = 64, MOST_TAPS = 16;
  // The samples between the outputs, side by side.
  float odd[BLOCK + 2 * MOST_TAPS];
  for (size_t i = 0; i < BLOCK + 2 * MOST_TAPS; ++i) odd[i] = 0.0f;
  float sums[BLOCK];
  for (size_t begin = 0; begin < n; begin += BLOCK) {
    const size_t lanes = n - begin < BLOCK ? n - begin : BLOCK;
    const float* RESTRICT middle = x + 2 * begin;
    const float* RESTRICT first = middle - (2 * count - 1);
    for (size_t i = 0; i < lanes + 2 * count - 1; ++i) odd[i] = first[2 * i];
    for (size_t l = 0; l < BLOCK; ++l) sums[l] = 0.0f;
    for (size_t l = 0; l < lanes; ++l) sums[l] = 0.5f * middle[2 * l];
    for (size_t j = 0; j < count; ++j) {
      const float tap = taps[j];
      const float* RESTRICT before = odd + count - 1 - j;
      const float* RESTRICT after = odd + count + j;
      for (size_t l = 0; l < BLOCK; ++l) sums[l] = madd(tap, before[l] + after[l], sums[l]);
    }
    for (size_t l = 0; l < lanes; ++l) y[begin + l] = sums[l];
  }
}

// The spectra of n * factor real samples, bins 0 to n * factor / 2 in rows of FFT_TILE, become those
// of every factor-th sample after a filter with the real response [n * factor / 2 + 1]: bins 0 to
// n / 2. n and factor are even.
void decimate_spectrum(float* re, float* im, const float* RESTRICT response, size_t n,
                       size_t factor) {
  const float share = 1.0f / static_cast<float>(factor);
  for (size_t k = 0; k <= n / 2; ++k) {
    float a[FFT_TILE], b[FFT_TILE];
    const float keep = share * response[k];
    for (size_t l = 0; l < FFT_TILE; ++l) a[l] = keep * re[k * FFT_TILE + l];
    for (size_t l = 0; l < FFT_TILE; ++l) b[l] = keep * im[k * FFT_TILE + l];
    // The frequencies that fall on bin k: around each multiple of the new rate one below, mirrored,
    // and one above.
    for (size_t centre = n; centre <= n * factor / 2; centre += n) {
      const float* c = re + (centre - k) * FFT_TILE;
      const float* d = im + (centre - k) * FFT_TILE;
      const float below = share * response[centre - k];
      for (size_t l = 0; l < FFT_TILE; ++l) a[l] = madd(below, c[l], a[l]);
      for (size_t l = 0; l < FFT_TILE; ++l) b[l] = madd(-below, d[l], b[l]);
      if (centre == n * factor / 2) break;
      c = re + (centre + k) * FFT_TILE;
      d = im + (centre + k) * FFT_TILE;
      const float above = share * response[centre + k];
      for (size_t l = 0; l < FFT_TILE; ++l) a[l] = madd(above, c[l], a[l]);
      for (size_t l = 0; l < FFT_TILE; ++l) b[l] = madd(above, d[l], b[l]);
    }
    for (size_t l = 0; l < FFT_TILE; ++l) re[k * FFT_TILE + l] = a[l];
    for (size_t l = 0; l < FFT_TILE; ++l) im[k * FFT_TILE + l] = b[l];
  }
}

// The other way for factor 2: the spectra of n real samples, bins 0 to n / 2, become those of twice
// as many, bins 0 to n, zeros put between the samples and the same filter applied with gain 2.
void interpolate_spectrum(float* re, float* im, const float* RESTRICT response, size_t n) {
  for (size_t k = 0; k <= n / 2; ++k) {
    const float keep = 2.0f * response[k], image = 2.0f * response[n - k];
    for (int part = 0; part < 2; ++part) {
      float* const plane = part == 0 ? re : im;
      float* const low = plane + k * FFT_TILE;
      float* const high = plane + (n - k) * FFT_TILE;
      const float mirrored = part == 0 ? image : -image;
      float values[FFT_TILE];
      for (size_t l = 0; l < FFT_TILE; ++l) values[l] = low[l];
      for (size_t l = 0; l < FFT_TILE; ++l) high[l] = mirrored * values[l];
      for (size_t l = 0; l < FFT_TILE; ++l) low[l] = keep * values[l];
    }
  }
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
