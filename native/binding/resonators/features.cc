#include "core/resonators/features.h"

#include "binding/resonators/parameters.h"

namespace cochlea::binding {
namespace {

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

Status mfcc(const Task& task, In power, int32_t rows, InDouble weights, double top_db, Out out) {
  const size_t bins = rows > 0 ? static_cast<size_t>(rows) : 0;
  if (bins == 0 || power.size() % bins != 0) return Status::invalid("power", "whole rows");
  if (Status status = check_weights(weights, bins); !status.ok()) return status;
  const size_t frames = power.size() / bins;
  if (out.size() > power.size() || (frames == 0 ? !out.empty() : out.size() % frames != 0))
    return Status::invalid("out", "room for coefficients of every frame");
  if (Status status = check_finite("power.data", power); !status.ok()) return status;
  return resonator_mfcc(task, power, bins, weights, top_db, out);
}

Status resolve(const Task& task, In magnitude, In frequency, In re, In im, int32_t rows,
               InDouble edges, int32_t collision, InDouble natural, Out out_re, Out out_im) {
  const size_t bins = rows > 0 ? static_cast<size_t>(rows) : 0, size = magnitude.size();
  const bool complex = !re.empty() || !im.empty();
  if (edges.size() < 2) return Status::invalid("edges", "two or more");
  if ((bins == 0 ? size != 0 : size % bins != 0) || frequency.size() != size ||
      (complex && (re.size() != size || im.size() != size)))
    return Status::invalid("tracked", "matrices of one shape");
  if (Status status =
          check_enumerator("collision", collision, static_cast<int32_t>(Collision::sum));
      !status.ok())
    return status;
  if (static_cast<Collision>(collision) == Collision::nearest && natural.size() != bins)
    return Status::invalid("natural", "one for each row of tracked");
  const size_t cells = bins == 0 ? 0 : (edges.size() - 1) * (size / bins);
  if (out_re.size() < cells || (complex && out_im.size() < cells))
    return Status::invalid("out", "room for every row and frame");
  struct {
    const char* name;
    In values;
  } const inputs[] = {{"tracked.magnitude.data", magnitude},
                      {"tracked.frequency.data", frequency},
                      {"tracked.complex.re", re},
                      {"tracked.complex.im", im}};
  for (const auto& [name, values] : inputs) {
    if (Status status = check_finite(name, values); !status.ok()) return status;
  }
  return super_resolution(task, {magnitude, frequency, re, im}, bins, edges,
                          static_cast<Collision>(collision), natural, out_re, out_im);
}

const Registration registration([](Exports& exports) {
  exports.function<&chroma>("resonatorChroma");
  exports.function<&mfcc>("resonatorMfcc");
  exports.function<&resolve>("superResolution");
});

}  // namespace
}  // namespace cochlea::binding
