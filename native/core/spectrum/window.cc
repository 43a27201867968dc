#include "core/spectrum/window.h"

#include <cmath>
#include <numbers>
#include <tuple>

#include "core/runtime/plan_cache.h"
#include "core/spectrum/bessel.h"

namespace cochlea {

std::span<const double> cosine_terms(WindowShape shape) {
  static constexpr double ONES[] = {1}, HANN[] = {0.5, -0.5}, HAMMING[] = {0.54, -0.46},
                          BLACKMAN[] = {0.42, -0.5, 0.08},
                          BLACKMANHARRIS[] = {0.35875, -0.48829, 0.14128, -0.01168};
  switch (shape) {
    case WindowShape::ones:
      return ONES;
    case WindowShape::hann:
      return HANN;
    case WindowShape::hamming:
      return HAMMING;
    case WindowShape::blackman:
      return BLACKMAN;
    case WindowShape::blackmanharris:
      return BLACKMANHARRIS;
    default:
      return {};
  }
}

double window_value(WindowShape shape, double parameter, size_t n, size_t length) {
  if (length == 1) return 1;
  const double period = static_cast<double>(length);
  const double angle = 2 * std::numbers::pi * static_cast<double>(n) / period;
  const double from_centre = static_cast<double>(n) - period / 2;
  if (const auto terms = cosine_terms(shape); !terms.empty()) {
    double sum = terms[0];
    for (size_t j = 1; j < terms.size(); ++j)
      sum += terms[j] * std::cos(static_cast<double>(j) * angle);
    return sum;
  }
  switch (shape) {
    case WindowShape::bartlett:
      return 1 - std::abs(from_centre) / (period / 2);
    case WindowShape::kaiser: {
      const double r = from_centre / (period / 2);
      return bessel_i0(parameter * std::sqrt(std::fmax(0, 1 - r * r))) / bessel_i0(parameter);
    }
    case WindowShape::gaussian: {
      // The square of a tiny deviation would be 0.
      const double r = from_centre / parameter;
      return std::exp(-0.5 * r * r);
    }
    default:
      return 1;
  }
}

namespace {

std::shared_ptr<const Window> make(WindowShape shape, double parameter,
                                   std::span<const float> custom, size_t length, size_t size) {
  auto window = std::make_shared<Window>();
  window->exact = Aligned<double>(size, 0);
  window->values = Aligned<float>(size, 0);
  const size_t left = (size - length) / 2;
  for (size_t n = 0; n < length; ++n) {
    const double value = shape == WindowShape::custom ? double{custom[n]}
                                                      : window_value(shape, parameter, n, length);
    window->exact[left + n] = value;
    window->values[left + n] = static_cast<float>(value);
  }
  return window;
}

}  // namespace

std::shared_ptr<const Window> Window::get(WindowShape shape, double parameter,
                                          std::span<const float> custom, size_t length,
                                          size_t size) {
  if (shape == WindowShape::custom) return make(shape, parameter, custom, length, size);
  using Key = std::tuple<WindowShape, double, size_t, size_t>;
  static PlanCache<Key, Window>& cache = *new PlanCache<Key, Window>(16 << 20);
  return cache.get({shape, parameter, length, size},
                   [&] { return make(shape, parameter, custom, length, size); });
}

}  // namespace cochlea
