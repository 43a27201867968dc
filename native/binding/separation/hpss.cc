#include "core/separation/hpss.h"

#include <cmath>

#include "binding/runtime/exports.h"
#include "binding/spectrum/window.h"
#include "core/runtime/finite.h"
#include "core/separation/hpss_stream.h"

namespace cochlea::binding {
namespace {

Status read_separation(int32_t harmonic_size, int32_t percussive_size, double power,
                       double harmonic_margin, double percussive_margin, Separation& out) {
  if (harmonic_size < 1 || percussive_size < 1)
    return Status::invalid("kernelSize", "integers >= 1");
  if (!(power > 0)) return Status::invalid("power", "a number > 0");
  if (!(harmonic_margin >= 1) || !(percussive_margin >= 1))
    return Status::invalid("margin", "numbers >= 1");
  out = {.harmonic_size = static_cast<size_t>(harmonic_size),
         .percussive_size = static_cast<size_t>(percussive_size),
         .power = power,
         .harmonic_margin = harmonic_margin,
         .percussive_margin = percussive_margin};
  return {};
}

Status check_not_negative(const char* argument, In x) {
  if (const Status finite = check_finite(argument, x); !finite.ok()) return finite;
  for (const float value : x) {
    if (value < 0) return Status::invalid(argument, "no negative value");
  }
  return {};
}

Status softmask(const Task& task, In x, In reference, double power, bool split_zeros, Out mask) {
  if (reference.size() != x.size() || mask.size() != x.size())
    return Status::invalid("Xref", "a matrix of the shape of X");
  if (!(power > 0)) return Status::invalid("power", "a number > 0");
  if (const Status status = check_not_negative("X.data", x); !status.ok()) return status;
  if (const Status status = check_not_negative("Xref.data", reference); !status.ok()) return status;
  return cochlea::softmask(task, x, reference, power, split_zeros, mask);
}

Status hpss_spectrogram(const Task& task, In re, In im, int32_t bins, int32_t frames,
                        int32_t harmonic_size, int32_t percussive_size, double power,
                        double harmonic_margin, double percussive_margin, bool masks,
                        Out harmonic_re, Out harmonic_im, Out percussive_re, Out percussive_im,
                        Out residual_re, Out residual_im) {
  Separation separation;
  if (const Status status = read_separation(harmonic_size, percussive_size, power, harmonic_margin,
                                            percussive_margin, separation);
      !status.ok())
    return status;
  if (bins < 0 || frames < 0) return Status::invalid("S", "a matrix of bins x frames");
  const size_t size = static_cast<size_t>(bins) * static_cast<size_t>(frames);
  const bool complex = !im.empty();
  const size_t imaginary = complex && !masks ? size : 0;
  if (re.size() != size || (complex && im.size() != size) || harmonic_re.size() != size ||
      percussive_re.size() != size || harmonic_im.size() != imaginary ||
      percussive_im.size() != imaginary || (!residual_re.empty() && residual_re.size() != size) ||
      residual_im.size() != (residual_re.empty() ? 0 : imaginary))
    return Status::invalid("S", "planes of bins x frames values");
  if (complex) {
    if (const Status finite = check_finite("S.re", re); !finite.ok()) return finite;
    if (const Status finite = check_finite("S.im", im); !finite.ok()) return finite;
  } else if (const Status status = check_not_negative("S.data", re); !status.ok()) {
    return status;
  }
  return cochlea::separate(task, re, im, static_cast<size_t>(bins), static_cast<size_t>(frames),
                           separation, masks ? Output::masks : Output::components,
                           {harmonic_re, harmonic_im}, {percussive_re, percussive_im},
                           {residual_re, residual_im});
}

// Empty `harmonic` or `percussive`: not wanted.
Status hpss(const Task& task, In y, int32_t n_fft, int32_t hop_length, int32_t window_shape,
            double window_parameter, In window_values, int32_t win_length, int32_t pad_mode,
            int32_t harmonic_size, int32_t percussive_size, double power, double harmonic_margin,
            double percussive_margin, Out harmonic, Out percussive) {
  Separation separation;
  if (const Status status = read_separation(harmonic_size, percussive_size, power, harmonic_margin,
                                            percussive_margin, separation);
      !status.ok())
    return status;
  const auto window = read_window(window_shape, window_parameter, window_values, win_length, n_fft);
  if (window == nullptr) return Status::invalid("window", "a window that fits nFft");
  if (hop_length < 1) return Status::invalid("hopLength", "an integer >= 1");
  if (pad_mode < -1 || pad_mode >= PAD_MODES)
    return Status::invalid("padMode", "a known padding mode");
  for (const Out out : {harmonic, percussive}) {
    if (!out.empty() && out.size() != y.size())
      return Status::invalid("out", "as many samples as the signal");
  }
  if (y.empty()) return {};
  if (const Status finite = check_finite("y", y); !finite.ok()) return finite;
  const Frames frames(y, static_cast<size_t>(n_fft), static_cast<size_t>(hop_length),
                      static_cast<PadMode>(pad_mode));
  if (frames.count() == 0) return Status::invalid("y", "at least one frame");
  return cochlea::separate(task, frames, window, separation, harmonic, percussive);
}

Made<HpssStream> hpss_stream(int32_t n_fft, int32_t hop_length, int32_t window_shape,
                             double window_parameter, In window_values, int32_t win_length,
                             int32_t harmonic_size, int32_t percussive_size, double power,
                             double harmonic_margin, double percussive_margin) {
  Separation separation;
  if (const Status status = read_separation(harmonic_size, percussive_size, power, harmonic_margin,
                                            percussive_margin, separation);
      !status.ok())
    return {status, nullptr};
  const auto window = read_window(window_shape, window_parameter, window_values, win_length, n_fft);
  if (window == nullptr) return {Status::invalid("window", "a window that fits nFft"), nullptr};
  if (hop_length < 1 || hop_length > n_fft)
    return {Status::invalid("hopLength", "an integer >= 1 and <= nFft"), nullptr};
  return {{},
          std::make_unique<HpssStream>(static_cast<size_t>(n_fft), static_cast<size_t>(hop_length),
                                       window, separation)};
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
  exports.function<&softmask>("softmask");
  exports.function<&hpss_spectrogram>("hpssSpectrogram");
  exports.function<&hpss>("hpss");
  exports.constructor<&hpss_stream>("hpssStream");
  exports.method<&hpss_latency>("hpssStreamLatency");
  exports.method<&hpss_process>("hpssStreamProcess");
  exports.method<&hpss_reset>("hpssStreamReset");
});

}  // namespace

}  // namespace cochlea::binding
