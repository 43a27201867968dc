#include "core/spectrum/spectrum.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/runtime/blocks.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

// All the work of a call: block(start, count) over [0, size).
template <class Block>
Status elementwise(const Task& task, size_t size, Block&& block) {
  in_blocks(task, size, [&](size_t begin, size_t end) {
    block(begin, end - begin);
    task.progress(end, size);
  });
  return task.cancelled() ? Status::cancelled() : Status{};
}

void raise_magnitude(double power, std::span<float> values) {
  if (power == 1) return;
  for (float& value : values) value = static_cast<float>(std::pow(double{value}, power));
}

}  // namespace

void magnitude_power(const float* re, const float* im, size_t n, double power, float* out) {
  const kernels::Table& kernel = kernels::active();
  if (power == 2) {
    kernel.power_spectrum(re, im, n, out);
  } else {
    kernel.magnitude(re, im, n, out);
    raise_magnitude(power, {out, n});
  }
}

Status magnitude(const Task& task, std::span<const float> re, std::span<const float> im,
                 double power, std::span<float> out) {
  return elementwise(task, re.size(), [&](size_t i, size_t n) {
    magnitude_power(re.data() + i, im.data() + i, n, power, out.data() + i);
  });
}

Status phase(const Task& task, std::span<const float> re, std::span<const float> im,
             std::span<float> out) {
  return elementwise(task, re.size(), [&](size_t i, size_t n) {
    kernels::active().phase(re.data() + i, im.data() + i, n, out.data() + i);
  });
}

Status magphase(const Task& task, std::span<const float> re, std::span<const float> im,
                double power, std::span<float> magnitude, std::span<float> cosine,
                std::span<float> sine) {
  return elementwise(task, re.size(), [&](size_t start, size_t n) {
    kernels::active().magnitude(re.data() + start, im.data() + start, n, magnitude.data() + start);
    for (size_t i = start; i < start + n; ++i) {
      const bool zero = magnitude[i] == 0;
      const float divisor = zero ? 1 : magnitude[i];
      cosine[i] = zero ? 1 : re[i] / divisor;
      sine[i] = im[i] / divisor;
    }
    raise_magnitude(power, magnitude.subspan(start, n));
  });
}

Status decibels(const Task& task, std::span<const float> x, double scale,
                std::optional<double> reference, double amin, std::optional<double> top_db,
                std::span<float> out) {
  const kernels::Table& kernel = kernels::active();
  float offset = static_cast<float>(scale * std::log10(std::max(amin, reference.value_or(0))));
  if (!reference) {
    float largest = 0;
    for (const float value : x) largest = std::max(largest, std::abs(value));
    // By the kernel, so that the largest value comes out as exactly 0 dB.
    kernel.decibels(&largest, 1, static_cast<float>(scale), static_cast<float>(amin), 0, &offset);
  }
  float top = -std::numeric_limits<float>::infinity();
  const Status status = elementwise(task, x.size(), [&](size_t i, size_t n) {
    top = std::max(top, kernel.decibels(x.data() + i, n, static_cast<float>(scale),
                                        static_cast<float>(amin), offset, out.data() + i));
  });
  if (!status.ok() || !top_db) return status;
  return elementwise(task, x.size(), [&](size_t i, size_t n) {
    kernel.raise_to(top - static_cast<float>(*top_db), n, out.data() + i);
  });
}

}  // namespace cochlea
