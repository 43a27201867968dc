// The window of a median filter, and what it sees beyond the ends of a matrix.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/runtime/blocks.h"
#include "core/runtime/task.h"

namespace cochlea {

// What lies beyond the ends a b c d, in the order of `boundaryModes` in lib/separation/median.ts.
enum class Boundary : int {
  reflect,   // d c b a | a b c d | d c b a
  nearest,   // a a a a | a b c d | d d d d
  mirror,    // d c b | a b c d | c b a
  wrap,      // a b c d | a b c d | a b c d
  constant,  // a value of its own
};
inline constexpr int BOUNDARY_MODES = 5;

// A window of rows x columns elements around each element: `size / 2` elements before it, the rest
// from it on, and of the sorted window's n elements number n / 2, so the upper median where n is
// even.
struct MedianWindow {
  size_t rows = 1;
  size_t columns = 1;
  Boundary boundary = Boundary::reflect;
  float outside = 0;  // for Boundary::constant
};

// A row-major matrix whose rows are `stride` apart.
template <class T>
struct Grid {
  T* data;
  size_t rows, columns, stride;
};

inline constexpr int64_t OUTSIDE = -1;

// After how many indices the elements of a line of n repeat; 0 where they do not.
inline int64_t period_of(int64_t n, Boundary boundary) {
  switch (boundary) {
    case Boundary::reflect:
      return 2 * n;
    case Boundary::mirror:
      return n == 1 ? 1 : 2 * n - 2;
    case Boundary::wrap:
      return n;
    case Boundary::nearest:
    case Boundary::constant:
      break;
  }
  return 0;
}

// The element that stands at index i of a line of n, or OUTSIDE.
inline int64_t source_of(int64_t i, int64_t n, Boundary boundary) {
  if (i >= 0 && i < n) return i;
  if (boundary == Boundary::constant) return OUTSIDE;
  if (boundary == Boundary::nearest) return i < 0 ? 0 : n - 1;
  const int64_t period = period_of(n, boundary);
  const int64_t r = (i % period + period) % period;
  // Behind the end a mirror runs back: from n - 1 where the outermost element is repeated.
  return r < n ? r : period - (boundary == Boundary::mirror ? 0 : 1) - r;
}

// Calls visit(source, times) for what stands at indices [first, first + count): in time that grows
// with n, however large the count.
template <class Visit>
void visit_sources(const Task& task, int64_t first, int64_t count, int64_t n, Boundary boundary,
                   Visit&& visit) {
  const auto visit_each = [&](int64_t from, int64_t to, int64_t times) {
    if (to <= from) return;
    in_blocks(task, static_cast<size_t>(to - from), [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i)
        visit(source_of(from + static_cast<int64_t>(i), n, boundary), times);
    });
  };
  const int64_t end = first + count, period = period_of(n, boundary);
  if (period > 0) {
    const int64_t whole = count / period;
    if (whole > 0) visit_each(first, first + period, whole);
    visit_each(first, first + count % period, 1);
    return;
  }
  const int64_t before = std::min<int64_t>(end, 0) - first, after = end - std::max(first, n);
  if (before > 0) visit(source_of(-1, n, boundary), before);
  visit_each(std::max<int64_t>(first, 0), std::min(end, n), 1);
  if (after > 0) visit(source_of(n, n, boundary), after);
}

}  // namespace cochlea
