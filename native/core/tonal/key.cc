#include "core/tonal/key.h"

#include <algorithm>

namespace cochlea {

Status class_totals(const Task& task, std::span<const float> chroma, size_t columns,
                    std::span<double> totals) {
  constexpr size_t PIECE = size_t{1} << 20;
  for (size_t row = 0; row < totals.size(); ++row) {
    double sum = 0;
    for (size_t begin = 0; begin < columns; begin += PIECE) {
      if (task.cancelled()) return Status::cancelled();
      const size_t n = std::min(PIECE, columns - begin);
      for (const float value : chroma.subspan(row * columns + begin, n)) sum += double{value};
    }
    totals[row] = sum;
    task.progress(row + 1, totals.size());
  }
  return {};
}

}  // namespace cochlea
