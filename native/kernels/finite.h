#pragma once

#include "lanes.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// Index of the first NaN or infinity in x[0..n), or n. An exponent of all ones is the only thing
// both share, so the test is an integer one and survives any floating-point flags.
size_t first_not_finite(const float* x, size_t n) {
  constexpr size_t BLOCK = 512;
  constexpr uint32_t EXPONENT = 0x7f800000u;
  size_t i = 0;
  for (; i + BLOCK <= n; i += BLOCK) {
    uint32_t found = 0;
    for (size_t j = 0; j < BLOCK; ++j) {
      uint32_t bits;
      __builtin_memcpy(&bits, x + i + j, sizeof bits);
      found |= static_cast<uint32_t>((bits & EXPONENT) == EXPONENT);
    }
    if (found) break;
  }
  for (; i < n; ++i) {
    uint32_t bits;
    __builtin_memcpy(&bits, x + i, sizeof bits);
    if ((bits & EXPONENT) == EXPONENT) return i;
  }
  return n;
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
