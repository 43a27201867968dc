#pragma once

#include "lanes.h"
#include "math.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// out[i] += a[i] * b[i]
void multiply_add(const float* RESTRICT a, const float* RESTRICT b, size_t n, float* RESTRICT out) {
  for (size_t i = 0; i < n; ++i) out[i] = madd(a[i], b[i], out[i]);
}

// x[i] *= a[i]
void multiply(const float* RESTRICT a, size_t n, float* RESTRICT x) {
  for (size_t i = 0; i < n; ++i) x[i] *= a[i];
}

// out[i] = |re[i] + j im[i]|^2; `out` may be `re` or `im`.
void power_spectrum(const float* re, const float* im, size_t n, float* out) {
  for (size_t i = 0; i < n; ++i) out[i] = madd(re[i], re[i], im[i] * im[i]);
}

// out[i] = |re[i] + j im[i]|; `out` may be `re` or `im`. Values whose square leaves the range of
// float are scaled, so that denormals keep their magnitude.
void magnitude(const float* re, const float* im, size_t n, float* out) {
  for (size_t i = 0; i < n; ++i) {
    const float a = __builtin_fabsf(re[i]), b = __builtin_fabsf(im[i]);
    const float larger = max_of(a, b);
    const float up = larger < 1e-18f ? 0x1p100f : larger > 1e18f ? 0x1p-100f : 1.0f;
    const float down = larger < 1e-18f ? 0x1p-100f : larger > 1e18f ? 0x1p100f : 1.0f;
    const float x = a * up, y = b * up;
    out[i] = __builtin_sqrtf(madd(x, x, y * y)) * down;
  }
}

// phase[i] = atan2(im[i], re[i]), radians in [-pi, pi]; `phase` may be `re` or `im`.
void phase(const float* re, const float* im, size_t n, float* out) {
  for (size_t i = 0; i < n; ++i) out[i] = atan2_of(im[i], re[i]);
}

// out[i] = scale * log10(max(floor, |x[i]|)) - offset; returns the largest, -infinity for n = 0.
// `out` may be `x`.
float decibels(const float* x, size_t n, float scale, float floor, float offset, float* out) {
  constexpr float LOG10_2 = 0.30102999566398120f;
  constexpr int WIDTH =
      16;  // a maximum over lanes: over single elements the compiler keeps their order
  float largest[WIDTH];
  for (int l = 0; l < WIDTH; ++l) largest[l] = -__builtin_inff();
  const auto level = [=](float value) {
    // Not fused: a value whose own level is the offset gives exactly 0.
    return scale * LOG10_2 * log2_of(max_of(floor, __builtin_fabsf(value))) - offset;
  };
  size_t i = 0;
  for (; i + WIDTH <= n; i += WIDTH) {
    for (int l = 0; l < WIDTH; ++l) {
      out[i + l] = level(x[i + l]);
      largest[l] = max_of(largest[l], out[i + l]);
    }
  }
  for (; i < n; ++i) largest[0] = max_of(largest[0], out[i] = level(x[i]));
  for (int l = 1; l < WIDTH; ++l) largest[0] = max_of(largest[0], largest[l]);
  return largest[0];
}

// x[i] = max(x[i], floor)
void raise_to(float floor, size_t n, float* x) {
  for (size_t i = 0; i < n; ++i) x[i] = max_of(x[i], floor);
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
