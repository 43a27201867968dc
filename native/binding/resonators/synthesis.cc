#include "core/resonators/synthesis.h"

#include "binding/resonators/tracking.h"

namespace cochlea::binding {
namespace {

Made<Synthesizer> create(double sample_rate, InDouble frequencies, InDouble alphas, InDouble betas,
                         InDouble gammas, double threshold, int32_t rule, int32_t mask,
                         double exclusion, double hysteresis) {
  const ResonatorParameters parameters =
      resonator_parameters(sample_rate, frequencies, alphas, betas);
  if (Status status = check_tracking(parameters, gammas, rule); !status.ok())
    return {status, nullptr};
  constexpr int32_t LAST_MASK = static_cast<int32_t>(SynthesisMask::nearest);
  if (Status status = check_enumerator("mask", mask, LAST_MASK); !status.ok())
    return {status, nullptr};
  if (!(exclusion >= 0 && exclusion <= 64))
    return {Status::invalid("exclusion", "0 to 64"), nullptr};
  if (!(hysteresis >= 0 && hysteresis <= 1))
    return {Status::invalid("hysteresis", "0 to 1"), nullptr};
  // The time between two masks counts samples.
  if (!(sample_rate <= 1e9)) return {Status::invalid("sampleRate", "at most 1e9"), nullptr};
  TrackingBank bank(parameters, gammas, threshold, static_cast<TrackingRule>(rule));
  return {{},
          std::make_unique<Synthesizer>(std::move(bank), parameters,
                                        static_cast<SynthesisMask>(mask), exclusion, hysteresis)};
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

Status synthesize_signal(const Task& task, In y, double sample_rate, InDouble frequencies,
                         InDouble alphas, InDouble betas, InDouble gammas, double threshold,
                         int32_t rule, int32_t mask, double exclusion, double hysteresis,
                         double pitch, double speed, Out out) {
  if (Status status = check_resonator_samples("y", y); !status.ok()) return status;
  Made<Synthesizer> made = create(sample_rate, frequencies, alphas, betas, gammas, threshold, rule,
                                  mask, exclusion, hysteresis);
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
