#include "core/pitch/pitch_tracker.h"

#include "binding/pitch/pitch_frames.h"
#include "binding/runtime/exports.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {

namespace {

Made<PitchTracker> pitch_tracker(const PitchParameters& parameters, double sample_rate,
                                 double threshold) {
  if (const Status status = parameters.valid(); !status.ok()) return {status, nullptr};
  if (parameters.hop_length > parameters.frame_length)
    return {Status::invalid("hopLength", "an integer from 1 to frameLength"), nullptr};
  const YinShape shape = parameters.shape();
  const size_t lead = parameters.pad_mode ? shape.frame_length / 2 : 0;
  return {{}, std::make_unique<PitchTracker>(shape, lead, sample_rate, threshold)};
}

// Room for the frames of `samples` samples; no aperiodicity is wanted if there is none.
Status check_room(const PitchTracker& tracker, size_t samples, Out f0, Out aperiodicity,
                  OutInt count) {
  const size_t most = tracker.most(samples);
  if (f0.size() < most || (!aperiodicity.empty() && aperiodicity.size() < most) || count.empty())
    return Status::invalid("out", "room for the result");
  return {};
}

float* data_or_null(Out x) { return x.empty() ? nullptr : x.data(); }

Status push(PitchTracker& tracker, In x, Out f0, Out aperiodicity, OutInt count) {
  if (Status room = check_room(tracker, x.size(), f0, aperiodicity, count); !room.ok()) return room;
  if (Status finite = check_finite("x", x); !finite.ok()) return finite;
  count[0] = static_cast<int32_t>(tracker.push(x, f0.data(), data_or_null(aperiodicity)));
  return {};
}

Status finish(PitchTracker& tracker, Out f0, Out aperiodicity, OutInt count) {
  if (Status room = check_room(tracker, tracker.lead(), f0, aperiodicity, count); !room.ok())
    return room;
  count[0] = static_cast<int32_t>(tracker.finish(f0.data(), data_or_null(aperiodicity)));
  return {};
}

Status reset(PitchTracker& tracker) {
  tracker.reset();
  return {};
}

const Registration registration([](Exports& exports) {
  exports.constructor<&pitch_tracker>("pitchTracker");
  exports.method<&push>("pitchTrackerPush");
  exports.method<&finish>("pitchTrackerFinish");
  exports.method<&reset>("pitchTrackerReset");
});

}  // namespace

}  // namespace cochlea::binding
