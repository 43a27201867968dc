#include "core/separation/hpss.h"

#include "binding/runtime/exports.h"
#include "binding/separation/separation.h"
#include "binding/spectrum/source.h"
#include "core/runtime/blocks.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {
namespace {

Status softmask(const Task& task, In x, In reference, double power, bool split_zeros, Out mask) {
  if (reference.size() != x.size() || mask.size() != x.size())
    return Status::invalid("Xref", "a matrix of the shape of X");
  if (!(power > 0)) return Status::invalid("power", "a number > 0");
  for (const auto& [name, values] : {std::pair("X.data", x), std::pair("Xref.data", reference)}) {
    if (const Status finite = check_finite(name, values, task); !finite.ok()) return finite;
    if (const Status status = check_not_negative(name, values, task); !status.ok()) return status;
  }
  return cochlea::softmask(task, x, reference, power, split_zeros, mask);
}

Status hpss_spectrogram(const Task& task, In re, In im, int32_t rows,
                        const SeparationParameters& parameters, bool masks, Out harmonic_re,
                        Out harmonic_im, Out percussive_re, Out percussive_im, Out residual_re,
                        Out residual_im) {
  if (const Status status = parameters.valid(); !status.ok()) return status;
  const GivenSource in = read_matrix(task, re, im, rows);
  if (!in.status.ok()) return in.status;
  const size_t size = re.size(), imaginary = in.source->complex() && !masks ? size : 0;
  if (harmonic_re.size() != size || percussive_re.size() != size ||
      harmonic_im.size() != imaginary || percussive_im.size() != imaginary ||
      (!residual_re.empty() && residual_re.size() != size) ||
      residual_im.size() != (residual_re.empty() ? 0 : imaginary))
    return Status::invalid("S", "planes of bins x frames values");
  if (!in.source->complex()) {
    if (const Status status = check_not_negative("S.data", re, task); !status.ok()) return status;
  }
  const Shape shape = in.source->shape();
  return cochlea::separate(task, re, im, shape.rows, shape.columns, parameters.separation(),
                           masks ? Output::masks : Output::components, {harmonic_re, harmonic_im},
                           {percussive_re, percussive_im}, {residual_re, residual_im});
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
