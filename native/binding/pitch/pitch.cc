#include "binding/runtime/exports.h"
#include "core/pitch/pyin.h"
#include "core/pitch/yin_tracker.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {

namespace {

// What yin and pyin read: frames of a padded signal and a range of periods.
struct Pitched {
  Status status;
  YinShape shape;
  PaddedSamples samples;
};

Pitched read_pitched(In y, int32_t frame_length, int32_t hop_length, int32_t pad_mode,
                     int32_t min_period, int32_t max_period, bool paper, size_t frames) {
  const auto mode = static_cast<PadMode>(pad_mode);
  const size_t length = static_cast<size_t>(frame_length), hop = static_cast<size_t>(hop_length);
  Pitched read{
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

Status yin(const Task& task, In y, int32_t frame_length, int32_t hop_length, int32_t pad_mode,
           int32_t min_period, int32_t max_period, bool paper, double sample_rate, double threshold,
           Out f0, Out aperiodicity) {
  const Pitched in =
      read_pitched(y, frame_length, hop_length, pad_mode, min_period, max_period, paper, f0.size());
  if (!in.status.ok()) return in.status;
  if (!aperiodicity.empty() && aperiodicity.size() != f0.size())
    return Status::invalid("out", "one value per frame");
  return cochlea::yin(task, in.samples, in.shape, sample_rate, threshold, f0, aperiodicity);
}

Status pyin(const Task& task, In y, int32_t frame_length, int32_t hop_length, int32_t pad_mode,
            int32_t min_period, int32_t max_period, double sample_rate, double fmin,
            int32_t thresholds, double beta_a, double beta_b, double boltzmann,
            double no_trough_probability, int32_t bins_per_semitone, int32_t pitch_bins,
            int32_t transition_width, double switch_probability, double min_probability,
            OutInt states, Out voiced_probability) {
  const Pitched in = read_pitched(y, frame_length, hop_length, pad_mode, min_period, max_period,
                                  false, states.size());
  if (!in.status.ok()) return in.status;
  if (voiced_probability.size() != states.size())
    return Status::invalid("out", "one value per frame");
  if (thresholds < 1 || bins_per_semitone < 1)
    return Status::invalid("nThresholds", "an integer >= 1");
  if (pitch_bins < 1 || pitch_bins > 32767 || transition_width < 1 || transition_width > pitch_bins)
    return Status::invalid("maxTransitionRate", "no more bins than there are pitches");
  const auto transitions =
      PitchTransitions::get(static_cast<size_t>(pitch_bins), static_cast<size_t>(transition_width),
                            switch_probability, min_probability);
  const PyinShape shape{sample_rate,
                        fmin,
                        static_cast<size_t>(thresholds),
                        beta_a,
                        beta_b,
                        boltzmann,
                        no_trough_probability,
                        static_cast<size_t>(bins_per_semitone),
                        static_cast<size_t>(pitch_bins)};
  return cochlea::pyin(task, in.samples, in.shape, shape, *transitions, states, voiced_probability);
}

Made<YinTracker> pitch_tracker(int32_t frame_length, int32_t hop_length, bool center,
                               int32_t min_period, int32_t max_period, bool paper,
                               double sample_rate, double threshold) {
  if (min_period < 1 || max_period <= min_period || max_period >= frame_length)
    return {Status::invalid("frameLength", "a frame longer than the longest period"), nullptr};
  if (hop_length < 1 || hop_length > frame_length)
    return {Status::invalid("hopLength", "an integer from 1 to frameLength"), nullptr};
  const YinShape shape{static_cast<size_t>(frame_length), static_cast<size_t>(hop_length),
                       static_cast<size_t>(min_period), static_cast<size_t>(max_period), paper};
  const size_t lead = center ? shape.frame_length / 2 : 0;
  return {{}, std::make_unique<YinTracker>(shape, lead, sample_rate, threshold)};
}

// Room for the frames of `samples` samples; no aperiodicity is wanted if there is none.
Status check_room(const YinTracker& tracker, size_t samples, Out f0, Out aperiodicity,
                  OutInt count) {
  const size_t most = tracker.most(samples);
  if (f0.size() < most || (!aperiodicity.empty() && aperiodicity.size() < most) || count.empty())
    return Status::invalid("out", "room for the result");
  return {};
}

float* data_or_null(Out x) { return x.empty() ? nullptr : x.data(); }

Status push(YinTracker& tracker, In x, Out f0, Out aperiodicity, OutInt count) {
  if (Status room = check_room(tracker, x.size(), f0, aperiodicity, count); !room.ok()) return room;
  if (Status finite = check_finite("x", x); !finite.ok()) return finite;
  count[0] = static_cast<int32_t>(tracker.push(x, f0.data(), data_or_null(aperiodicity)));
  return {};
}

Status finish(YinTracker& tracker, Out f0, Out aperiodicity, OutInt count) {
  if (Status room = check_room(tracker, tracker.lead(), f0, aperiodicity, count); !room.ok())
    return room;
  count[0] = static_cast<int32_t>(tracker.finish(f0.data(), data_or_null(aperiodicity)));
  return {};
}

Status reset(YinTracker& tracker) {
  tracker.reset();
  return {};
}

const Registration registration([](Exports& exports) {
  exports.function<&yin>("yin");
  exports.function<&pyin>("pyin");
  exports.constructor<&pitch_tracker>("pitchTracker");
  exports.method<&push>("pitchTrackerPush");
  exports.method<&finish>("pitchTrackerFinish");
  exports.method<&reset>("pitchTrackerReset");
});

}  // namespace

}  // namespace cochlea::binding
