#pragma once

#include "lanes.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// Index of the first of x[0..n) whose magnitude is above `limit`, or that is NaN, or n. The limit is
// finite and not negative. Without their signs floats are ordered as the integers with the same bits,
// infinity and NaN above all others, so the test is an integer one and survives any floating-point
// flags.
size_t first_beyond(const float* x, size_t n, float limit) {
  constexpr size_t BLOCK = 512;
  constexpr uint32_t MAGNITUDE = 0x7fffffffu;
  int32_t largest;
  __builtin_memcpy(&largest, &limit, sizeof largest);
  size_t i = 0;
  for (; i + BLOCK <= n; i += BLOCK) {
    uint32_t found = 0;
    for (size_t j = 0; j < BLOCK; ++j) {
      uint32_t bits;
      __builtin_memcpy(&bits, x + i + j, sizeof bits);
      found |= static_cast<uint32_t>(static_cast<int32_t>(bits & MAGNITUDE) > largest);
    }
    if (found) break;
  }
  for (; i < n; ++i) {
    uint32_t bits;
    __builtin_memcpy(&bits, x + i, sizeof bits);
    if (static_cast<int32_t>(bits & MAGNITUDE) > largest) return i;
  }
  return n;
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
