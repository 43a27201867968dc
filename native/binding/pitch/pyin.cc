#include "core/pitch/pyin.h"

#include "binding/pitch/pitch_frames.h"
#include "binding/runtime/exports.h"

namespace cochlea::binding {

namespace {

// A gigabyte of them; lib/pitch/pyin.ts has the bound for the user.
constexpr size_t MOST_TRANSITIONS = size_t{1} << 26;

Status pyin(const Task& task, In y, int32_t frame_length, int32_t hop_length, int32_t pad_mode,
            int32_t min_period, int32_t max_period, double sample_rate, double fmin,
            int32_t thresholds, double beta_a, double beta_b, double boltzmann,
            double no_trough_probability, int32_t bins_per_semitone, int32_t pitch_bins,
            int32_t transition_width, double switch_probability, double min_probability,
            OutInt states, Out voiced_probability) {
  const PitchFrames in = read_pitch_frames(y, frame_length, hop_length, pad_mode, min_period,
                                           max_period, false, states.size());
  if (!in.status.ok()) return in.status;
  if (voiced_probability.size() != states.size())
    return Status::invalid("out", "one value per frame");
  if (thresholds < 1 || bins_per_semitone < 1)
    return Status::invalid("nThresholds", "an integer >= 1");
  if (pitch_bins < 1 || pitch_bins > 32767 || transition_width < 1 || transition_width > pitch_bins)
    return Status::invalid("maxTransitionRate", "no more bins than there are pitches");
  const size_t bins = static_cast<size_t>(pitch_bins);
  const size_t width = static_cast<size_t>(transition_width);
  if (bins * width > MOST_TRANSITIONS) return Status::invalid("resolution", "fewer transitions");
  const auto transitions =
      PitchTransitions::get(task, bins, width, switch_probability, min_probability);
  if (transitions == nullptr) return Status::cancelled();
  const PyinShape shape{sample_rate,
                        fmin,
                        static_cast<size_t>(thresholds),
                        beta_a,
                        beta_b,
                        boltzmann,
                        no_trough_probability,
                        static_cast<size_t>(bins_per_semitone),
                        bins};
  return cochlea::pyin(task, in.samples, in.shape, shape, *transitions, states, voiced_probability);
}

const Registration registration([](Exports& exports) { exports.function<&pyin>("pyin"); });

}  // namespace

}  // namespace cochlea::binding
