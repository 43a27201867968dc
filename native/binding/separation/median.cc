#include "core/separation/median.h"

#include "binding/runtime/exports.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {
namespace {

Status median_filter(const Task& task, In x, int32_t rows, int32_t columns, int32_t window_rows,
                     int32_t window_columns, int32_t boundary, double outside, Out out) {
  if (rows < 0 || columns < 0 ||
      x.size() != static_cast<size_t>(rows) * static_cast<size_t>(columns) ||
      out.size() != x.size())
    return Status::invalid("out", "rows x columns values");
  if (window_rows < 1 || window_columns < 1 ||
      static_cast<int64_t>(window_rows) * window_columns > INT32_MAX)
    return Status::invalid("size", "fewer than 2^31 elements");
  if (boundary < 0 || boundary >= BOUNDARY_MODES)
    return Status::invalid("mode", "a known boundary mode");
  if (const Status finite = check_finite("S.data", x); !finite.ok()) return finite;
  const MedianWindow window{.rows = static_cast<size_t>(window_rows),
                            .columns = static_cast<size_t>(window_columns),
                            .boundary = static_cast<Boundary>(boundary),
                            .outside = static_cast<float>(outside)};
  return cochlea::median_filter(task, x, static_cast<size_t>(rows), static_cast<size_t>(columns),
                                window, out);
}

const Registration registration([](Exports& exports) {
  exports.function<&median_filter>("medianFilter");
});

}  // namespace

}  // namespace cochlea::binding
