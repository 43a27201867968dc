// Median filters, equal to scipy.ndimage.median_filter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
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

// One object, one thread. The scratch it owns does not grow with the matrix.
class MedianFilter {
 public:
  // window.rows, window.columns >= 1.
  explicit MedianFilter(const MedianWindow& window);

  // Whether sorting networks do the work, a hundred times as fast as what stands in for long windows.
  bool networks() const { return sorted_.empty(); }

  // The medians of the rectangle of x that begins at (row, column) and has the shape of `out`. No
  // element of x may be NaN, and `out` may not overlap x.
  void run(Grid<const float> x, size_t row, size_t column, Grid<float> out);

 private:
  struct Axis {
    size_t size;    // of the window
    size_t length;  // of the matrix
    size_t stride;
  };
  void pack(const float* x, const Axis& along, const Axis& across, int64_t p, size_t positions,
            int64_t q);
  void run_networks(Grid<const float> x, size_t row, size_t column, Grid<float> out);
  void run_sorted(Grid<const float> x, size_t row, size_t column, Grid<float> out);

  const MedianWindow window_;
  Aligned<float> strip_, medians_, scratch_;
  std::vector<size_t> rows_;
  std::vector<int64_t> along_, across_;
  std::vector<int32_t> sorted_;
};

// x and out: [rows][columns].
Status median_filter(const Task& task, std::span<const float> x, size_t rows, size_t columns,
                     const MedianWindow& window, std::span<float> out);

}  // namespace cochlea
