#include "core/resonators/synthesis.h"

#include <algorithm>

#include "binding/runtime/exports.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {
namespace {

Made<Synthesizer> create(double sample_rate, InDouble frequencies, InDouble alphas, InDouble betas,
                         InDouble gammas, double threshold, int32_t rule, int32_t mask,
                         double exclusion, double hysteresis) {
  const size_t bins = frequencies.size();
  if (bins == 0 || alphas.size() != bins || betas.size() != bins || gammas.size() != bins)
    return {Status::invalid("frequencies", "one alpha, beta and gamma for each"), nullptr};
  if (rule < 0 || rule > static_cast<int32_t>(TrackingRule::ewma))
    return {Status::invalid("rule", "a known rule"), nullptr};
  if (mask < 0 || mask > static_cast<int32_t>(SynthesisMask::nearest))
    return {Status::invalid("mask", "a known mask"), nullptr};
  for (const double f : frequencies) {
    if (!(f > 0 && f < sample_rate / 2))
      return {Status::invalid("frequencies", "numbers > 0 and < sampleRate / 2"), nullptr};
  }
  if (!(exclusion >= 0 && exclusion <= 64))
    return {Status::invalid("exclusion", "0 to 64"), nullptr};
  if (!(hysteresis >= 0 && hysteresis <= 1))
    return {Status::invalid("hysteresis", "0 to 1"), nullptr};
  // The time between two masks counts samples.
  if (!(sample_rate <= 1e9)) return {Status::invalid("sampleRate", "at most 1e9"), nullptr};
  return {
      {},
      std::make_unique<Synthesizer>(TrackingBank(sample_rate, frequencies, alphas, betas, gammas,
                                                 threshold, static_cast<TrackingRule>(rule)),
                                    sample_rate, frequencies, alphas, threshold,
                                    static_cast<SynthesisMask>(mask), exclusion, hysteresis)};
}

Status tune(Synthesizer& synthesizer, double pitch, double speed) {
  constexpr double MOST = Synthesizer::MOST;
  if (!(pitch >= 1 / MOST && pitch <= MOST)) return Status::invalid("pitch", "1/16 to 16");
  if (!(speed >= 1 / MOST && speed <= MOST)) return Status::invalid("speed", "1/16 to 16");
  synthesizer.tune(pitch, speed);
  return {};
}

Status process(Synthesizer& synthesizer, In samples, Out out, OutInt counts) {
  if (counts.empty()) return Status::invalid("counts", "room for a count");
  if (static_cast<double>(out.size()) < synthesizer.most(samples.size()))
    return Status::invalid("out", "room for the result");
  if (Status status = check_finite("samples", samples); !status.ok()) return status;
  size_t count;
  const Status status = synthesizer.process(Task(), samples, out, &count);
  counts[0] = static_cast<int32_t>(count);
  return status;
}

Status reset(Synthesizer& synthesizer) {
  synthesizer.reset();
  return {};
}

// Fills all of `out`: with what y gives, and then with what silence after it does.
Status synthesize(const Task& task, In y, double sample_rate, InDouble frequencies, InDouble alphas,
                  InDouble betas, InDouble gammas, double threshold, int32_t rule, int32_t mask,
                  double exclusion, double hysteresis, double pitch, double speed, Out out) {
  if (Status status = check_finite("y", y); !status.ok()) return status;
  Made<Synthesizer> made = create(sample_rate, frequencies, alphas, betas, gammas, threshold, rule,
                                  mask, exclusion, hysteresis);
  if (!made.status.ok()) return made.status;
  if (Status status = tune(*made.object, pitch, speed); !status.ok()) return status;
  constexpr float SILENCE[64] = {};
  for (In rest = y; !out.empty(); rest = SILENCE) {
    size_t count;
    if (Status status = made.object->process(task, rest, out, &count); !status.ok()) return status;
    out = out.subspan(count);
    if (task.cancelled()) return Status::cancelled();
  }
  return {};
}

const Registration registration([](Exports& exports) {
  exports.constructor<&create>("synthesizer");
  exports.method<&tune>("synthesizerTune");
  exports.method<&process>("synthesizerProcess");
  exports.method<&reset>("synthesizerReset");
  exports.function<&synthesize>("synthesize");
});

}  // namespace

}  // namespace cochlea::binding
