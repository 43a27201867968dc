#include "binding/spectrum/frames.h"

#include "core/runtime/finite.h"

namespace cochlea::binding {

Windowed read_window(const FrameParameters& parameters) {
  const auto& [shape, parameter, values] = parameters.window;
  if (parameters.n_fft < 1 || parameters.n_fft > LONGEST_FRAME)
    return {Status::invalid("nFft", "an integer from 1 to 2^20"), nullptr};
  if (parameters.hop_length < 1) return {Status::invalid("hopLength", "an integer >= 1"), nullptr};
  if (parameters.win_length < 1 || parameters.win_length > parameters.n_fft)
    return {Status::invalid("winLength", "an integer from 1 to nFft"), nullptr};
  const size_t length = static_cast<size_t>(parameters.win_length);
  if (shape == WindowShape::custom && values.size() != length)
    return {Status::invalid("window", "winLength values"), nullptr};
  return {{}, Window::get(shape, parameter, values, length, parameters.length())};
}

Status check_padding(In y, std::optional<PadMode> mode) {
  if (y.empty() && mode && *mode != PadMode::constant)
    return Status::invalid("y", "at least one sample to pad from");
  return {};
}

Framed read_frames(In y, const FrameParameters& parameters) {
  const Windowed windowed = read_window(parameters);
  if (!windowed.status.ok()) return {windowed.status, nullptr, {}};
  if (const Status status = check_padding(y, parameters.pad_mode); !status.ok())
    return {status, nullptr, {}};
  if (const Status finite = check_finite("y", y); !finite.ok()) return {finite, nullptr, {}};
  return {{},
          windowed.window,
          Frames(y, parameters.length(), parameters.hop(),
                 parameters.pad_mode.value_or(PadMode::none))};
}

}  // namespace cochlea::binding
