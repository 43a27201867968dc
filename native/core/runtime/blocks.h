// Long loops in pieces, between which an abort is noticed.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/runtime/task.h"

namespace cochlea {

// Calls body(begin, end) for one piece of [0, n) after the other until the task is cancelled. A
// piece of simple arithmetic takes well below a millisecond.
template <class Body>
void in_blocks(const Task& task, size_t n, Body&& body) {
  constexpr size_t BLOCK = size_t{1} << 16;
  for (size_t begin = 0; begin < n && !task.cancelled(); begin += BLOCK) {
    body(begin, std::min(n, begin + BLOCK));
  }
}

}  // namespace cochlea
