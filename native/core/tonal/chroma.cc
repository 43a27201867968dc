#include "core/tonal/chroma.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "core/pitch/tuning.h"
#include "core/spectrum/stages.h"
#include "core/tonal/norm.h"

namespace cochlea {
namespace {

// A loudness scale of four steps. Müller & Ewert, "Chroma toolbox", 2011.
void quantise(float* chroma, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    const float x = chroma[i];
    chroma[i] = 0.25f * static_cast<float>((x > 0.4f) + (x > 0.2f) + (x > 0.1f) + (x > 0.05f));
  }
}

// Convolves each row with a window whose sum is 1.
class Smooth final : public WholeMatrix {
 public:
  explicit Smooth(const ChromaFinish& finish) {
    // A symmetric window of n values is a periodic one of n - 1, and its first again.
    const size_t n = finish.smoothing + 2;
    const auto window = Window::get(finish.window, finish.window_parameter, {}, n - 1, n - 1);
    weights_.assign(window->exact.begin(), window->exact.end());
    weights_.push_back(weights_.front());
    double sum = 0;
    for (const double w : weights_) sum += w;
    for (double& w : weights_) w /= sum;
  }

 protected:
  Status work(const Task& task, Aligned<float>& chroma, size_t classes, size_t columns) override {
    const size_t n = weights_.size(), half = n / 2;
    std::vector<double> smooth(columns);
    for (size_t c = 0; c < classes; ++c) {
      float* const row = chroma.data() + c * columns;
      std::fill(smooth.begin(), smooth.end(), 0.0);
      // smooth[t] = sum over i of weights[i] * row[t + half - i], as scipy centres it; the weights
      // that reach from any column to any other.
      const size_t first = half + 1 > columns ? half + 1 - columns : 0;
      const size_t last = std::min(n, half + columns);
      for (size_t i = first; i < last; ++i) {
        if (task.cancelled()) return Status::cancelled();
        const double w = weights_[i];
        const size_t from = i > half ? i - half : 0;
        const size_t ahead = i > half ? 0 : half - i;
        for (size_t t = from; t + ahead < columns; ++t) smooth[t] += w * row[t + half - i];
      }
      for (size_t t = 0; t < columns; ++t) row[t] = static_cast<float>(smooth[t]);
      task.progress(c + 1, classes);
    }
    return {};
  }

 private:
  std::vector<double> weights_;
};

// Six tonal centroids: fifths, minor and major thirds as points on circles. Harte, Sandler & Gasser,
// "Detecting harmonic change in musical audio", 2006. Rows of weights, one value per class.
std::vector<float> tonnetz_weights(size_t classes) {
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
  return weights;
}

}  // namespace

Status chroma_of_cqt(const Task& task, Source& magnitudes, std::span<const float> weights,
                     const ChromaFinish& finish, size_t columns, std::span<float> out) {
  const size_t rows = magnitudes.shape().rows;
  const size_t classes = weights.empty() ? rows : weights.size() / rows;
  const std::vector<float> centroids = tonnetz_weights(classes);
  Pipeline pipeline(magnitudes);
  if (!weights.empty()) pipeline.add<DenseFilter>(weights, classes);
  if (!std::isnan(finish.threshold)) {
    const double threshold = finish.threshold;
    pipeline.add<Elementwise>([threshold](float* values, size_t n) {
      for (size_t i = 0; i < n; ++i) values[i] = values[i] < threshold ? 0 : values[i];
    });
  }
  if (finish.stage == ChromaFinish::Stage::cens) {
    pipeline.add<Normalise>(1).add<Elementwise>(quantise);
    if (finish.smoothing > 0) pipeline.add<Smooth>(finish);
  }
  pipeline.add<Normalise>(finish.norm);
  if (finish.stage == ChromaFinish::Stage::tonnetz)
    pipeline.add<Normalise>(1).add<DenseFilter>(centroids, 6);
  return pipeline.add<IntoMatrix>(out, std::span<float>(), columns).run(task);
}

Status chroma_filter(const Task& task, const ChromaFilter& f, std::span<float> out) {
  const size_t bins = 1 + f.n_fft / 2, classes = f.classes;
  const double n = static_cast<double>(classes);
  const double a0 = 440.0 * std::exp2(f.tuning / n) / 16;
  // Position of a bin on the scale of classes; the first bin's is made up.
  const auto position = [&](size_t k) {
    const double frequency = f.sample_rate * static_cast<double>(k) / static_cast<double>(f.n_fft);
    return n * std::log2(frequency / a0);
  };
  const double lowest = f.n_fft > 1 ? position(1) - 1.5 * n : 0;
  const double half = std::nearbyint(n / 2);
  const size_t shift = f.base_c ? 3 * (classes / 12) % classes : 0;
  std::vector<double> column(classes);
  // Some ten milliseconds of classes.
  const size_t block = std::max<size_t>(1, (size_t{1} << 16) / classes);
  for (size_t k = 0; k < bins; ++k) {
    if (k % block == 0 && task.cancelled()) return Status::cancelled();
    const double place = k == 0 ? lowest : position(k);
    const double width = k + 1 < f.n_fft ? std::fmax(position(k + 1) - place, 1.0) : 1.0;
    for (size_t c = 0; c < classes; ++c) {
      const double d = place - static_cast<double>(c) + half + 10 * n;
      const double distance = 2 * (d - n * std::floor(d / n) - half) / width;
      column[c] = std::exp(-0.5 * distance * distance);
    }
    double norm = std::isnan(f.norm) ? 1 : norm_of(task, column, f.norm);
    if (norm < std::numeric_limits<double>::min()) norm = 1;
    const double octave = (place / n - f.centre_octave) / f.octave_width;
    const double weight = std::isnan(f.octave_width) ? 1 : std::exp(-0.5 * octave * octave);
    for (size_t c = 0; c < classes; ++c) {
      const size_t row = (c + classes - shift) % classes;
      out[row * bins + k] = static_cast<float>(column[c] / norm * weight);
    }
  }
  return {};
}

Status chroma_of_power(const Task& task, Source& power, ChromaFilter filter, double norm,
                       std::span<float> out) {
  Task rest = task;
  if (std::isnan(filter.tuning)) {
    rest = task.part(0.5, 1);
    const PeakOptions options{.sample_rate = filter.sample_rate, .n_fft = filter.n_fft};
    const Status status =
        estimate_tuning(task.part(0, 0.5), power, options, 0.01, filter.classes, &filter.tuning);
    if (!status.ok()) return status;
  }
  Aligned<float> weights(filter.classes * power.shape().rows);
  const Status designed = chroma_filter(rest, filter, weights);
  if (!designed.ok()) return designed;
  return Pipeline(power)
      .add<DenseFilter>(weights, filter.classes)
      .add<Normalise>(norm)
      .add<IntoMatrix>(out)
      .run(rest);
}

}  // namespace cochlea
