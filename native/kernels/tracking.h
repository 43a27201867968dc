// Resonators that follow the frequency they hear, and the sound of them; core/resonators/tracking.h and
// core/resonators/synthesis.h have the algebra, and resonator_layout.h the order of the rows.
#pragma once

#include "math.h"
#include "resonator_layout.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

constexpr int TRACKERS = static_cast<int>(TRACKER_GROUP);

// 1 / sqrt(x) to 5e-6, for normal x > 0: a guess from the exponent, and two steps of Newton's method. A
// division and a root would take twice the time of everything else here.
ALWAYS_INLINE float coarse_rsqrt(float x) {
  const float half = 0.5f * x;
  float r = float_of(0x5f375a86u - (bits_of(x) >> 1));
  r = r * madd(-half, r * r, 1.5f);
  return r * madd(-half, r * r, 1.5f);
}

// GROUPS groups side by side: a sample is one chain of some hundred cycles, and the chains of different
// groups fill each other's gaps.
template <TrackingRule RULE, int GROUPS>
ALWAYS_INLINE void tracker_groups(const float* RESTRICT parameters, const float* RESTRICT x,
                                  size_t n, float* RESTRICT state, float threshold,
                                  float* RESTRICT trail, size_t trail_stride) {
  constexpr int N = GROUPS * TRACKERS;
  // The squared ratio of two states that follow each other. Outside of these bounds the angle between
  // them means nothing: one is zero, or a rounding error of the other.
  constexpr float LEAST = 1e-30f, LARGEST = 1e14f;
  float w[5][N], yr[N], yi[N], sr[N], si[N], vr[N], vi[N], power[N];
  for (int g = 0; g < GROUPS; ++g) {
    for (int l = 0; l < TRACKERS; ++l) {
      const int j = g * TRACKERS + l;
      for (int r = 0; r < 5; ++r) w[r][j] = parameters[(g * 5 + r) * TRACKERS + l];
      const float* const s = state + g * 6 * TRACKERS + l;
      yr[j] = s[0];
      yi[j] = s[TRACKERS];
      sr[j] = s[2 * TRACKERS];
      si[j] = s[3 * TRACKERS];
      vr[j] = s[4 * TRACKERS];
      vi[j] = s[5 * TRACKERS];
      power[j] = madd(sr[j], sr[j], si[j] * si[j]);
    }
  }
  for (size_t t = 0; t < n; ++t) {
    const float sample = x[t];
    for (int l = 0; l < N; ++l) {
      const float alpha = w[0][l], beta = w[1][l], gamma = w[2][l];
      // Both states rotate with the resonator, then smooth.
      const float rotated_yr = madd(vr[l], yr[l], -(vi[l] * yi[l]));
      const float rotated_yi = madd(vr[l], yi[l], vi[l] * yr[l]);
      const float zr = madd(vr[l], sr[l], -(vi[l] * si[l]));
      const float zi = madd(vr[l], si[l], vi[l] * sr[l]);
      yr[l] = madd(alpha, sample - rotated_yr, rotated_yr);
      yi[l] = madd(-alpha, rotated_yi, rotated_yi);
      sr[l] = madd(beta, yr[l] - zr, zr);
      si[l] = madd(beta, yi[l] - zi, zi);
      // The angle from z to s is how far the input ran ahead of the resonator in this sample.
      // The product is divided by the power of two below |z|^2, or near it, so that its square is finite,
      // and not zero, whatever the level. Rounding stays what it is without.
      const float scale = float_of(0x7f000000u - (bits_of(power[l]) & 0x7f800000u));
      const float dr = scale * madd(sr[l], zr, si[l] * zi);
      const float di = scale * madd(si[l], zr, -(sr[l] * zi));
      const float size = madd(dr, dr, di * di);
      power[l] = madd(sr[l], sr[l], si[l] * si[l]);
      const bool heard = (power[l] > threshold) & (size > LEAST) & (size < LARGEST);
      float cr, ci;
      if constexpr (RULE == TrackingRule::ewma) {
        // |angle| <= pi, and small once the input is found: the series are exact where it matters.
        const float angle = gamma * atan2_of(di, dr);
        const float z = angle * angle;
        cr = madd(z, madd(z, madd(z, madd(z, 2.4801587e-5f, -1.3888889e-3f), 4.1666668e-2f), -0.5f),
                  1.0f);
        ci = angle * madd(z,
                          madd(z, madd(z, madd(z, 2.7557319e-6f, -1.9841270e-4f), 8.3333338e-3f),
                               -1.6666667e-1f),
                          1.0f);
      } else {
        // Of anything where nothing is heard: what comes of it is then not chosen below.
        const float step = gamma * coarse_rsqrt(size);
        cr = RULE == TrackingRule::chord ? madd(step, dr, 1.0f - gamma) : 1.0f;
        ci = step * di;
      }
      // The length of c is near 1 unless the input has jumped. Newton's method from there is exact for
      // what is near; what it leaves of a jump goes with the next samples. The angle is never touched.
      const float length = 0.5f * madd(cr, cr, ci * ci) * madd(vr[l], vr[l], vi[l] * vi[l]);
      const float guess = 1.5f - length;
      const float unit = guess * madd(-length, guess * guess, 1.5f);
      const float nr = madd(vr[l], cr, -(vi[l] * ci)) * unit;
      const float ni = madd(vr[l], ci, vi[l] * cr) * unit;
      vr[l] = heard ? nr : w[3][l];
      vi[l] = heard ? ni : w[4][l];
    }
    if (trail != nullptr) {
      for (int g = 0; g < GROUPS; ++g) {
        float* const row = trail + g * trail_stride + t * 4 * TRACKERS;
        for (int l = 0; l < TRACKERS; ++l) {
          row[l] = sr[g * TRACKERS + l];
          row[TRACKERS + l] = si[g * TRACKERS + l];
          row[2 * TRACKERS + l] = vr[g * TRACKERS + l];
          row[3 * TRACKERS + l] = vi[g * TRACKERS + l];
        }
      }
    }
  }
  for (int g = 0; g < GROUPS; ++g) {
    for (int l = 0; l < TRACKERS; ++l) {
      const int j = g * TRACKERS + l;
      float* const s = state + g * 6 * TRACKERS + l;
      s[0] = yr[j];
      s[TRACKERS] = yi[j];
      s[2 * TRACKERS] = sr[j];
      s[3 * TRACKERS] = si[j];
      s[4 * TRACKERS] = vr[j];
      s[5 * TRACKERS] = vi[j];
    }
  }
}

template <int GROUPS>
ALWAYS_INLINE void tracker_rule(const float* RESTRICT parameters, const float* RESTRICT x, size_t n,
                                float* RESTRICT states, float threshold, TrackingRule rule,
                                float* RESTRICT trail, size_t trail_stride) {
  if (rule == TrackingRule::chord)
    tracker_groups<TrackingRule::chord, GROUPS>(parameters, x, n, states, threshold, trail,
                                                trail_stride);
  else if (rule == TrackingRule::tangent)
    tracker_groups<TrackingRule::tangent, GROUPS>(parameters, x, n, states, threshold, trail,
                                                  trail_stride);
  else
    tracker_groups<TrackingRule::ewma, GROUPS>(parameters, x, n, states, threshold, trail,
                                               trail_stride);
}

// Advances `groups` groups of trackers by x[0..n). `trail`, unless it is null, receives s and v after
// each sample: for group g, n rows of 4 * TRACKERS at trail + g * trail_stride.
void tracker_samples(const float* RESTRICT parameters, const float* RESTRICT x, size_t n,
                     float* RESTRICT states, float threshold, TrackingRule rule, size_t groups,
                     float* RESTRICT trail, size_t trail_stride) {
  // As many as fit into the registers.
  constexpr size_t SIDE_BY_SIDE = LANES >= 16 ? 2 : 1;
  size_t g = 0;
  for (; g + SIDE_BY_SIDE <= groups; g += SIDE_BY_SIDE)
    tracker_rule<SIDE_BY_SIDE>(parameters + g * 5 * TRACKERS, x, n, states + g * 6 * TRACKERS,
                               threshold, rule,
                               trail == nullptr ? nullptr : trail + g * trail_stride, trail_stride);
  for (; g < groups; ++g)
    tracker_rule<1>(parameters + g * 5 * TRACKERS, x, n, states + g * 6 * TRACKERS, threshold, rule,
                    trail == nullptr ? nullptr : trail + g * trail_stride, trail_stride);
}

// What a group sounds like over n samples, added to `sums`, a row of TRACKERS for each output. `trail`
// has n + 1 rows of s and v, the first before the samples. The outputs up to ends[t] lie between the
// rows t and t + 1, each at fractions[m] of the way, in (0, 1]. `weights` holds each tracker's weight
// `start` samples before the first row, and what it gains per sample. `leads` is the phase by which each
// sounds ahead of what it hears, in turns; it grows by `ahead` times the tracker's own phase step in each
// sample, and is carried from call to call.
void tracker_voices(const float* RESTRICT trail, size_t n, const float* RESTRICT weights,
                    size_t start, float ahead, float* RESTRICT leads, const int32_t* RESTRICT ends,
                    const float* RESTRICT fractions, float* RESTRICT sums) {
  float lead[TRACKERS];
  for (int l = 0; l < TRACKERS; ++l) lead[l] = leads[l];
  int32_t m = 0;
  for (size_t t = 0; t < n; ++t) {
    const float* RESTRICT from = trail + t * 4 * TRACKERS;
    const float* RESTRICT to = from + 4 * TRACKERS;
    const float at = static_cast<float>(start + t);
    float step[TRACKERS], wr[TRACKERS], wi[TRACKERS], zr[TRACKERS], zi[TRACKERS];
    for (int l = 0; l < TRACKERS; ++l) {
      const float vr = from[2 * TRACKERS + l], vi = from[3 * TRACKERS + l];
      step[l] = atan2_of(vi, vr) * 0.15915494309189534f;  // in turns
      const float before = madd(at, weights[TRACKERS + l], weights[l]);
      const float after = before + weights[TRACKERS + l];
      // Both ends in the frame of the first.
      wr[l] = before * from[l];
      wi[l] = before * from[TRACKERS + l];
      zr[l] = after * madd(to[l], vr, to[TRACKERS + l] * vi);
      zi[l] = after * madd(to[TRACKERS + l], vr, -(to[l] * vi));
    }
    for (; m < ends[t]; ++m) {
      const float fraction = fractions[m];
      float* RESTRICT sum = sums + static_cast<size_t>(m) * TRACKERS;
      for (int l = 0; l < TRACKERS; ++l) {
        float cosine, sine;
        unit_of(nearest_turn(madd(fraction * (1.0f + ahead), step[l], lead[l])), &cosine, &sine);
        const float re = madd(fraction, zr[l] - wr[l], wr[l]);
        const float im = madd(fraction, zi[l] - wi[l], wi[l]);
        sum[l] += madd(re, cosine, -(im * sine));
      }
    }
    for (int l = 0; l < TRACKERS; ++l) lead[l] = nearest_turn(madd(ahead, step[l], lead[l]));
  }
  for (int l = 0; l < TRACKERS; ++l) leads[l] = lead[l];
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
