#include "core/separation/median.h"

#include "binding/runtime/exports.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {

template <>
struct Words<Boundary> {
  static constexpr const char* LIST[] = {"reflect", "nearest", "mirror", "wrap", "constant"};
};
static_assert(std::size(Words<Boundary>::LIST) == BOUNDARY_MODES);

namespace {

struct MedianParameters {
  int32_t rows, columns;  // of the window
  Boundary boundary;
  double outside;  // the value beyond a constant boundary

  static constexpr const char* NAME = "MedianParameters";
  static constexpr auto fields() {
    return std::tuple(Field("rows", &MedianParameters::rows),
                      Field("columns", &MedianParameters::columns),
                      Field("boundary", &MedianParameters::boundary),
                      Field("outside", &MedianParameters::outside));
  }
};

Status median_filter(const Task& task, In x, int32_t rows, int32_t columns,
                     const MedianParameters& parameters, Out out) {
  if (rows < 0 || columns < 0 ||
      x.size() != static_cast<size_t>(rows) * static_cast<size_t>(columns) ||
      out.size() != x.size())
    return Status::invalid("out", "rows x columns values");
  if (parameters.rows < 1 || parameters.columns < 1 ||
      static_cast<int64_t>(parameters.rows) * parameters.columns > INT32_MAX)
    return Status::invalid("size", "fewer than 2^31 elements");
  if (const Status finite = check_finite("S.data", x, task); !finite.ok()) return finite;
  const MedianWindow window{.rows = static_cast<size_t>(parameters.rows),
                            .columns = static_cast<size_t>(parameters.columns),
                            .boundary = parameters.boundary,
                            .outside = static_cast<float>(parameters.outside)};
  return cochlea::median_filter(task, x, static_cast<size_t>(rows), static_cast<size_t>(columns),
                                window, out);
}

const Registration registration([](Exports& exports) {
  exports.function<&median_filter>("medianFilter");
});

}  // namespace

}  // namespace cochlea::binding
