#pragma once

#include "lanes.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// Soft masks: x^p / (x^p + r^p) with r = reference * scale, computed as librosa does: of the
// quotients of either by the larger of the two, one is exactly 1, and nothing overflows. Where both
// are below the smallest normal float, `empty`. `power` is 1 or 2. No value may be negative.
template <int POWER>
ALWAYS_INLINE void soft_mask_of(const float* RESTRICT x, const float* RESTRICT reference, size_t n,
                                float scale, float empty, float* RESTRICT mask) {
  constexpr float TINY = 1.17549435e-38f;
  for (size_t i = 0; i < n; ++i) {
    const float r = reference[i] * scale;
    const float larger = max_of(x[i], r), smaller = min_of(x[i], r);
    const bool bad = larger < TINY;
    const float quotient = smaller / (bad ? 1.0f : larger);
    const float q = POWER == 2 ? quotient * quotient : quotient;
    mask[i] = bad ? empty : (x[i] < r ? q : 1.0f) / (1.0f + q);
  }
}

void soft_mask(const float* x, const float* reference, size_t n, float scale, int power,
               float empty, float* mask) {
  if (power == 1) {
    soft_mask_of<1>(x, reference, n, scale, empty, mask);
  } else {
    soft_mask_of<2>(x, reference, n, scale, empty, mask);
  }
}

// mask[i] = x[i] > reference[i] * scale
void hard_mask(const float* RESTRICT x, const float* RESTRICT reference, size_t n, float scale,
               float* RESTRICT mask) {
  for (size_t i = 0; i < n; ++i) mask[i] = x[i] > reference[i] * scale ? 1.0f : 0.0f;
}

// out[i] = a[i] * b[i]
void product(const float* RESTRICT a, const float* RESTRICT b, size_t n, float* RESTRICT out) {
  for (size_t i = 0; i < n; ++i) out[i] = a[i] * b[i];
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
