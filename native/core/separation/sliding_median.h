// Medians in windows too large for sorting networks, by a histogram of ranks that slides along each
// line (T. Huang, G. Yang and G. Tang, "A fast two-dimensional median filtering algorithm", IEEE
// Trans. ASSP 27(1), 1979): the elements that a line's windows see are sorted once; then a step
// counts out what leaves, counts in what comes, and moves the median by the few ranks that it moves.
//
// An element that a window sees several times, beyond the matrix, is counted as often: neither time
// nor memory grows with a window that is larger than the matrix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/separation/median_window.h"

namespace cochlea {

class SlidingMedian {
 public:
  explicit SlidingMedian(const MedianWindow& window) : window_(window) {}

  // As MedianFilter::run. `out` is not complete if the task was cancelled.
  void run(Grid<const float> x, size_t row, size_t column, Grid<float> out, const Task& task);

 private:
  // An axis of the matrix.
  struct Axis {
    int64_t size;    // of the window
    int64_t length;  // of the matrix
    size_t stride;
  };
  // An element of an axis that the window sees, and how often.
  struct Seen {
    int64_t source;
    int64_t times;
  };

  void see_along(const Task& task, const Axis& along, int64_t first, size_t steps);
  void see_across(const Task& task, const Axis& across, int64_t first);
  void rank(const Task& task, const float* x, const Axis& along, const Axis& across);
  void fill(const Task& task, const Axis& along, const Axis& across);
  void slide(const Task& task, const Axis& across, size_t steps, float* out, size_t stride);
  void count(size_t rank, int64_t change);
  void count_line(int64_t along, int64_t sign, int64_t across_size);
  void settle();

  const MedianWindow window_;
  int64_t middle_ = 0;  // place of the median among the elements
  std::vector<Seen> along_, across_;
  // For each element of an axis its place in along_ or across_, where it is seen.
  std::vector<int32_t> place_along_, place_across_;
  std::vector<int64_t> leaving_, coming_;  // step by step, places in along_ or OUTSIDE
  int64_t outside_across_ = 0;             // elements of a line of the window beyond the matrix

  // Elements seen: a key that orders as the value does above the element's place; the last is the
  // value beyond the matrix.
  std::vector<uint64_t> keys_, sorted_;
  std::vector<uint32_t> rank_;  // by place
  // The histogram, and its sums over RANKS ranks each.
  std::vector<int64_t> counts_, sums_;
  size_t at_ = 0;      // rank of the median
  int64_t below_ = 0;  // elements of the window of lower ranks
};

}  // namespace cochlea
