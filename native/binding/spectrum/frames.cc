#include "binding/spectrum/frames.h"

#include "core/runtime/finite.h"

namespace cochlea::binding {

namespace {

// Sixteen frames are transformed at once; as in lib/spectrum/stft.ts.
constexpr int32_t LONGEST = 1 << 20;

}  // namespace

Windowed read_window(const FrameParameters& parameters) {
  const auto& [shape, parameter, values] = parameters.window;
  if (parameters.n_fft < 1 || parameters.n_fft > LONGEST)
    return {Status::invalid("nFft", "an integer from 1 to 2^20"), nullptr};
  if (parameters.hop_length < 1) return {Status::invalid("hopLength", "an integer >= 1"), nullptr};
  if (parameters.win_length < 1 || parameters.win_length > parameters.n_fft)
    return {Status::invalid("winLength", "an integer from 1 to nFft"), nullptr};
  const size_t length = static_cast<size_t>(parameters.win_length);
  if (shape == WindowShape::custom && values.size() != length)
    return {Status::invalid("window", "winLength values"), nullptr};
  return {{}, Window::get(shape, parameter, values, length, parameters.length())};
}

GivenMatrix read_matrix(In S, int32_t rows, int32_t least_rows) {
  if (rows < least_rows || S.size() % static_cast<size_t>(rows) != 0)
    return {Status::invalid("S", "a matrix of whole rows, and enough of them"), {}};
  if (Status status = check_finite("S.data", S); !status.ok()) return {status, {}};
  const size_t bins = static_cast<size_t>(rows);
  return {{}, MatrixSource(S, bins, S.size() / bins)};
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
