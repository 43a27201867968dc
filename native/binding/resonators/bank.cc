#include "core/resonators/bank.h"

#include <algorithm>

#include "binding/resonators/parameters.h"

namespace cochlea::binding {
namespace {

constexpr double MAX_POSITION = 9007199254740992.0;  // 2^53
constexpr int32_t LAST_OUTPUT = static_cast<int32_t>(ResonatorOutput::interleaved);

Status check_output(int32_t number, size_t size, Out re, Out im) {
  if (Status status = check_enumerator("output", number, LAST_OUTPUT); !status.ok()) return status;
  const auto output = static_cast<ResonatorOutput>(number);
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

Made<ResonatorBank> make_bank(const Task& task, double sample_rate, InDouble frequencies,
                              InDouble alphas, InDouble betas, int32_t channels) {
  ResonatorParameters parameters = resonator_parameters(sample_rate, frequencies, alphas, betas);
  if (Status status = check_parameters(parameters); !status.ok()) return {status, nullptr};
  if (channels < 1) return {Status::invalid("channels", "an integer >= 1"), nullptr};
  return {
      {},
      std::make_unique<ResonatorBank>(task, std::move(parameters), static_cast<size_t>(channels))};
}

Made<ResonatorBank> create(double sample_rate, InDouble frequencies, InDouble alphas,
                           InDouble betas, int32_t channels) {
  return make_bank(Task(), sample_rate, frequencies, alphas, betas, channels);
}

Status process(ResonatorBank& bank, int32_t channel, In samples) {
  if (Status status = check_channel(bank, channel); !status.ok()) return status;
  if (Status status = check_resonator_samples("samples", samples); !status.ok()) return status;
  bank.process(static_cast<size_t>(channel), samples);
  return {};
}

Status resonate(ResonatorBank& bank, int32_t channel, In signal, int32_t hop_length, int32_t output,
                Out re, Out im) {
  if (Status status = check_channel(bank, channel); !status.ok()) return status;
  if (hop_length < 1) return Status::invalid("hopLength", "an integer >= 1");
  const size_t index = static_cast<size_t>(channel), hop = static_cast<size_t>(hop_length);
  const size_t size = bank.bins() * bank.frame_count(index, signal.size(), hop);
  if (Status status = check_output(output, size, re, im); !status.ok()) return status;
  if (Status status = check_resonator_samples("signal", signal); !status.ok()) return status;
  return bank.resonate(Task(), index, signal, hop, static_cast<ResonatorOutput>(output), re, im);
}

Status read(ResonatorBank& bank, int32_t channel, int32_t output, Out re, Out im) {
  if (Status status = check_channel(bank, channel); !status.ok()) return status;
  if (Status status = check_output(output, bank.bins(), re, im); !status.ok()) return status;
  bank.read(static_cast<size_t>(channel), static_cast<ResonatorOutput>(output), re, im);
  return {};
}

Status reset(ResonatorBank& bank, int32_t channel, double position) {
  if (Status status = check_channel(bank, channel); !status.ok()) return status;
  if (!(position >= 0 && position <= MAX_POSITION))
    return Status::invalid("position", "an integer >= 0");
  bank.reset(static_cast<size_t>(channel), static_cast<uint64_t>(position));
  return {};
}

Status retune(ResonatorBank& bank, InDouble frequencies, InDouble alphas, InDouble betas) {
  const ResonatorParameters parameters =
      resonator_parameters(bank.parameters().sample_rate, frequencies, alphas, betas);
  if (frequencies.size() != bank.bins())
    return Status::invalid("frequencies", "one for each resonator");
  if (Status status = check_parameters(parameters); !status.ok()) return status;
  bank.retune(parameters);
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

Status resonate_signal(const Task& task, In y, double sample_rate, InDouble frequencies,
                       InDouble alphas, InDouble betas, int32_t hop_length, int32_t output, Out re,
                       Out im) {
  if (hop_length < 1) return Status::invalid("hopLength", "an integer >= 1");
  if (Status status = check_resonator_samples("y", y); !status.ok()) return status;
  Made<ResonatorBank> made = make_bank(task, sample_rate, frequencies, alphas, betas, 1);
  if (!made.status.ok()) return made.status;
  const size_t hop = static_cast<size_t>(hop_length);
  const size_t size = frequencies.size() * (y.size() / hop);
  if (Status status = check_output(output, size, re, im); !status.ok()) return status;
  return made.object->resonate(task, 0, y, hop, static_cast<ResonatorOutput>(output), re, im);
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
