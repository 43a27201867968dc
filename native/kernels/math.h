// Elementary functions that the compiler can vectorise inside a loop. Relative error at most 3
// units in the last place in the range stated; the native check measures it against the C library
// through the kernels that use them.
#pragma once

#include "lanes.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

ALWAYS_INLINE uint32_t bits_of(float x) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}

ALWAYS_INLINE float float_of(uint32_t bits) {
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

// log2(x) for normal x > 0. x = 2^e m with m in [sqrt(1/2), sqrt(2)); log2 m = 2/ln 2 * atanh((m -
// 1) / (m + 1)), whose series has odd powers only and ends here where a term is below 2^-29.
ALWAYS_INLINE float log2_of(float x) {
  constexpr uint32_t SQRT_HALF = 0x3f3504f3u;
  const uint32_t shifted = bits_of(x) - SQRT_HALF;
  const float exponent = static_cast<float>(static_cast<int32_t>(shifted) >> 23);
  const float m = float_of((shifted & 0x007fffffu) + SQRT_HALF);
  const float s = (m - 1.0f) / (m + 1.0f);
  const float z = s * s;
  float p = madd(z, 0.32059898f, 0.41219858f);  // 2 / (9 ln 2), 2 / (7 ln 2)
  p = madd(z, p, 0.57707802f);                  // 2 / (5 ln 2)
  p = madd(z, p, 0.96179669f);                  // 2 / (3 ln 2)
  // The leading coefficient 2 / ln 2 in two parts: its rounding alone would cost a unit.
  return madd(s, 2.8853900f, madd(s * z, p, madd(s, 3.8519260e-8f, exponent)));
}

// atan2(y, x) in [-pi, pi] with the conventions of the C library for zeros, for finite arguments.
ALWAYS_INLINE float atan2_of(float y, float x) {
  const float ax = __builtin_fabsf(x), ay = __builtin_fabsf(y);
  const float high = max_of(ax, ay), low = min_of(ax, ay);
  const float t = high > 0.0f ? low / high : 0.0f;
  // atan on [0, 1]: an odd polynomial, fitted by Remez exchange to a relative error of at
  // most 2.6e-9.
  const float z = t * t;
  float p = madd(z, -0.00179362286f, 0.010914611f);
  p = madd(z, p, -0.0311778557f);
  p = madd(z, p, 0.0579576036f);
  p = madd(z, p, -0.0840345093f);
  p = madd(z, p, 0.109521860f);
  p = madd(z, p, -0.142642417f);
  p = madd(z, p, 0.199985483f);
  p = madd(z, p, -0.333332991f);
  float angle = madd(t * z, p, t);
  angle = ay > ax ? 1.57079632679489662f - angle : angle;
  angle = (bits_of(x) >> 31) != 0 ? 3.14159265358979324f - angle : angle;
  return float_of(bits_of(angle) | (bits_of(y) & 0x80000000u));
}

// sin(2 pi t) for t in [-1/4, 1/4]: the Taylor series, whose first missing term is below 1e-9.
ALWAYS_INLINE float sin_turns(float t) {
  const float x = t * 6.283185307179586f;
  const float z = x * x;
  float p = 1.6059044e-10f;
  p = madd(p, z, -2.5052108e-8f);
  p = madd(p, z, 2.7557319e-6f);
  p = madd(p, z, -1.98412698e-4f);
  p = madd(p, z, 8.33333333e-3f);
  p = madd(p, z, -1.66666667e-1f);
  return madd(x * z, p, x);
}

// t less the nearest integer, in [-1/2, 1/2], for |t| < 2^22.
ALWAYS_INLINE float nearest_turn(float t) {
  constexpr float ROUND = 12582912.0f;  // adding 1.5 * 2^23 rounds to an integer
  return t - ((t + ROUND) - ROUND);
}

// exp(2 pi i t) for t in [-1/2, 1/2].
ALWAYS_INLINE void unit_of(float t, float* re, float* im) {
  const float size = __builtin_fabsf(t);
  const float sine = sin_turns(size > 0.25f ? 0.5f - size : size);
  *re = sin_turns(0.25f - size);
  *im = t < 0.0f ? -sine : sine;
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
