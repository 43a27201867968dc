#include "core/tonal/chroma.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "core/pitch/tuning.h"
#include "kernels/dispatch.h"

namespace cochlea {

void normalise_columns(float* data, size_t rows, size_t columns, double exponent) {
  if (std::isnan(exponent)) return;
  constexpr size_t BLOCK = 64;
  for (size_t t0 = 0; t0 < columns; t0 += BLOCK) {
    const size_t n = std::min(BLOCK, columns - t0);
    double norms[BLOCK] = {};
    for (size_t r = 0; r < rows; ++r) {
      const float* const row = data + r * columns + t0;
      for (size_t t = 0; t < n; ++t) {
        const double x = std::fabs(double{row[t]});
        if (std::isinf(exponent)) {
          norms[t] = x > norms[t] ? x : norms[t];
        } else if (exponent == 1) {
          norms[t] += x;
        } else if (exponent == 2) {
          norms[t] += x * x;
        } else {
          norms[t] += exponent == 0 ? (x > 0 ? 1 : 0) : std::pow(x, exponent);
        }
      }
    }
    for (size_t t = 0; t < n; ++t) {
      if (exponent == 2) norms[t] = std::sqrt(norms[t]);
      if (exponent != 0 && exponent != 1 && exponent != 2 && !std::isinf(exponent)) {
        norms[t] = std::pow(norms[t], 1 / exponent);
      }
      norms[t] = norms[t] < std::numeric_limits<float>::min() ? 1 : 1 / norms[t];
    }
    for (size_t r = 0; r < rows; ++r) {
      float* const row = data + r * columns + t0;
      for (size_t t = 0; t < n; ++t) row[t] = static_cast<float>(row[t] * norms[t]);
    }
  }
}

namespace {

// Chroma energy normalised statistics: a loudness scale of four steps, smoothed in time. Müller &
// Ewert, "Chroma toolbox", 2011.
void cens(const ChromaFinish& finish, float* chroma, size_t classes, size_t columns) {
  normalise_columns(chroma, classes, columns, 1);
  for (size_t i = 0; i < classes * columns; ++i) {
    const float x = chroma[i];
    chroma[i] = 0.25f * static_cast<float>((x > 0.4f) + (x > 0.2f) + (x > 0.1f) + (x > 0.05f));
  }
  if (finish.smoothing == 0) return;
  // A symmetric window of n values is a periodic one of n - 1, and its first again.
  const size_t n = finish.smoothing + 2, half = n / 2;
  const auto window = Window::get(finish.window, finish.window_parameter, {}, n - 1, n - 1);
  std::vector<double> weights(window->exact.begin(), window->exact.end());
  weights.push_back(weights.front());
  double sum = 0;
  for (const double w : weights) sum += w;
  std::vector<float> source(columns);
  std::vector<double> smooth(columns);
  for (size_t c = 0; c < classes; ++c) {
    float* const row = chroma + c * columns;
    std::copy_n(row, columns, source.data());
    std::fill(smooth.begin(), smooth.end(), 0.0);
    // out[t] = sum over i of weights[i] * source[t + half - i], as scipy centres it.
    for (size_t i = 0; i < n; ++i) {
      const double w = weights[i] / sum;
      const size_t from = i > half ? i - half : 0;
      const size_t ahead = i > half ? 0 : half - i;
      for (size_t t = from; t + ahead < columns; ++t) smooth[t] += w * source[t + half - i];
    }
    for (size_t t = 0; t < columns; ++t) row[t] = static_cast<float>(smooth[t]);
  }
}

// Six tonal centroids: fifths, minor and major thirds as points on circles. Harte, Sandler & Gasser,
// "Detecting harmonic change in musical audio", 2006.
void tonnetz(float* chroma, size_t classes, size_t columns, float* out) {
  normalise_columns(chroma, classes, columns, 1);
  constexpr double STEPS[3] = {7.0 / 6, 3.0 / 2, 2.0 / 3}, RADII[3] = {1, 1, 0.5};
  std::vector<float> weights(6 * classes);
  for (size_t row = 0; row < 6; ++row) {
    for (size_t c = 0; c < classes; ++c) {
      const double place = 12.0 * static_cast<double>(c) / static_cast<double>(classes);
      const double turn = STEPS[row / 2] * place - (row % 2 == 0 ? 0.5 : 0);
      weights[row * classes + c] =
          static_cast<float>(RADII[row / 2] * std::cos(std::numbers::pi * turn));
    }
  }
  kernels::active().gemm(weights.data(), classes, chroma, columns, out, columns, 6, columns,
                         classes, false);
}

// sums: [classes][columns], destroyed.
void finish_chroma(const ChromaFinish& finish, float* sums, size_t classes, size_t columns,
                   float* out) {
  const size_t size = classes * columns;
  if (!std::isnan(finish.threshold)) {
    for (size_t i = 0; i < size; ++i) sums[i] = sums[i] < finish.threshold ? 0 : sums[i];
  }
  switch (finish.stage) {
    case ChromaFinish::Stage::cens:
      cens(finish, sums, classes, columns);
      [[fallthrough]];
    case ChromaFinish::Stage::chroma:
      normalise_columns(sums, classes, columns, finish.norm);
      if (out != sums) std::copy_n(sums, size, out);
      break;
    case ChromaFinish::Stage::tonnetz:
      normalise_columns(sums, classes, columns, finish.norm);
      tonnetz(sums, classes, columns, out);
      break;
  }
}

}  // namespace

Status chroma_of_cqt(const Task& task, std::span<const float> y, const ConstantQ& filters,
                     const CqtSpec& spec, CqtMode mode, size_t columns,
                     const ChromaWeights& weights, const ChromaFinish& finish,
                     std::span<float> out) {
  const size_t bins = weights.bins();
  Aligned<float> sums(weights.classes * columns, 0);
  const Status status = magnitude_tiles(
      task, y, filters, spec, mode, columns,
      [&](const float* magnitudes, size_t stride, size_t row, size_t rows, size_t t, size_t n) {
        kernels::active().gemm(weights.values.data() + row, bins, magnitudes, stride,
                               sums.data() + t, columns, weights.classes, n, rows, true);
      });
  if (!status.ok()) return status;
  finish_chroma(finish, sums.data(), weights.classes, columns, out.data());
  return {};
}

Status chroma_of_matrix(const Task&, std::span<const float> magnitudes, size_t columns,
                        const ChromaWeights& weights, const ChromaFinish& finish,
                        std::span<float> out) {
  const size_t bins = weights.bins();
  Aligned<float> sums(weights.classes * columns);
  kernels::active().gemm(weights.values.data(), bins, magnitudes.data(), columns, sums.data(),
                         columns, weights.classes, columns, bins, false);
  finish_chroma(finish, sums.data(), weights.classes, columns, out.data());
  return {};
}

void chroma_filter(const ChromaFilter& f, float* out) {
  const size_t bins = 1 + f.n_fft / 2, classes = f.classes;
  const double n = static_cast<double>(classes);
  const double a0 = 440.0 * std::exp2(f.tuning / n) / 16;
  // Position of each bin on the scale of classes; the first bin's is made up.
  std::vector<double> place(f.n_fft + 1);
  for (size_t k = 1; k < f.n_fft; ++k) {
    const double frequency = f.sample_rate * static_cast<double>(k) / static_cast<double>(f.n_fft);
    place[k] = n * std::log2(frequency / a0);
  }
  if (f.n_fft > 1) place[0] = place[1] - 1.5 * n;
  const double half = std::nearbyint(n / 2);
  const size_t shift = f.base_c ? 3 * (classes / 12) : 0;
  std::vector<double> column(classes);
  for (size_t k = 0; k < bins; ++k) {
    const double width = k + 1 < f.n_fft ? std::fmax(place[k + 1] - place[k], 1.0) : 1.0;
    double largest = 0, sum = 0;
    for (size_t c = 0; c < classes; ++c) {
      const double d = place[k] - static_cast<double>(c) + half + 10 * n;
      const double distance = d - n * std::floor(d / n) - half;
      column[c] = std::exp(-0.5 * std::pow(2 * distance / width, 2));
      largest = std::fmax(largest, column[c]);
      sum += std::isinf(f.norm) || std::isnan(f.norm) ? 0
             : f.norm == 0                            ? (column[c] > 0 ? 1 : 0)
                                                      : std::pow(column[c], f.norm);
    }
    double norm = std::isnan(f.norm)   ? 1
                  : std::isinf(f.norm) ? largest
                  : f.norm == 0        ? sum
                                       : std::pow(sum, 1 / f.norm);
    if (norm < std::numeric_limits<double>::min()) norm = 1;
    const double octave = place[k] / n - f.centre_octave;
    const double weight =
        std::isnan(f.octave_width) ? 1 : std::exp(-0.5 * std::pow(octave / f.octave_width, 2));
    for (size_t c = 0; c < classes; ++c) {
      const size_t row = (c + classes - shift % classes) % classes;
      out[row * bins + k] = static_cast<float>(column[c] / norm * weight);
    }
  }
}

namespace {

// |stft|^2, which is what librosa looks for peaks in here. Of those that are read twice, the first
// ones are kept: up to 16 MB, a minute and a half at the defaults.
class SignalPower final : public Magnitudes {
 public:
  SignalPower(const Frames& frames, std::shared_ptr<const Window> window, bool twice)
      : analysis_(frames, std::move(window)),
        size_(analysis_.bins() * FFT_TILE),
        kept_(twice ? std::min((frames.count() + FFT_TILE - 1) / FFT_TILE,
                               (size_t{16} << 20) / (size_ * sizeof(float)))
                    : 0),
        powers_((kept_ + 1) * size_),
        im_(size_) {}
  size_t bins() const override { return analysis_.bins(); }
  size_t frames() const override { return analysis_.frames(); }
  const float* tile(size_t t, size_t lanes) override {
    const size_t index = std::min(t / FFT_TILE, kept_);
    float* const power = powers_.data() + index * size_;
    if (index < known_) return power;
    if (index < kept_) known_ = index + 1;
    analysis_.tile(t, lanes, power, im_.data(), FFT_TILE);
    kernels::active().power_spectrum(power, im_.data(), size_, power);
    return power;
  }

 private:
  Analysis analysis_;
  const size_t size_, kept_;
  size_t known_ = 0;  // tiles that are kept and have been made, in order
  Aligned<float> powers_, im_;
};

Status tune(const Task& task, Magnitudes& power, ChromaFilter* filter) {
  if (!std::isnan(filter->tuning)) return {};
  return estimate_tuning(task, power, {.sample_rate = filter->sample_rate, .n_fft = filter->n_fft},
                         0.01, filter->classes, &filter->tuning);
}

}  // namespace

Status chroma_of_spectrogram(const Task& task, const Frames& frames,
                             std::shared_ptr<const Window> window, ChromaFilter filter, double norm,
                             std::span<float> out) {
  SignalPower power(frames, std::move(window), std::isnan(filter.tuning));
  if (Status status = tune(task, power, &filter); !status.ok()) return status;
  const size_t bins = power.bins(), columns = power.frames();
  Aligned<float> weights(filter.classes * bins);
  chroma_filter(filter, weights.data());
  for (size_t t = 0; t < columns; t += FFT_TILE) {
    if (task.cancelled()) return Status::cancelled();
    const size_t lanes = std::min(FFT_TILE, columns - t);
    const float* const tile = power.tile(t, lanes);
    kernels::active().gemm(weights.data(), bins, tile, FFT_TILE, out.data() + t, columns,
                           filter.classes, lanes, bins, false);
    task.progress(static_cast<double>(t) / static_cast<double>(columns));
  }
  normalise_columns(out.data(), filter.classes, columns, norm);
  return {};
}

Status chroma_of_power(const Task& task, std::span<const float> power, size_t columns,
                       ChromaFilter filter, double norm, std::span<float> out) {
  const size_t bins = 1 + filter.n_fft / 2;
  MatrixMagnitudes source(power, bins, columns);
  if (Status status = tune(task, source, &filter); !status.ok()) return status;
  Aligned<float> weights(filter.classes * bins);
  chroma_filter(filter, weights.data());
  kernels::active().gemm(weights.data(), bins, power.data(), columns, out.data(), columns,
                         filter.classes, columns, bins, false);
  normalise_columns(out.data(), filter.classes, columns, norm);
  return {};
}

}  // namespace cochlea
