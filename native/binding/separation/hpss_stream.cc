#include "core/separation/hpss_stream.h"

#include "binding/runtime/exports.h"
#include "binding/separation/separation.h"
#include "binding/spectrum/frames.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {
namespace {

Made<HpssStream> hpss_stream(const FrameParameters& frames,
                             const SeparationParameters& parameters) {
  if (const Status status = parameters.valid(); !status.ok()) return {status, nullptr};
  const Windowed in = read_window(frames);
  if (!in.status.ok()) return {in.status, nullptr};
  if (frames.hop_length > frames.n_fft)
    return {Status::invalid("hopLength", "an integer <= nFft"), nullptr};
  return {{},
          std::make_unique<HpssStream>(frames.length(), frames.hop(), in.window,
                                       parameters.separation())};
}

Status hpss_latency(HpssStream& stream, OutDouble latency) {
  if (latency.empty()) return Status::invalid("latency", "room for a number");
  latency[0] = static_cast<double>(stream.latency());
  return {};
}

Status hpss_process(HpssStream& stream, In x, Out harmonic, Out percussive) {
  if (harmonic.size() != x.size() || percussive.size() != x.size())
    return Status::invalid("out", "as many samples as x");
  if (const Status finite = check_finite("x", x); !finite.ok()) return finite;
  stream.process(x, harmonic.data(), percussive.data());
  return {};
}

Status hpss_reset(HpssStream& stream) {
  stream.reset();
  return {};
}

const Registration registration([](Exports& exports) {
  exports.constructor<&hpss_stream>("hpssStream");
  exports.method<&hpss_latency>("hpssStreamLatency");
  exports.method<&hpss_process>("hpssStreamProcess");
  exports.method<&hpss_reset>("hpssStreamReset");
});

}  // namespace

}  // namespace cochlea::binding
