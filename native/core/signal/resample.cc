#include "core/signal/resample.h"

#include <algorithm>

#include "core/runtime/blocks.h"

namespace cochlea {

Status resample(const Task& task, std::span<const float> y, double from, double to,
                ResampleQuality quality, double gain, std::span<float> out) {
  const auto filter = ResampleFilter::get(from, to, quality, task);
  if (filter == nullptr) return Status::cancelled();
  Resampler resampler(filter, from, to, OverlapSave::make(from, to, quality, task),
                      Resampler::Delay::most);
  // Between two looks at the task no more than this many samples come or go.
  constexpr double CHUNK = size_t{1} << 15;
  const size_t chunk = static_cast<size_t>(std::clamp(CHUNK * (from / to), 1.0, CHUNK));
  Aligned<float> spare(resampler.max_outputs(chunk));
  size_t written = 0;
  // Near the end of `out` there may not be room for the most that could come.
  const auto append = [&](size_t n, auto&& convert) {
    const bool room = out.size() - written >= resampler.max_outputs(n);
    float* const target = room ? out.data() + written : spare.data();
    const size_t count = std::min<size_t>(convert(target), out.size() - written);
    if (!room) std::copy_n(spare.data(), count, out.data() + written);
    written += count;
  };
  for (size_t i = 0; i < y.size(); i += chunk) {
    if (task.cancelled()) return Status::cancelled();
    const std::span<const float> x = y.subspan(i, std::min(chunk, y.size() - i));
    append(x.size(), [&](float* target) { return resampler.push(x, target); });
    task.progress(static_cast<double>(i) / static_cast<double>(y.size()));
  }
  append(0, [&](float* target) { return resampler.finish(target); });
  in_blocks(task, out.size() - written, [&](size_t begin, size_t end) {
    std::fill(out.data() + written + begin, out.data() + written + end, 0.0f);
  });
  const float factor = static_cast<float>(gain);
  if (factor != 1.0f) {
    in_blocks(task, out.size(), [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) out[i] *= factor;
    });
  }
  return task.cancelled() ? Status::cancelled() : Status{};
}

}  // namespace cochlea
