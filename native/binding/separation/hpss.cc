#include "core/separation/hpss.h"

#include "binding/runtime/exports.h"
#include "binding/separation/separation.h"
#include "binding/spectrum/frames.h"
#include "core/runtime/blocks.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {
namespace {

Status check_not_negative(const Task& task, const char* argument, In x) {
  if (const Status finite = check_finite(argument, x, task); !finite.ok()) return finite;
  bool negative = false;
  in_blocks(task, x.size(), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) negative |= x[i] < 0;
  });
  return negative ? Status::invalid(argument, "no negative value") : Status{};
}

Status softmask(const Task& task, In x, In reference, double power, bool split_zeros, Out mask) {
  if (reference.size() != x.size() || mask.size() != x.size())
    return Status::invalid("Xref", "a matrix of the shape of X");
  if (!(power > 0)) return Status::invalid("power", "a number > 0");
  if (const Status status = check_not_negative(task, "X.data", x); !status.ok()) return status;
  if (const Status status = check_not_negative(task, "Xref.data", reference); !status.ok())
    return status;
  return cochlea::softmask(task, x, reference, power, split_zeros, mask);
}

Status hpss_spectrogram(const Task& task, In re, In im, int32_t bins, int32_t frames,
                        const SeparationParameters& parameters, bool masks, Out harmonic_re,
                        Out harmonic_im, Out percussive_re, Out percussive_im, Out residual_re,
                        Out residual_im) {
  if (const Status status = parameters.valid(); !status.ok()) return status;
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
    if (const Status finite = check_finite("S.re", re, task); !finite.ok()) return finite;
    if (const Status finite = check_finite("S.im", im, task); !finite.ok()) return finite;
  } else if (const Status status = check_not_negative(task, "S.data", re); !status.ok()) {
    return status;
  }
  return cochlea::separate(task, re, im, static_cast<size_t>(bins), static_cast<size_t>(frames),
                           parameters.separation(), masks ? Output::masks : Output::components,
                           {harmonic_re, harmonic_im}, {percussive_re, percussive_im},
                           {residual_re, residual_im});
}

// Empty `harmonic` or `percussive`: not wanted.
Status hpss(const Task& task, In y, const FrameParameters& frames,
            const SeparationParameters& parameters, Out harmonic, Out percussive) {
  if (const Status status = parameters.valid(); !status.ok()) return status;
  for (const Out out : {harmonic, percussive}) {
    if (!out.empty() && out.size() != y.size())
      return Status::invalid("out", "as many samples as the signal");
  }
  if (y.empty()) return {};
  const Framed in = read_frames(y, frames);
  if (!in.status.ok()) return in.status;
  if (in.frames->count() == 0) return Status::invalid("y", "at least one frame");
  return cochlea::separate(task, *in.frames, in.window, parameters.separation(), harmonic,
                           percussive);
}

const Registration registration([](Exports& exports) {
  exports.function<&softmask>("softmask");
  exports.function<&hpss_spectrogram>("hpssSpectrogram");
  exports.function<&hpss>("hpss");
});

}  // namespace

}  // namespace cochlea::binding
