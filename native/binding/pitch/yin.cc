#include "core/pitch/yin.h"

#include "binding/pitch/pitch_frames.h"
#include "binding/runtime/exports.h"

namespace cochlea::binding {

namespace {

Status yin(const Task& task, In y, const PitchParameters& parameters, double sample_rate,
           double threshold, Out f0, Out aperiodicity) {
  const PitchFrames in = read_pitch_frames(y, parameters, f0.size());
  if (!in.status.ok()) return in.status;
  if (!aperiodicity.empty() && aperiodicity.size() != f0.size())
    return Status::invalid("out", "one value per frame");
  return cochlea::yin(task, *in.samples, in.shape, sample_rate, threshold, f0, aperiodicity);
}

const Registration registration([](Exports& exports) { exports.function<&yin>("yin"); });

}  // namespace

}  // namespace cochlea::binding
