#include "core/signal/resample.h"

#include <cmath>

#include "binding/runtime/exports.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {

// What JavaScript may ask for: core's qualities, and the Fourier method.
enum class Quality : int { soxr_vhq, soxr_hq, soxr_mq, soxr_lq, polyphase, fft };
static_assert(static_cast<int>(Quality::polyphase) ==
                  static_cast<int>(ResampleQuality::polyphase) &&
              static_cast<int>(Quality::fft) == RESAMPLE_QUALITIES);

template <>
struct Words<Quality> {
  static constexpr const char* LIST[] = {"soxr_vhq", "soxr_hq",   "soxr_mq",
                                         "soxr_lq",  "polyphase", "fft"};
};

namespace {

// Beyond this ratio the filter alone would be larger than most signals.
constexpr double LARGEST_RATIO = 4096;

Status check_rates(double from, double to) {
  if (!(from > 0) || !(to > 0) || !std::isfinite(from) || !std::isfinite(to) ||
      from / to > LARGEST_RATIO || to / from > LARGEST_RATIO) {
    return Status::invalid("to", "a rate within a factor of 4096 of the other");
  }
  return {};
}

Status resample(const Task& task, In y, double from, double to, Quality quality, double gain,
                Out out) {
  if (Status rates = check_rates(from, to); !rates.ok()) return rates;
  if (Status finite = check_finite("y", y, task); !finite.ok()) return finite;
  if (out.empty()) return {};
  if (quality != Quality::fft) {
    return cochlea::resample(task, y, from, to, static_cast<ResampleQuality>(quality), gain, out);
  }
  if (y.empty()) return Status::invalid("y", "at least one sample");
  return cochlea::resample_fft(task, y, gain, out);
}

Made<Resampler> resampler(double from, double to, Quality quality) {
  if (Status rates = check_rates(from, to); !rates.ok()) return {rates, nullptr};
  if (quality == Quality::fft) return {Status::invalid("quality", "one for a stream"), nullptr};
  return {{}, std::make_unique<Resampler>(from, to, static_cast<ResampleQuality>(quality))};
}

Status limits(Resampler& resampler, int32_t n, OutInt counts) {
  if (n < 0 || counts.size() < 2) return Status::invalid("counts", "two counts");
  const double outputs = static_cast<double>(resampler.max_outputs(static_cast<size_t>(n)));
  if (outputs > INT32_MAX) return Status::invalid("x", "fewer samples at once");
  counts[0] = static_cast<int32_t>(outputs);
  counts[1] = static_cast<int32_t>(resampler.reach());
  return {};
}

Status push(Resampler& resampler, In x, Out out, OutInt counts) {
  // Nothing comes of no samples.
  if (!x.empty() && out.size() < resampler.max_outputs(x.size()))
    return Status::invalid("out", "room for the result");
  if (counts.empty()) return Status::invalid("counts", "room for a count");
  if (Status finite = check_finite("x", x); !finite.ok()) return finite;
  counts[0] = static_cast<int32_t>(resampler.push(x, out.data()));
  return {};
}

Status finish(Resampler& resampler, Out out, OutInt counts) {
  if (out.size() < resampler.max_outputs(0)) return Status::invalid("out", "room for the result");
  if (counts.empty()) return Status::invalid("counts", "room for a count");
  counts[0] = static_cast<int32_t>(resampler.finish(out.data()));
  return {};
}

Status reset(Resampler& resampler) {
  resampler.reset();
  return {};
}

const Registration registration([](Exports& exports) {
  exports.function<&resample>("resample");
  exports.constructor<&resampler>("resampler");
  exports.method<&limits>("resamplerLimits");
  exports.method<&push>("resamplerPush");
  exports.method<&finish>("resamplerFinish");
  exports.method<&reset>("resamplerReset");
});

}  // namespace

}  // namespace cochlea::binding
