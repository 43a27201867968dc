#include "core/rhythm/onset.h"

#include <algorithm>

#include "core/spectrum/stages.h"

namespace cochlea {

Status onset_strength(const Task& task, Source& source, const std::optional<MelSpec>& mel,
                      const OnsetOptions& options, std::span<float> out) {
  const Status status =
      decibels_of_mels(source, mel)
          .add<Flux>(options.lag, options.max_size)
          .add<OverRows>(options.aggregate == Aggregate::median ? OverRows::median : OverRows::mean)
          .add<IntoMatrix>(out)
          .run(task);
  if (!status.ok()) return status;
  const size_t shift = std::min(options.shift, out.size());
  std::copy_backward(out.begin(), out.end() - static_cast<ptrdiff_t>(shift), out.end());
  std::fill_n(out.begin(), shift, 0.0f);
  if (!options.detrend) return {};
  // y[t] = x[t] - x[t - 1] + 0.99 y[t - 1]
  double before = 0, y = 0;
  for (float& value : out) {
    y = double{value} - before + 0.99 * y;
    before = value;
    value = static_cast<float>(y);
  }
  return {};
}

}  // namespace cochlea
