#include "core/pitch/pyin.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cochlea {
namespace {

constexpr double TINY = std::numeric_limits<double>::min();

// The continued fraction of the incomplete beta function, by Lentz's method.
double beta_fraction(double x, double a, double b) {
  const auto nonzero = [](double v) { return std::fabs(v) < 1e-300 ? 1e-300 : v; };
  double c = 1;
  double d = 1 / nonzero(1 - (a + b) * x / (a + 1));
  double h = d;
  for (int m = 1; m <= 10000; ++m) {
    const double n = m;
    const double even = n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n));
    const double odd = -(a + n) * (a + b + n) * x / ((a + 2 * n) * (a + 2 * n + 1));
    for (const double term : {even, odd}) {
      d = 1 / nonzero(1 + term * d);
      c = nonzero(1 + term / c);
      h *= c * d;
    }
    if (std::fabs(c * d - 1) < 1e-16) break;
  }
  return h;
}

// What all frames of a call share. Not complete if the task was cancelled meanwhile.
struct Prior {
  Prior(const Task& task, const PyinShape& shape, size_t most_troughs)
      : weights(shape.thresholds),
        below(shape.thresholds + 1, 0.0),
        decay(most_troughs + 1),
        norm(most_troughs + 1) {
    double before = beta_distribution(0, shape.beta_a, shape.beta_b);
    for (size_t j = 0; j < shape.thresholds && !task.cancelled(); ++j) {
      const double cdf = beta_distribution(threshold(shape, j), shape.beta_a, shape.beta_b);
      weights[j] = cdf - before;
      below[j + 1] = below[j] + weights[j];
      before = cdf;
    }
    for (size_t k = 0; k <= most_troughs; ++k) {
      const double n = static_cast<double>(k);
      decay[k] = std::exp(-shape.boltzmann * n);
      norm[k] = (1 - std::exp(-shape.boltzmann)) / (1 - std::exp(-shape.boltzmann * n));
    }
  }
  // numpy.linspace(0, 1, thresholds + 1)[j + 1]
  static double threshold(const PyinShape& shape, size_t j) {
    return j + 1 == shape.thresholds
               ? 1.0
               : static_cast<double>(j + 1) * (1.0 / static_cast<double>(shape.thresholds));
  }

  std::vector<double> weights;  // of each threshold
  std::vector<double> below;    // their sum over the first j
  std::vector<double> decay;    // exp(-boltzmann * rank)
  std::vector<double> norm;     // of a Boltzmann distribution over that many troughs
};

struct Trough {
  size_t row;
  double height;
  size_t first_threshold;  // the first one that is above the height
  double probability;
};

// Probabilities of a frame's troughs, which come by rising lag; not complete if the task was
// cancelled meanwhile.
void weigh(const Task& task, const PyinShape& shape, const Prior& prior,
           std::vector<Trough>& troughs) {
  size_t first = shape.thresholds;
  for (Trough& trough : troughs) {
    size_t j = 0;
    if (trough.height >= 0) {
      const double scaled = trough.height * static_cast<double>(shape.thresholds);
      j = scaled >= static_cast<double>(shape.thresholds) ? shape.thresholds
                                                          : static_cast<size_t>(scaled);
      while (j > 0 && trough.height < Prior::threshold(shape, j - 1)) --j;
      while (j < shape.thresholds && trough.height >= Prior::threshold(shape, j)) ++j;
    }
    trough.first_threshold = j;
    trough.probability = 0;
    first = std::min(first, j);
  }
  for (size_t j = first; j < shape.thresholds; ++j) {
    if (j % 64 == 0 && task.cancelled()) return;
    size_t count = 0;
    for (const Trough& trough : troughs) count += trough.first_threshold <= j ? 1 : 0;
    const double scale = prior.weights[j] * prior.norm[count];
    size_t rank = 0;
    for (Trough& trough : troughs) {
      if (trough.first_threshold <= j) trough.probability += scale * prior.decay[rank++];
    }
  }
  const auto lowest =
      std::min_element(troughs.begin(), troughs.end(),
                       [](const Trough& a, const Trough& b) { return a.height < b.height; });
  lowest->probability += shape.no_trough_probability * prior.below[lowest->first_threshold];
}

}  // namespace

double beta_distribution(double x, double a, double b) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  // The fraction converges fast on its own side of the mean.
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(x, a, b) / a
                                   : 1 - front * beta_fraction(1 - x, b, a) / b;
}

Status observe_pitch(const Task& task, const Samples& samples, const YinShape& shape,
                     const PyinShape& pyin, size_t frames, PitchObservations* observations,
                     std::span<float> voiced_probability) {
  NormalisedDifference difference(shape);
  const size_t lags = difference.lags();
  const Prior prior(task, pyin, lags);
  const double bins_per_octave = static_cast<double>(12 * pyin.bins_per_semitone);
  std::vector<Trough> troughs;
  // Of one frame: probability by bin, and the bins in use.
  std::vector<double> probability(pyin.pitch_bins + 1, 0.0);
  std::vector<size_t> bins;
  for (size_t t = 0; t < frames; t += FFT_TILE) {
    const size_t lanes = std::min(FFT_TILE, frames - t);
    const float* const tile = difference.tile(samples, t, lanes, task);
    for (size_t l = 0; l < lanes; ++l) {
      if (task.cancelled()) return Status::cancelled();
      const float* const d = tile + l;
      const auto at = [d](size_t i) { return d[i * FFT_TILE]; };
      troughs.clear();
      for (size_t i = 0; i < lags; ++i) {
        const bool trough =
            i == 0 ? at(0) < at(1) : at(i) < at(i - 1) && (i + 1 == lags || at(i) <= at(i + 1));
        if (trough) troughs.push_back({i, double{at(i)}, 0, 0});
      }
      if (!troughs.empty()) weigh(task, pyin, prior, troughs);
      bins.clear();
      for (const Trough& trough : troughs) {
        if (trough.probability == 0) continue;
        const double period = static_cast<double>(shape.min_period + trough.row) +
                              parabolic_shift(d, lags, FFT_TILE, trough.row);
        const double pitch = bins_per_octave * std::log2(pyin.sample_rate / period / pyin.fmin);
        // One bin past the last is where librosa's candidates vanish. The longer of two lags in a
        // bin takes it.
        const size_t bin = static_cast<size_t>(
            std::clamp(std::nearbyint(pitch), 0.0, static_cast<double>(pyin.pitch_bins)));
        if (probability[bin] == 0) bins.push_back(bin);
        probability[bin] = trough.probability;
      }
      std::sort(bins.begin(), bins.end());
      double voiced = 0;
      for (const size_t bin : bins) {
        if (bin < pyin.pitch_bins) {
          voiced += probability[bin];
          observations->candidates.push_back(
              {static_cast<int32_t>(bin), std::log(probability[bin] + TINY)});
        }
        probability[bin] = 0;
      }
      voiced = std::clamp(voiced, 0.0, 1.0);
      voiced_probability[t + l] = static_cast<float>(voiced);
      observations->ends.push_back(observations->candidates.size());
      observations->log_unvoiced.push_back(
          std::log((1 - voiced) / static_cast<double>(pyin.pitch_bins) + TINY));
    }
    task.progress(t + lanes, frames);
  }
  return {};
}

Status pyin(const Task& task, const Samples& samples, const YinShape& shape, const PyinShape& pyin,
            const PitchTransitions& transitions, std::span<int32_t> states,
            std::span<float> voiced_probability) {
  PitchObservations observations;
  if (Status status = observe_pitch(task.part(0, 0.5), samples, shape, pyin, states.size(),
                                    &observations, voiced_probability);
      !status.ok()) {
    return status;
  }
  return viterbi(task.part(0.5, 1), observations, transitions, states);
}

}  // namespace cochlea
