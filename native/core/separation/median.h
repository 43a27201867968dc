// Median filters, equal to scipy.ndimage.median_filter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/separation/median_window.h"
#include "core/separation/sliding_median.h"

namespace cochlea {

// By sorting networks, or, in larger windows, by a histogram of ranks. One object, one thread.
class MedianFilter {
 public:
  // window.rows, window.columns >= 1.
  explicit MedianFilter(const MedianWindow& window);

  // Whether sorting networks do the work.
  bool networks() const { return !sliding_.has_value(); }

  // The medians of the rectangle of x that begins at (row, column) and has the shape of `out`. No
  // element of x may be NaN, and `out` may not overlap x. Returns soon after the task is cancelled;
  // what it then leaves in `out` is unspecified.
  void run(Grid<const float> x, size_t row, size_t column, Grid<float> out, const Task& task = {});

 private:
  struct Axis {
    size_t size;    // of the window
    size_t length;  // of the matrix
    size_t stride;
  };
  void pack(const float* x, const Axis& along, const Axis& across, int64_t p, size_t positions,
            int64_t q);
  void run_networks(Grid<const float> x, size_t row, size_t column, Grid<float> out,
                    const Task& task);

  const MedianWindow window_;
  Aligned<float> strip_, medians_, scratch_;
  std::vector<size_t> rows_;
  std::vector<int64_t> along_, across_;
  std::optional<SlidingMedian> sliding_;
};

// x and out: [rows][columns].
Status median_filter(const Task& task, std::span<const float> x, size_t rows, size_t columns,
                     const MedianWindow& window, std::span<float> out);

}  // namespace cochlea
