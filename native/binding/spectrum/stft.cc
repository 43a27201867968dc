#include "core/spectrum/stft.h"

#include "binding/runtime/exports.h"
#include "binding/spectrum/frames.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {

namespace {

Status stft(const Task& task, In y, const FrameParameters& parameters, Out re, Out im) {
  const Framed in = read_frames(y, parameters);
  if (!in.status.ok()) return in.status;
  const size_t size = parameters.bins() * in.frames->count();
  if (re.size() != size || im.size() != size)
    return Status::invalid("out", "planes of bins x frames values");
  return cochlea::stft(task, *in.frames, in.window, re, im);
}

Status istft(const Task& task, In re, In im, int32_t columns, int32_t frames,
             const FrameParameters& parameters, Out y) {
  const Windowed in = read_window(parameters);
  if (!in.status.ok()) return in.status;
  if (columns < 0 || frames < 0 || frames > columns)
    return Status::invalid("frames", "no more frames than columns");
  const size_t size = parameters.bins() * static_cast<size_t>(columns);
  if (re.size() != size || im.size() != size)
    return Status::invalid("D", "planes of bins x frames values");
  if (const Status finite = check_finite("D.re", re); !finite.ok()) return finite;
  if (const Status finite = check_finite("D.im", im); !finite.ok()) return finite;
  return cochlea::istft(task, re, im, static_cast<size_t>(columns), static_cast<size_t>(frames),
                        parameters.length(), parameters.hop(), parameters.pad_mode.has_value(),
                        in.window, y);
}

const Registration registration([](Exports& exports) {
  exports.function<&stft>("stft");
  exports.function<&istft>("istft");
});

}  // namespace

}  // namespace cochlea::binding
