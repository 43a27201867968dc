#include "core/resonators/tracking.h"
#include "binding/resonators/parameters.h"

namespace cochlea::binding {
namespace {

Made<TrackingBank> create(const ResonatorBankParameters& bank, const TrackingParameters& tracking) {
  const ResonatorParameters resonators = bank.resonators();
  if (Status status = tracking.valid(resonators); !status.ok()) return {status, nullptr};
  return {{},
          std::make_unique<TrackingBank>(resonators, tracking.gammas, tracking.threshold,
                                         tracking.rule)};
}

Status track(TrackingBank& bank, In signal, int32_t hop_length, Out magnitude, Out frequency,
             Out re, Out im) {
  if (hop_length < 1) return Status::invalid("hopLength", "an integer >= 1");
  const size_t hop = static_cast<size_t>(hop_length);
  const size_t size = bank.bins() * bank.frame_count(signal.size(), hop);
  const bool complex = !re.empty() || !im.empty();
  if (magnitude.size() < size || frequency.size() < size ||
      (complex && (re.size() < size || im.size() < size)))
    return Status::invalid("out", "room for every bin and frame");
  if (Status status = check_resonator_samples("signal", signal); !status.ok()) return status;
  bank.track(signal, hop, magnitude, frequency, re, im);
  return {};
}

Status reset(TrackingBank& bank) {
  bank.reset();
  return {};
}

const Registration registration([](Exports& exports) {
  exports.constructor<&create>("trackingBank");
  exports.method<&track>("trackingTrack");
  exports.method<&reset>("trackingReset");
});

}  // namespace
}  // namespace cochlea::binding
