#include "binding/pitch/pitch_frames.h"

#include "core/runtime/finite.h"

namespace cochlea::binding {

Status PitchParameters::valid() const {
  if (frame_length < 3 || min_period < 1 || max_period <= min_period || max_period >= frame_length)
    return Status::invalid("frameLength", "a frame longer than the longest period");
  if (hop_length < 1) return Status::invalid("hopLength", "an integer >= 1");
  return {};
}

YinShape PitchParameters::shape() const {
  return {static_cast<size_t>(frame_length), static_cast<size_t>(hop_length),
          static_cast<size_t>(min_period), static_cast<size_t>(max_period), paper};
}

PitchFrames read_pitch_frames(In y, const PitchParameters& parameters, size_t frames) {
  if (const Status status = parameters.valid(); !status.ok()) return {status, {}, {}};
  if (const Status status = check_padding(y, parameters.pad_mode); !status.ok())
    return {status, {}, {}};
  const YinShape shape = parameters.shape();
  const PadMode mode = parameters.pad_mode.value_or(PadMode::none);
  if (frames != Frames::count(y.size(), shape.frame_length, shape.hop, mode))
    return {Status::invalid("out", "one value per frame"), {}, {}};
  if (const Status finite = check_finite("y", y); !finite.ok()) return {finite, {}, {}};
  return {{}, shape, PaddedSamples(y, parameters.pad_mode ? shape.frame_length / 2 : 0, mode)};
}

}  // namespace cochlea::binding
