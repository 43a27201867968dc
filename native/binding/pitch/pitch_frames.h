// What yin, pyin and the tracker read: frames of a padded signal and a range of periods.
#pragma once

#include "binding/spectrum/frames.h"
#include "core/pitch/difference.h"

namespace cochlea::binding {

struct PitchParameters {
  int32_t frame_length, hop_length;
  std::optional<PadMode> pad_mode;  // none: frames are not centred
  int32_t min_period, max_period;   // in samples
  bool paper;                       // the method of the paper

  static constexpr const char* NAME = "PitchParameters";
  static constexpr auto fields() {
    using P = PitchParameters;
    return std::tuple(Field("frameLength", &P::frame_length), Field("hopLength", &P::hop_length),
                      Field("padMode", &P::pad_mode), Field("minPeriod", &P::min_period),
                      Field("maxPeriod", &P::max_period), Field("paper", &P::paper));
  }

  Status valid() const;
  // Of valid parameters.
  YinShape shape() const;
};

struct PitchFrames {
  Status status;
  YinShape shape;
  std::optional<PaddedSamples> samples;
};

// Of `frames` frames, which is checked too.
PitchFrames read_pitch_frames(In y, const PitchParameters& parameters, size_t frames);

}  // namespace cochlea::binding
