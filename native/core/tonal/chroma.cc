#include "core/tonal/chroma.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "core/pitch/tuning.h"
#include "core/runtime/blocks.h"
#include "core/spectrum/stages.h"
#include "core/spectrum/twiddles.h"
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

// Convolves each row with a symmetric window whose sum is 1: column t is the sum over s of
// weight(t + length / 2 - s) times column s, as scipy centres it.
class Smooth final : public WholeMatrix {
 public:
  explicit Smooth(const ChromaFinish& finish)
      : shape_(finish.window), parameter_(finish.window_parameter), length_(finish.smoothing + 2) {}

 protected:
  Status work(const Task& task, Aligned<float>& chroma, size_t classes, size_t columns) override {
    // The weights that reach from any column to any other.
    first_ = centre() + 1 > columns ? centre() + 1 - columns : 0;
    const size_t end = std::min(length_, centre() + columns);
    double sum = 0;
    in_blocks(task, length_, [&](size_t begin, size_t to) {
      for (size_t i = begin; i < to; ++i) {
        const double w = weight(i);
        sum += w;
        if (i >= first_ && i < end) weights_.push_back(w);
      }
    });
    for (double& w : weights_) w /= sum;
    const std::span<const double> terms = cosine_terms(shape_);
    if (terms.empty() || length_ <= DIRECT) {
      convolve(task, chroma, classes, columns);
      return task.cancelled() ? Status::cancelled() : Status{};
    }
    Aligned<float> smooth(chroma.size());
    for (size_t c = 0; c < classes; ++c) {
      running_sums(task, {chroma.data() + c * columns, columns}, terms, sum,
                   {smooth.data() + c * columns, columns});
      task.progress(c + 1, classes);
    }
    mend_quiet(task, chroma, classes, columns, smooth);
    chroma = std::move(smooth);
    return task.cancelled() ? Status::cancelled() : Status{};
  }

 private:
  // Up to this length, products are faster than running sums.
  static constexpr size_t DIRECT = 128;

  size_t centre() const { return length_ / 2; }
  // A symmetric window is a periodic one of a value less, and its first value again.
  double weight(size_t i) const {
    return window_value(shape_, parameter_, i % (length_ - 1), length_ - 1);
  }
  // The columns that reach column t.
  size_t lowest(size_t t) const {
    return t + centre() + 1 > length_ ? t + centre() + 1 - length_ : 0;
  }
  size_t end(size_t t, size_t columns) const { return std::min(columns, t + centre() + 1); }

  // In place.
  void convolve(const Task& task, std::span<float> chroma, size_t classes, size_t columns) const {
    const size_t half = centre();
    std::vector<double> sums(columns);
    for (size_t c = 0; c < classes; ++c) {
      float* const row = chroma.data() + c * columns;
      std::fill(sums.begin(), sums.end(), 0.0);
      for (size_t j = 0; j < weights_.size() && !task.cancelled(); ++j) {
        const size_t i = first_ + j;
        const double w = weights_[j];
        const size_t from = i > half ? i - half : 0, ahead = i > half ? 0 : half - i;
        for (size_t t = from; t + ahead < columns; ++t) sums[t] += w * row[t + half - i];
      }
      for (size_t t = 0; t < columns; ++t) row[t] = static_cast<float>(sums[t]);
      task.progress(c + 1, classes);
    }
  }

  // A window that is a sum of cosines: the columns times exp(-i j omega s), added up from the first on;
  // a window's share is the difference of two of these sums, turned by its own phase.
  void running_sums(const Task& task, std::span<const float> row, std::span<const double> terms,
                    double sum, std::span<float> out) const {
    const size_t columns = row.size(), period = length_ - 1;
    const Twiddles twiddles(period);
    std::vector<double> smooth(columns, 0.0), re(columns + 1), im(columns + 1);
    for (size_t j = 0; j < terms.size(); ++j) {
      const auto phase = [&](size_t s) { return twiddles(j * s % period); };
      re[0] = im[0] = 0;
      in_blocks(task, columns, [&](size_t begin, size_t to) {
        for (size_t s = begin; s < to; ++s) {
          const Twiddle w = phase(s);
          re[s + 1] = re[s] + w.re * row[s];
          im[s + 1] = im[s] + w.im * row[s];
        }
      });
      in_blocks(task, columns, [&](size_t begin, size_t to) {
        for (size_t t = begin; t < to; ++t) {
          const size_t from = lowest(t), last = end(t, columns);
          const Twiddle w = phase(t + centre());
          smooth[t] +=
              terms[j] / sum * ((re[last] - re[from]) * w.re + (im[last] - im[from]) * w.im);
        }
      });
    }
    for (size_t t = 0; t < columns; ++t) out[t] = static_cast<float>(std::fmax(smooth[t], 0));
  }

  // Before and after a silence the sums are smaller than what rounding leaves of the running ones, and
  // a norm would raise them: they are added up again. Few weights and columns make such a sum.
  void mend_quiet(const Task& task, std::span<const float> chroma, size_t classes, size_t columns,
                  std::span<float> smooth) const {
    constexpr float QUIET = 1e-8f;
    std::vector<size_t> heard;
    in_blocks(task, columns, [&](size_t begin, size_t to) {
      for (size_t s = begin; s < to; ++s) {
        bool any = false;
        for (size_t c = 0; c < classes; ++c) any = any || chroma[c * columns + s] != 0;
        if (any) heard.push_back(s);
      }
    });
    for (size_t t = 0; t < columns && !task.cancelled(); ++t) {
      float largest = 0;
      for (size_t c = 0; c < classes; ++c) largest = std::fmax(largest, smooth[c * columns + t]);
      if (largest > QUIET) continue;
      const auto from = std::lower_bound(heard.begin(), heard.end(), lowest(t));
      const auto to = std::lower_bound(from, heard.end(), end(t, columns));
      for (size_t c = 0; c < classes; ++c) {
        double sum = 0;
        for (auto s = from; s != to; ++s)
          sum += weights_[t + centre() - *s - first_] * chroma[c * columns + *s];
        smooth[c * columns + t] = static_cast<float>(sum);
      }
    }
  }

  const WindowShape shape_;
  const double parameter_;
  const size_t length_;
  size_t first_ = 0;
  std::vector<double> weights_;  // from weight first_ on
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
                       std::span<float> out, size_t* peaks) {
  Task rest = task;
  if (std::isnan(filter.tuning)) {
    rest = task.part(0.5, 1);
    const PeakOptions options{.sample_rate = filter.sample_rate, .n_fft = filter.n_fft};
    const Status status = estimate_tuning(task.part(0, 0.5), power, options, 0.01, filter.classes,
                                          &filter.tuning, peaks);
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
