#include "core/spectrum/stft.h"

#include "binding/runtime/exports.h"
#include "binding/spectrum/window.h"
#include "core/runtime/finite.h"
#include "kernels/dispatch.h"

namespace cochlea::binding {

std::shared_ptr<const Window> read_window(int32_t shape, double parameter, In custom,
                                          int32_t length, int32_t n_fft) {
  if (shape < 0 || shape >= WINDOW_SHAPES || length < 1 || length > n_fft) return nullptr;
  const auto which = static_cast<WindowShape>(shape);
  if (which == WindowShape::custom && custom.size() != static_cast<size_t>(length)) return nullptr;
  return Window::get(which, parameter, custom, static_cast<size_t>(length),
                     static_cast<size_t>(n_fft));
}

namespace {

Status stft(const Task& task, In y, int32_t n_fft, int32_t hop_length, int32_t window_shape,
            double window_parameter, In window_values, int32_t win_length, int32_t pad_mode, Out re,
            Out im) {
  const auto window = read_window(window_shape, window_parameter, window_values, win_length, n_fft);
  if (window == nullptr) return Status::invalid("window", "a window that fits nFft");
  if (hop_length < 1) return Status::invalid("hopLength", "an integer >= 1");
  if (pad_mode < -1 || pad_mode >= PAD_MODES)
    return Status::invalid("padMode", "a known padding mode");
  const auto mode = static_cast<PadMode>(pad_mode);
  if (y.empty() && mode > PadMode::constant)
    return Status::invalid("y", "at least one sample to pad from");
  const Frames frames(y, static_cast<size_t>(n_fft), static_cast<size_t>(hop_length), mode);
  const size_t size = (static_cast<size_t>(n_fft) / 2 + 1) * frames.count();
  if (re.size() != size || im.size() != size)
    return Status::invalid("out", "planes of bins x frames values");
  if (const Status finite = check_finite("y", y); !finite.ok()) return finite;
  return cochlea::stft(task, frames, window, re, im);
}

Status istft(const Task& task, In re, In im, int32_t columns, int32_t frames, int32_t n_fft,
             int32_t hop_length, int32_t window_shape, double window_parameter, In window_values,
             int32_t win_length, bool center, Out y) {
  const auto window = read_window(window_shape, window_parameter, window_values, win_length, n_fft);
  if (window == nullptr) return Status::invalid("window", "a window that fits nFft");
  if (hop_length < 1) return Status::invalid("hopLength", "an integer >= 1");
  if (columns < 0 || frames < 0 || frames > columns)
    return Status::invalid("frames", "no more frames than columns");
  const size_t size = (static_cast<size_t>(n_fft) / 2 + 1) * static_cast<size_t>(columns);
  if (re.size() != size || im.size() != size)
    return Status::invalid("D", "planes of bins x frames values");
  if (const Status finite = check_finite("D.re", re); !finite.ok()) return finite;
  if (const Status finite = check_finite("D.im", im); !finite.ok()) return finite;
  return cochlea::istft(task, re, im, static_cast<size_t>(columns), static_cast<size_t>(frames),
                        static_cast<size_t>(n_fft), static_cast<size_t>(hop_length), center, window,
                        y);
}

const Registration registration([](Exports& exports) {
  exports.function<&stft>("stft");
  exports.function<&istft>("istft");
});

}  // namespace

}  // namespace cochlea::binding
