#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "core/runtime/blocks.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "kernels/dispatch.h"

namespace cochlea {

// Refuses NaN, infinity and what is further than `limit` from zero, naming the first. `in_range` says
// what was expected of a sample that is finite: a string literal.
inline Status check_within(const char* argument, std::span<const float> x, float limit,
                           const char* in_range, const Task& task = {}) {
  // A millisecond's worth between two looks at the task.
  constexpr size_t PIECE = size_t{1} << 20;
  size_t index = 0;
  while (index < x.size()) {
    if (task.cancelled()) return Status::cancelled();
    const size_t count = std::min(PIECE, x.size() - index);
    const size_t passed = kernels::active().first_beyond(x.data() + index, count, limit);
    index += passed;
    if (passed < count) break;
  }
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
inline Status check_finite(const char* argument, std::span<const float> x, const Task& task = {}) {
  return check_within(argument, x, std::numeric_limits<float>::max(), "finite samples", task);
}

// Refuses values below zero, naming the first. They are finite.
inline Status check_not_negative(const char* argument, std::span<const float> x, const Task& task) {
  size_t first = x.size();
  in_blocks(task, x.size(), [&](size_t begin, size_t end) {
    bool negative = false;
    for (size_t i = begin; i < end; ++i) negative |= x[i] < 0;
    if (!negative || first < x.size()) return;
    const auto is_negative = [](float value) { return value < 0; };
    first = static_cast<size_t>(
        std::find_if(x.begin() + static_cast<ptrdiff_t>(begin), x.end(), is_negative) - x.begin());
  });
  if (first == x.size()) return {};
  return {.code = Code::beyond,
          .argument = argument,
          .expected = "values >= 0",
          .index = first,
          .value = x[first]};
}

}  // namespace cochlea
