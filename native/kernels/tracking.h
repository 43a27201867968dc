// Resonators that follow the frequency they hear (core/tracking.h has the algebra).
// They stand in groups of TRACKERS. Rows of a group's state: y.re, y.im, s.re, s.im, v.re, v.im; of its
// parameters: alpha, beta, gamma, and v.re, v.im of its own frequency.
#pragma once

#include "math.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

constexpr int TRACKERS = 16;  // TRACKER_GROUP of core/tracking.h

enum { TRACK_CHORD, TRACK_TANGENT, TRACK_EWMA };

template <int RULE>
ALWAYS_INLINE void tracker_group(const float* RESTRICT parameters, const float* RESTRICT x,
                                 size_t n, float* RESTRICT state, float threshold) {
  // Of the product of two states: below, both may be rounding errors; above, it may not be finite.
  constexpr float SILENCE = 1e-20f, LOUDEST = 1e38f;
  float w[5][TRACKERS], yr[TRACKERS], yi[TRACKERS], sr[TRACKERS], si[TRACKERS], vr[TRACKERS],
      vi[TRACKERS];
  for (int l = 0; l < TRACKERS; ++l) {
    for (int r = 0; r < 5; ++r) w[r][l] = parameters[r * TRACKERS + l];
    yr[l] = state[l];
    yi[l] = state[TRACKERS + l];
    sr[l] = state[2 * TRACKERS + l];
    si[l] = state[3 * TRACKERS + l];
    vr[l] = state[4 * TRACKERS + l];
    vi[l] = state[5 * TRACKERS + l];
  }
  for (size_t t = 0; t < n; ++t) {
    const float sample = x[t];
    for (int l = 0; l < TRACKERS; ++l) {
      const float alpha = w[0][l], beta = w[1][l], gamma = w[2][l];
      // Both states turn with the resonator, then smooth.
      const float turned_yr = vr[l] * yr[l] - vi[l] * yi[l];
      const float turned_yi = vr[l] * yi[l] + vi[l] * yr[l];
      const float zr = vr[l] * sr[l] - vi[l] * si[l];
      const float zi = vr[l] * si[l] + vi[l] * sr[l];
      yr[l] = madd(alpha, sample - turned_yr, turned_yr);
      yi[l] = madd(-alpha, turned_yi, turned_yi);
      sr[l] = madd(beta, yr[l] - zr, zr);
      si[l] = madd(beta, yi[l] - zi, zi);
      // The angle from z to s is how far the input ran ahead of the resonator in this sample.
      const float dr = madd(sr[l], zr, si[l] * zi);
      const float di = madd(si[l], zr, -(sr[l] * zi));
      const float size = madd(dr, dr, di * di);
      const float power = madd(sr[l], sr[l], si[l] * si[l]);
      const bool heard = (power > threshold) & (size > SILENCE) & (size < LOUDEST);
      const float scale = 1.0f / __builtin_sqrtf(heard ? size : 1.0f);
      float cr, ci;
      if constexpr (RULE == TRACK_CHORD) {
        cr = madd(gamma, dr * scale, 1.0f - gamma);
        ci = gamma * (di * scale);
      } else if constexpr (RULE == TRACK_TANGENT) {
        cr = 1.0f;
        ci = gamma * (di * scale);
      } else {
        // |angle| <= pi, and small once the input is found: the series are exact where it matters.
        const float angle = gamma * atan2_of(di, dr);
        const float z = angle * angle;
        cr = madd(z, madd(z, madd(z, madd(z, 2.4801587e-5f, -1.3888889e-3f), 4.1666668e-2f), -0.5f),
                  1.0f);
        ci = angle * madd(z,
                          madd(z, madd(z, madd(z, 2.7557319e-6f, -1.9841270e-4f), 8.3333338e-3f),
                               -1.6666667e-1f),
                          1.0f);
      }
      const float nr = vr[l] * cr - vi[l] * ci;
      const float ni = vr[l] * ci + vi[l] * cr;
      const float unit = 1.0f / __builtin_sqrtf(madd(nr, nr, ni * ni));
      vr[l] = heard ? nr * unit : w[3][l];
      vi[l] = heard ? ni * unit : w[4][l];
    }
  }
  for (int l = 0; l < TRACKERS; ++l) {
    state[l] = yr[l];
    state[TRACKERS + l] = yi[l];
    state[2 * TRACKERS + l] = sr[l];
    state[3 * TRACKERS + l] = si[l];
    state[4 * TRACKERS + l] = vr[l];
    state[5 * TRACKERS + l] = vi[l];
  }
}

// Advances `groups` groups of trackers by x[0..n).
void tracker_samples(const float* RESTRICT parameters, const float* RESTRICT x, size_t n,
                     float* RESTRICT states, float threshold, int rule, size_t groups) {
  for (size_t g = 0; g < groups; ++g) {
    const float* const p = parameters + g * 5 * TRACKERS;
    float* const s = states + g * 6 * TRACKERS;
    if (rule == TRACK_CHORD) {
      tracker_group<TRACK_CHORD>(p, x, n, s, threshold);
    } else if (rule == TRACK_TANGENT) {
      tracker_group<TRACK_TANGENT>(p, x, n, s, threshold);
    } else {
      tracker_group<TRACK_EWMA>(p, x, n, s, threshold);
    }
  }
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
