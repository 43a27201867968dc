// How a signal is cut into frames, as JavaScript describes it, and the core objects of that.
#pragma once

#include <memory>

#include "binding/runtime/group.h"
#include "core/runtime/status.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/window.h"

namespace cochlea::binding {

template <>
struct Words<WindowShape> {
  static constexpr const char* LIST[] = {"hann",           "hamming",  "blackman",
                                         "blackmanharris", "bartlett", "kaiser",
                                         "gaussian",       "ones",     "custom"};
};
static_assert(std::size(Words<WindowShape>::LIST) == WINDOW_SHAPES);

template <>
struct Words<PadMode> {
  static constexpr const char* LIST[] = {"constant", "edge", "reflect", "symmetric", "linear_ramp"};
};
static_assert(std::size(Words<PadMode>::LIST) == PAD_MODES);

// Sixteen frames are transformed at once; as in lib/spectrum/stft.ts.
inline constexpr int32_t LONGEST_FRAME = 1 << 20;

struct WindowParameters {
  WindowShape shape;
  double parameter;
  In values;  // of a custom window

  static constexpr const char* NAME = "WindowParameters";
  static constexpr auto fields() {
    return std::tuple(Field("shape", &WindowParameters::shape),
                      Field("parameter", &WindowParameters::parameter),
                      Field("values", &WindowParameters::values));
  }
};

struct FrameParameters {
  int32_t n_fft;
  int32_t hop_length;
  int32_t win_length;
  WindowParameters window;
  std::optional<PadMode> pad_mode;  // none: frames are not centred

  static constexpr const char* NAME = "FrameParameters";
  static constexpr auto fields() {
    return std::tuple(
        Field("nFft", &FrameParameters::n_fft), Field("hopLength", &FrameParameters::hop_length),
        Field("winLength", &FrameParameters::win_length), Field("window", &FrameParameters::window),
        Field("padMode", &FrameParameters::pad_mode));
  }

  size_t length() const { return static_cast<size_t>(n_fft); }
  size_t bins() const { return length() / 2 + 1; }
  size_t hop() const { return static_cast<size_t>(hop_length); }
};

// What is wrong with frames, or their window.
struct Windowed {
  Status status;
  std::shared_ptr<const Window> window;
};
Windowed read_window(const FrameParameters& parameters);

// What is wrong with frames of y, or these and their window. The samples are looked at too.
struct Framed {
  Status status;
  std::shared_ptr<const Window> window;
  std::optional<Frames> frames;
};
Framed read_frames(In y, const FrameParameters& parameters);

// Whether a signal of so many samples can be continued at its ends.
Status check_padding(In y, std::optional<PadMode> mode);

}  // namespace cochlea::binding
