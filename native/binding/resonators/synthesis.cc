#include "core/resonators/synthesis.h"

#include "binding/resonators/parameters.h"

namespace cochlea::binding {

template <>
struct Words<SynthesisMask> {
  static constexpr const char* LIST[] = {"greedy", "nearest"};
};

namespace {

// Who sounds.
struct MaskParameters {
  SynthesisMask mask;
  double exclusion;   // in octaves
  double hysteresis;  // a part

  static constexpr const char* NAME = "MaskParameters";
  static constexpr auto fields() {
    using P = MaskParameters;
    return std::tuple(Field("mask", &P::mask), Field("exclusion", &P::exclusion),
                      Field("hysteresis", &P::hysteresis));
  }

  Status valid() const {
    if (!(exclusion >= 0 && exclusion <= 64)) return Status::invalid("exclusion", "0 to 64");
    if (!(hysteresis >= 0 && hysteresis <= 1)) return Status::invalid("hysteresis", "0 to 1");
    return {};
  }
};

Made<Synthesizer> create(const ResonatorBankParameters& bank, const TrackingParameters& tracking,
                         const MaskParameters& mask) {
  const ResonatorParameters resonators = bank.resonators();
  if (Status status = tracking.valid(resonators); !status.ok()) return {status, nullptr};
  if (Status status = mask.valid(); !status.ok()) return {status, nullptr};
  // The time between two masks counts samples.
  if (!(bank.sample_rate <= 1e9)) return {Status::invalid("sampleRate", "at most 1e9"), nullptr};
  TrackingBank trackers(resonators, tracking.gammas, tracking.threshold, tracking.rule);
  return {{},
          std::make_unique<Synthesizer>(std::move(trackers), resonators, mask.mask, mask.exclusion,
                                        mask.hysteresis)};
}

Status tune(Synthesizer& synthesizer, double pitch, double speed) {
  constexpr double MAX = Synthesizer::MAX_RATIO;
  if (!(pitch >= 1 / MAX && pitch <= MAX)) return Status::invalid("pitch", "1/16 to 16");
  if (!(speed >= 1 / MAX && speed <= MAX)) return Status::invalid("speed", "1/16 to 16");
  synthesizer.tune(pitch, speed);
  return {};
}

Status process(Synthesizer& synthesizer, In samples, Out out, OutInt counts) {
  if (counts.empty()) return Status::invalid("counts", "room for a count");
  if (static_cast<double>(out.size()) < synthesizer.max_output(samples.size()))
    return Status::invalid("out", "room for the result");
  if (Status status = check_resonator_samples("samples", samples); !status.ok()) return status;
  size_t count;
  const Status status = synthesizer.process(Task(), samples, out, &count);
  counts[0] = static_cast<int32_t>(count);
  return status;
}

Status reset(Synthesizer& synthesizer) {
  synthesizer.reset();
  return {};
}

Status synthesize_signal(const Task& task, In y, const ResonatorBankParameters& bank,
                         const TrackingParameters& tracking, const MaskParameters& mask,
                         double pitch, double speed, Out out) {
  if (Status status = check_resonator_samples("y", y); !status.ok()) return status;
  Made<Synthesizer> made = create(bank, tracking, mask);
  if (!made.status.ok()) return made.status;
  if (Status status = tune(*made.object, pitch, speed); !status.ok()) return status;
  return synthesize(task, *made.object, y, out);
}

const Registration registration([](Exports& exports) {
  exports.constructor<&create>("synthesizer");
  exports.method<&tune>("synthesizerTune");
  exports.method<&process>("synthesizerProcess");
  exports.method<&reset>("synthesizerReset");
  exports.function<&synthesize_signal>("synthesize");
});

}  // namespace
}  // namespace cochlea::binding
