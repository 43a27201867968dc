#include "core/resonators/bank.h"

#include <algorithm>

#include "binding/resonators/parameters.h"

namespace cochlea::binding {
namespace {

constexpr double MAX_START = 4503599627370496.0;  // 2^52, half of what a double counts exactly

// Whether there is room for so many values of each kind that the output has.
Status check_room(ResonatorOutput output, size_t size, Out re, Out im) {
  const size_t parts = output == ResonatorOutput::interleaved ? 2 : 1;
  if (re.size() / parts < size || (output == ResonatorOutput::complex && im.size() < size))
    return Status::invalid("out", "room for every bin and frame");
  return {};
}

Status check_channel(const ResonatorBank& bank, int32_t channel) {
  if (channel < 0 || static_cast<size_t>(channel) >= bank.channels())
    return Status::invalid("channel", "a channel of the bank");
  return {};
}

Made<ResonatorBank> make_bank(const Task& task, const ResonatorBankParameters& bank,
                              int32_t channels) {
  ResonatorParameters resonators = bank.resonators();
  if (Status status = check_parameters(resonators); !status.ok()) return {status, nullptr};
  if (channels < 1) return {Status::invalid("channels", "an integer >= 1"), nullptr};
  return {
      {},
      std::make_unique<ResonatorBank>(task, std::move(resonators), static_cast<size_t>(channels))};
}

Made<ResonatorBank> create(const ResonatorBankParameters& bank, int32_t channels) {
  return make_bank(Task(), bank, channels);
}

Status process(ResonatorBank& bank, int32_t channel, In samples) {
  if (Status status = check_channel(bank, channel); !status.ok()) return status;
  if (Status status = check_resonator_samples("samples", samples); !status.ok()) return status;
  bank.process(static_cast<size_t>(channel), samples);
  return {};
}

Status resonate(ResonatorBank& bank, int32_t channel, In signal, int32_t hop_length,
                ResonatorOutput output, Out re, Out im) {
  if (Status status = check_channel(bank, channel); !status.ok()) return status;
  if (hop_length < 1) return Status::invalid("hopLength", "an integer >= 1");
  const size_t index = static_cast<size_t>(channel), hop = static_cast<size_t>(hop_length);
  const size_t size = bank.bins() * bank.frame_count(index, signal.size(), hop);
  if (Status status = check_room(output, size, re, im); !status.ok()) return status;
  if (Status status = check_resonator_samples("signal", signal); !status.ok()) return status;
  return bank.resonate(Task(), index, signal, hop, output, re, im);
}

Status read(ResonatorBank& bank, int32_t channel, ResonatorOutput output, Out re, Out im) {
  if (Status status = check_channel(bank, channel); !status.ok()) return status;
  if (Status status = check_room(output, bank.bins(), re, im); !status.ok()) return status;
  bank.read(static_cast<size_t>(channel), output, re, im);
  return {};
}

Status reset(ResonatorBank& bank, int32_t channel, double position) {
  if (Status status = check_channel(bank, channel); !status.ok()) return status;
  if (!(position >= 0 && position <= MAX_START))
    return Status::invalid("position", "an integer from 0 to 2^52");
  bank.reset(static_cast<size_t>(channel), static_cast<uint64_t>(position));
  return {};
}

Status retune(ResonatorBank& bank, const ResonatorBankParameters& parameters) {
  const ResonatorParameters resonators = parameters.resonators();
  if (resonators.sample_rate != bank.parameters().sample_rate)
    return Status::invalid("sampleRate", "that of the bank");
  if (resonators.size() != bank.bins())
    return Status::invalid("frequencies", "one for each resonator");
  if (Status status = check_parameters(resonators); !status.ok()) return status;
  bank.retune(resonators);
  return {};
}

Status parameters(ResonatorBank& bank, OutDouble frequencies, OutDouble alphas, OutDouble betas) {
  const ResonatorParameters& from = bank.parameters();
  if (frequencies.size() != bank.bins() || alphas.size() != bank.bins() ||
      betas.size() != bank.bins())
    return Status::invalid("out", "room for a value of each resonator");
  std::copy(from.frequencies.begin(), from.frequencies.end(), frequencies.begin());
  std::copy(from.alphas.begin(), from.alphas.end(), alphas.begin());
  std::copy(from.betas.begin(), from.betas.end(), betas.begin());
  return {};
}

Status positions(ResonatorBank& bank, OutDouble out) {
  if (out.size() != bank.channels()) return Status::invalid("out", "room for every channel");
  for (size_t channel = 0; channel < out.size(); ++channel)
    out[channel] = static_cast<double>(bank.position(channel));
  return {};
}

Status snapshot_size(ResonatorBank& bank, OutDouble size) {
  if (size.empty()) return Status::invalid("size", "room for a number");
  size[0] = static_cast<double>(bank.snapshot_size());
  return {};
}

Status snapshot(ResonatorBank& bank, int32_t channel, OutDouble out) {
  if (Status status = check_channel(bank, channel); !status.ok()) return status;
  if (out.size() != bank.snapshot_size()) return Status::invalid("out", "snapshotSize numbers");
  bank.snapshot(static_cast<size_t>(channel), out);
  return {};
}

Status restore(ResonatorBank& bank, int32_t channel, InDouble from) {
  if (Status status = check_channel(bank, channel); !status.ok()) return status;
  if (!bank.restore(static_cast<size_t>(channel), from))
    return Status::invalid("snapshot",
                           "a snapshot of a bank of as many resonators at this sample rate");
  return {};
}

Status resonate_signal(const Task& task, In y, const ResonatorBankParameters& bank,
                       int32_t hop_length, ResonatorOutput output, Out re, Out im) {
  if (hop_length < 1) return Status::invalid("hopLength", "an integer >= 1");
  if (Status status = check_resonator_samples("y", y); !status.ok()) return status;
  Made<ResonatorBank> made = make_bank(task, bank, 1);
  if (!made.status.ok()) return made.status;
  const size_t hop = static_cast<size_t>(hop_length);
  const size_t size = bank.frequencies.size() * (y.size() / hop);
  if (Status status = check_room(output, size, re, im); !status.ok()) return status;
  return made.object->resonate(task, 0, y, hop, output, re, im);
}

const Registration registration([](Exports& exports) {
  exports.constructor<&create>("resonatorBank");
  exports.method<&process>("resonatorProcess");
  exports.method<&resonate>("resonatorResonate");
  exports.method<&read>("resonatorRead");
  exports.method<&reset>("resonatorReset");
  exports.method<&retune>("resonatorRetune");
  exports.method<&parameters>("resonatorParameters");
  exports.method<&positions>("resonatorPositions");
  exports.method<&snapshot_size>("resonatorSnapshotSize");
  exports.method<&snapshot>("resonatorSnapshot");
  exports.method<&restore>("resonatorRestore");
  exports.function<&resonate_signal>("resonate");
});

}  // namespace
}  // namespace cochlea::binding
