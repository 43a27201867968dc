// Window functions, as scipy.signal.get_window makes them: periodic (for a transform of n values
// the window is one of n + 1 without its last), computed in double.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/runtime/aligned.h"

namespace cochlea {

// JavaScript names them by the words of binding/spectrum/frames.h.
enum class WindowShape : int {
  hann,
  hamming,
  blackman,
  blackmanharris,
  bartlett,
  kaiser,    // parameter: beta
  gaussian,  // parameter: standard deviation in samples
  ones,
  custom,  // the values are given
};
inline constexpr int WINDOW_SHAPES = 9;

// The terms of a window that is a sum of cosines, a[j] of cos(2 pi j n / length); none of others.
std::span<const double> cosine_terms(WindowShape shape);

// Value n of a window of `length` values; not for WindowShape::custom.
double window_value(WindowShape shape, double parameter, size_t n, size_t length);

// A window of `length` values, centred in `size` >= length values of which the others are 0.
struct Window {
  Aligned<double> exact;
  Aligned<float> values;
  size_t bytes() const { return exact.size() * sizeof(double) + values.size() * sizeof(float); }

  // `custom` has `length` values for WindowShape::custom and is not looked at otherwise. length
  // >= 1.
  static std::shared_ptr<const Window> get(WindowShape shape, double parameter,
                                           std::span<const float> custom, size_t length,
                                           size_t size);
};

}  // namespace cochlea
