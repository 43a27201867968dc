#include "core/resonators/features.h"

#include "binding/resonators/parameters.h"

namespace cochlea::binding {

template <>
struct Words<Collision> {
  static constexpr const char* LIST[] = {"max", "nearest", "sum"};
};

namespace {

// What trackers heard: matrices of so many rows, and of one shape.
struct TrackedParameters {
  int32_t rows;
  In magnitude, frequency;
  In re, im;  // empty where complex values are not wanted

  static constexpr const char* NAME = "TrackedParameters";
  static constexpr auto fields() {
    using P = TrackedParameters;
    return std::tuple(Field("rows", &P::rows), Field("magnitude", &P::magnitude),
                      Field("frequency", &P::frequency), Field("re", &P::re), Field("im", &P::im));
  }

  bool complex() const { return !re.empty() || !im.empty(); }
  size_t bins() const { return rows > 0 ? static_cast<size_t>(rows) : 0; }
  size_t frames() const { return bins() == 0 ? 0 : magnitude.size() / bins(); }
  Status valid() const {
    const size_t size = magnitude.size();
    if (size != bins() * frames() || frequency.size() != size ||
        (complex() && (re.size() != size || im.size() != size)))
      return Status::invalid("tracked", "matrices of one shape");
    const struct {
      const char* name;
      In values;
    } planes[] = {{"tracked.magnitude.data", magnitude},
                  {"tracked.frequency.data", frequency},
                  {"tracked.complex.re", re},
                  {"tracked.complex.im", im}};
    for (const auto& [name, values] : planes) {
      if (Status status = check_finite(name, values); !status.ok()) return status;
    }
    return {};
  }
};

Status check_weights(InDouble weights, size_t bins) {
  if (weights.empty() || weights.size() == bins) return {};
  return Status::invalid("weights", "one for each row of power, or none");
}

Status chroma(const Task& task, In power, InInt classes, InDouble weights, bool normalize,
              int32_t class_count, Out out) {
  const size_t bins = classes.size();
  if (bins == 0 || power.size() % bins != 0)
    return Status::invalid("frequencies", "one for each row of power");
  if (Status status = check_weights(weights, bins); !status.ok()) return status;
  for (const int32_t row : classes) {
    if (row < 0 || row >= class_count) return Status::invalid("classes", "rows of the result");
  }
  const size_t frames = power.size() / bins;
  if (out.size() != static_cast<size_t>(class_count) * frames)
    return Status::invalid("out", "room for every class and frame");
  if (Status status = check_finite("power.data", power); !status.ok()) return status;
  return resonator_chroma(task, power, frames, classes, weights, normalize, out);
}

Status mfcc(const Task& task, In power, int32_t rows, InDouble weights,
            std::optional<double> top_db, Out out) {
  const size_t bins = rows > 0 ? static_cast<size_t>(rows) : 0;
  if (bins == 0 || power.size() % bins != 0) return Status::invalid("power", "whole rows");
  if (Status status = check_weights(weights, bins); !status.ok()) return status;
  const size_t frames = power.size() / bins;
  if (out.size() > power.size() || (frames == 0 ? !out.empty() : out.size() % frames != 0))
    return Status::invalid("out", "room for coefficients of every frame");
  if (Status status = check_finite("power.data", power); !status.ok()) return status;
  return resonator_mfcc(task, power, bins, weights, top_db.value_or(-1), out);
}

Status resolve(const Task& task, const TrackedParameters& tracked, InDouble edges,
               Collision collision, InDouble natural, Out re, Out im) {
  if (edges.size() < 2) return Status::invalid("edges", "two or more");
  if (collision == Collision::nearest && natural.size() != tracked.bins())
    return Status::invalid("natural", "one for each row of tracked");
  const size_t cells = (edges.size() - 1) * tracked.frames();
  if (re.size() < cells || (tracked.complex() && im.size() < cells))
    return Status::invalid("out", "room for every row and frame");
  if (Status status = tracked.valid(); !status.ok()) return status;
  return super_resolution(task, {tracked.magnitude, tracked.frequency, tracked.re, tracked.im},
                          tracked.bins(), edges, collision, natural, re, im);
}

const Registration registration([](Exports& exports) {
  exports.function<&chroma>("resonatorChroma");
  exports.function<&mfcc>("resonatorMfcc");
  exports.function<&resolve>("superResolution");
});

}  // namespace
}  // namespace cochlea::binding
