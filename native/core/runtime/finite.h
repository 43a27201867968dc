#pragma once

#include <cmath>
#include <limits>
#include <span>

#include "core/runtime/status.h"
#include "kernels/dispatch.h"

namespace cochlea {

// Refuses NaN, infinity and what is further than `limit` from zero, naming the first. `in_range` says
// what was expected of a sample that is finite: a string literal.
inline Status check_within(const char* argument, std::span<const float> x, float limit,
                           const char* in_range) {
  const size_t index = kernels::active().first_beyond(x.data(), x.size(), limit);
  if (index == x.size()) return {};
  const bool finite = std::isfinite(x[index]);
  return {.code = finite ? Code::beyond : Code::not_finite,
          .argument = argument,
          .expected = finite ? in_range : "finite samples",
          .index = index,
          .value = x[index]};
}

// Refuses NaN and infinity, naming the first. Every function that takes samples calls it, or
// check_within(), before any work.
inline Status check_finite(const char* argument, std::span<const float> x) {
  return check_within(argument, x, std::numeric_limits<float>::max(), "finite samples");
}

}  // namespace cochlea
