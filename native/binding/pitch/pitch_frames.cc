#include "binding/pitch/pitch_frames.h"

#include "core/runtime/finite.h"

namespace cochlea::binding {

PitchFrames read_pitch_frames(In y, int32_t frame_length, int32_t hop_length, int32_t pad_mode,
                              int32_t min_period, int32_t max_period, bool paper, size_t frames) {
  const auto mode = static_cast<PadMode>(pad_mode);
  const size_t length = static_cast<size_t>(frame_length), hop = static_cast<size_t>(hop_length);
  PitchFrames read{
      {},
      {length, hop, static_cast<size_t>(min_period), static_cast<size_t>(max_period), paper},
      PaddedSamples(y, mode == PadMode::none ? 0 : length / 2, mode)};
  if (frame_length < 3 || hop_length < 1 || min_period < 1 || max_period <= min_period ||
      max_period >= frame_length) {
    read.status = Status::invalid("frameLength", "a frame longer than the longest period");
  } else if (pad_mode < -1 || pad_mode >= PAD_MODES) {
    read.status = Status::invalid("padMode", "an index of padModes");
  } else if (y.empty() && mode > PadMode::constant) {
    read.status = Status::invalid("y", "at least one sample to pad from");
  } else if (frames != Frames::count(y.size(), length, hop, mode)) {
    read.status = Status::invalid("out", "one value per frame");
  } else {
    read.status = check_finite("y", y);
  }
  return read;
}

}  // namespace cochlea::binding
