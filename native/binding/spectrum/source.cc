#include "binding/spectrum/source.h"

#include "core/runtime/finite.h"

namespace cochlea::binding {

GivenSource read_matrix(const Task& task, In re, In im, int32_t rows) {
  const size_t bins = static_cast<size_t>(std::max(rows, 0));
  const size_t columns = bins == 0 ? 0 : re.size() / bins;
  if (re.size() != bins * columns || (!im.empty() && im.size() != re.size()))
    return {Status::invalid("S", "a matrix of whole rows"), nullptr};
  if (const Status finite = check_finite(im.empty() ? "S.data" : "S.re", re, task); !finite.ok())
    return {finite, nullptr};
  if (const Status finite = check_finite("S.im", im, task); !finite.ok()) return {finite, nullptr};
  return {{}, std::make_unique<MatrixSource>(re, bins, columns, im)};
}

GivenSource read_source(const Task& task, const SourceParameters& parameters,
                        Spectrogram::Precision precision) {
  const auto& [data, rows, frames, power] = parameters;
  if (!frames) {
    if (rows < 1) return {Status::invalid("S", "at least one row"), nullptr};
    return read_matrix(task, data, {}, rows);
  }
  if (!(power > 0)) return {Status::invalid("power", "a number > 0"), nullptr};
  const Framed in = read_frames(data, *frames);
  if (!in.status.ok()) return {in.status, nullptr};
  return {{}, std::make_unique<Spectrogram>(*in.frames, in.window, power, precision, task)};
}

}  // namespace cochlea::binding
