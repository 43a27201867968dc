// Sample rate conversion of a whole signal by its spectrum.
#include <algorithm>

#include "core/runtime/blocks.h"
#include "core/signal/resample.h"
#include "core/spectrum/fft.h"

namespace cochlea {

Status resample_fft(const Task& task, std::span<const float> y, double gain, std::span<float> out) {
  if (y.size() == out.size()) {
    for (size_t i = 0; i < y.size(); ++i) out[i] = static_cast<float>(y[i] * gain);
    return {};
  }
  const auto before = RealFft::get(y.size(), task), after = RealFft::get(out.size(), task);
  if (before == nullptr || after == nullptr) return Status::cancelled();
  const size_t bins = std::max(before->bins(), after->bins());
  Aligned<float> re(bins), im(bins);
  Aligned<float> scratch(std::max(before->scratch_size(), after->scratch_size()));
  before->forward(y.data(), re.data(), im.data(), scratch.data(), task);
  in_blocks(task, bins - before->bins(), [&](size_t begin, size_t end) {
    std::fill(re.begin() + before->bins() + begin, re.begin() + before->bins() + end, 0.0f);
    std::fill(im.begin() + before->bins() + begin, im.begin() + before->bins() + end, 0.0f);
  });
  if (task.cancelled()) return Status::cancelled();
  const size_t shorter = std::min(y.size(), out.size());
  if (shorter % 2 == 0) {
    // The shorter length's Nyquist bin stands for two bins of the longer one.
    const float share = out.size() < y.size() ? 2.0f : 0.5f;
    re[shorter / 2] *= share;
    im[shorter / 2] *= share;
  }
  const double scale = gain * static_cast<double>(out.size()) / static_cast<double>(y.size());
  in_blocks(task, shorter / 2 + 1, [&](size_t begin, size_t end) {
    for (size_t k = begin; k < end; ++k) {
      re[k] = static_cast<float>(re[k] * scale);
      im[k] = static_cast<float>(im[k] * scale);
    }
  });
  after->inverse(re.data(), im.data(), out.data(), scratch.data(), task);
  return task.cancelled() ? Status::cancelled() : Status{};
}

}  // namespace cochlea
