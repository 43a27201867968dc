#include "core/pitch/pyin.h"

#include "binding/pitch/pitch_frames.h"
#include "binding/runtime/exports.h"

namespace cochlea::binding {

namespace {

// A gigabyte of them; lib/pitch/pyin.ts has the bound for the user.
constexpr size_t MOST_TRANSITIONS = size_t{1} << 26;

struct PyinParameters {
  double sample_rate;
  double fmin;
  int32_t thresholds;
  double beta_a, beta_b;
  double boltzmann;
  double no_trough_probability;
  int32_t bins_per_semitone, pitch_bins;
  int32_t transition_width;
  double switch_probability;
  double min_probability;  // 0 cuts no transition

  static constexpr const char* NAME = "PyinParameters";
  static constexpr auto fields() {
    using P = PyinParameters;
    return std::tuple(
        Field("sampleRate", &P::sample_rate), Field("fmin", &P::fmin),
        Field("thresholds", &P::thresholds), Field("betaA", &P::beta_a), Field("betaB", &P::beta_b),
        Field("boltzmann", &P::boltzmann), Field("noTroughProbability", &P::no_trough_probability),
        Field("binsPerSemitone", &P::bins_per_semitone), Field("pitchBins", &P::pitch_bins),
        Field("transitionWidth", &P::transition_width),
        Field("switchProbability", &P::switch_probability),
        Field("minProbability", &P::min_probability));
  }

  Status valid() const {
    if (thresholds < 1 || bins_per_semitone < 1)
      return Status::invalid("nThresholds", "an integer >= 1");
    if (pitch_bins < 1 || pitch_bins > 32767 || transition_width < 1 ||
        transition_width > pitch_bins)
      return Status::invalid("maxTransitionRate", "no more bins than there are pitches");
    if (bins() * width() > MOST_TRANSITIONS)
      return Status::invalid("resolution", "fewer transitions");
    return {};
  }
  size_t bins() const { return static_cast<size_t>(pitch_bins); }
  size_t width() const { return static_cast<size_t>(transition_width); }
  PyinShape shape() const {
    return {sample_rate,
            fmin,
            static_cast<size_t>(thresholds),
            beta_a,
            beta_b,
            boltzmann,
            no_trough_probability,
            static_cast<size_t>(bins_per_semitone),
            bins()};
  }
};

Status pyin(const Task& task, In y, const PitchParameters& frames, const PyinParameters& parameters,
            OutInt states, Out voiced_probability) {
  const PitchFrames in = read_pitch_frames(y, frames, states.size());
  if (!in.status.ok()) return in.status;
  if (voiced_probability.size() != states.size())
    return Status::invalid("out", "one value per frame");
  if (const Status status = parameters.valid(); !status.ok()) return status;
  const auto transitions =
      PitchTransitions::get(task, parameters.bins(), parameters.width(),
                            parameters.switch_probability, parameters.min_probability);
  if (transitions == nullptr) return Status::cancelled();
  return cochlea::pyin(task, *in.samples, in.shape, parameters.shape(), *transitions, states,
                       voiced_probability);
}

const Registration registration([](Exports& exports) { exports.function<&pyin>("pyin"); });

}  // namespace

}  // namespace cochlea::binding
