#pragma once

#include <cmath>
#include <span>

#include "core/runtime/status.h"
#include "kernels/dispatch.h"

namespace cochlea {

// Refuses NaN and infinity, naming the first. Every function that takes samples calls it before any
// work.
inline Status check_finite(const char* argument, std::span<const float> x) {
  const size_t index = kernels::active().first_not_finite(x.data(), x.size());
  if (index == x.size()) return {};
  return {.code = Code::not_finite,
          .argument = argument,
          .expected = "finite samples",
          .index = index,
          .value = x[index]};
}

}  // namespace cochlea
