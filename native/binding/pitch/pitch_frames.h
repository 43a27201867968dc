// What yin and pyin read: frames of a padded signal and a range of periods.
#pragma once

#include "binding/runtime/args.h"
#include "core/pitch/difference.h"
#include "core/runtime/status.h"

namespace cochlea::binding {

struct PitchFrames {
  Status status;
  YinShape shape;
  PaddedSamples samples;
};

// Of `frames` frames, which is checked too.
PitchFrames read_pitch_frames(In y, int32_t frame_length, int32_t hop_length, int32_t pad_mode,
                              int32_t min_period, int32_t max_period, bool paper, size_t frames);

}  // namespace cochlea::binding
