#include "core/pitch/yin.h"

#include "binding/pitch/pitch_frames.h"
#include "binding/runtime/exports.h"

namespace cochlea::binding {

namespace {

Status yin(const Task& task, In y, int32_t frame_length, int32_t hop_length, int32_t pad_mode,
           int32_t min_period, int32_t max_period, bool paper, double sample_rate, double threshold,
           Out f0, Out aperiodicity) {
  const PitchFrames in = read_pitch_frames(y, frame_length, hop_length, pad_mode, min_period,
                                           max_period, paper, f0.size());
  if (!in.status.ok()) return in.status;
  if (!aperiodicity.empty() && aperiodicity.size() != f0.size())
    return Status::invalid("out", "one value per frame");
  return cochlea::yin(task, in.samples, in.shape, sample_rate, threshold, f0, aperiodicity);
}

const Registration registration([](Exports& exports) { exports.function<&yin>("yin"); });

}  // namespace

}  // namespace cochlea::binding
