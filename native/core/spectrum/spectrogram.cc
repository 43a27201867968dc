#include "core/spectrum/spectrogram.h"

#include "core/spectrum/double_stft.h"
#include "core/spectrum/spectrum.h"
#include "core/spectrum/stft.h"

namespace cochlea {
namespace {

std::unique_ptr<ColumnSource> transform(const Frames& frames, std::shared_ptr<const Window> window,
                                        Spectrogram::Precision precision, const Task& task) {
  if (precision == Spectrogram::Precision::double_)
    return std::make_unique<DoubleStft>(frames, std::move(window), task);
  return std::make_unique<Stft>(frames, std::move(window), task);
}

}  // namespace

Spectrogram::Spectrogram(const Frames& frames, std::shared_ptr<const Window> window, double power,
                         Precision precision, const Task& task)
    : frames_(frames),
      stft_(transform(frames_, std::move(window), precision, task)),
      power_(power) {}

void Spectrogram::read(size_t t, size_t columns, float* re, float*, size_t stride) {
  const size_t bins = shape().rows;
  if (im_.size() < bins * stride) im_ = Aligned<float>(bins * stride, 0.0f);
  stft_->read(t, columns, re, im_.data(), stride);
  if (stride == FFT_TILE) {
    magnitude_power(re, im_.data(), bins * FFT_TILE, power_, re);
    return;
  }
  for (size_t i = 0; i < bins * stride; i += stride)
    magnitude_power(re + i, im_.data() + i, columns, power_, re + i);
}

}  // namespace cochlea
