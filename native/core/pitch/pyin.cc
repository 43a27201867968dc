#include "core/pitch/pyin.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/pitch/beta_distribution.h"

namespace cochlea {
namespace {

constexpr double TINY = std::numeric_limits<double>::min();

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

// What one frame after the other says, added to the observations. Not complete if the task was
// cancelled meanwhile.
class Observer {
 public:
  Observer(const Task& task, const YinShape& yin, const PyinShape& pyin)
      : task_(task),
        yin_(yin),
        pyin_(pyin),
        lags_(yin.max_period - yin.min_period + 1),
        prior_(task, pyin, lags_),
        probability_(pyin.pitch_bins + 1, 0.0) {}

  // A column of a tile of d'. Returns the probability that the frame is voiced.
  double observe(const float* d, PitchObservations& observations) {
    find_troughs(d);
    if (!troughs_.empty()) weigh();
    fill_bins(d);
    double voiced = 0;
    for (const size_t bin : bins_) {
      if (bin < pyin_.pitch_bins) {
        voiced += probability_[bin];
        observations.candidates.push_back(
            {static_cast<int32_t>(bin), std::log(probability_[bin] + TINY)});
      }
      probability_[bin] = 0;
    }
    voiced = std::clamp(voiced, 0.0, 1.0);
    observations.ends.push_back(observations.candidates.size());
    observations.log_unvoiced.push_back(
        std::log((1 - voiced) / static_cast<double>(pyin_.pitch_bins) + TINY));
    return voiced;
  }

 private:
  struct Trough {
    size_t row;
    double height;
    size_t first_threshold = 0;  // the first one that is above the height
    double probability = 0;
  };

  // By rising lag.
  void find_troughs(const float* d) {
    const auto at = [d](size_t i) { return d[i * FFT_TILE]; };
    troughs_.clear();
    if (at(0) < at(1)) troughs_.push_back({.row = 0, .height = double{at(0)}});
    for (size_t i = 1; i < lags_; ++i) {
      const bool last = i + 1 == lags_;
      if (at(i) < at(i - 1) && (last || at(i) <= at(i + 1)))
        troughs_.push_back({.row = i, .height = double{at(i)}});
    }
  }

  size_t first_threshold_above(double height) const {
    if (height < 0) return 0;
    const size_t thresholds = pyin_.thresholds;
    const double scaled = height * static_cast<double>(thresholds);
    size_t j = scaled >= static_cast<double>(thresholds) ? thresholds : static_cast<size_t>(scaled);
    while (j > 0 && height < Prior::threshold(pyin_, j - 1)) --j;
    while (j < thresholds && height >= Prior::threshold(pyin_, j)) ++j;
    return j;
  }

  // The troughs' probabilities.
  void weigh() {
    size_t first = pyin_.thresholds;
    for (Trough& trough : troughs_) {
      trough.first_threshold = first_threshold_above(trough.height);
      first = std::min(first, trough.first_threshold);
    }
    for (size_t j = first; j < pyin_.thresholds; ++j) {
      if (j % 64 == 0 && task_.cancelled()) return;
      size_t count = 0;
      for (const Trough& trough : troughs_) count += trough.first_threshold <= j ? 1 : 0;
      const double scale = prior_.weights[j] * prior_.norm[count];
      size_t rank = 0;
      for (Trough& trough : troughs_) {
        if (trough.first_threshold <= j) trough.probability += scale * prior_.decay[rank++];
      }
    }
    const auto lowest =
        std::min_element(troughs_.begin(), troughs_.end(),
                         [](const Trough& a, const Trough& b) { return a.height < b.height; });
    lowest->probability += pyin_.no_trough_probability * prior_.below[lowest->first_threshold];
  }

  // The bins of the troughs that have a probability, sorted. One bin past the last is where librosa's
  // candidates vanish. The longer of two lags in a bin takes it.
  void fill_bins(const float* d) {
    const double bins_per_octave = static_cast<double>(12 * pyin_.bins_per_semitone);
    const double past = static_cast<double>(pyin_.pitch_bins);
    bins_.clear();
    for (const Trough& trough : troughs_) {
      if (trough.probability == 0) continue;
      const double period = static_cast<double>(yin_.min_period + trough.row) +
                            parabolic_shift(d, lags_, FFT_TILE, trough.row);
      const double pitch = bins_per_octave * std::log2(pyin_.sample_rate / period / pyin_.fmin);
      // fmax takes 0 for what is no number.
      const size_t bin =
          static_cast<size_t>(std::fmin(std::fmax(std::nearbyint(pitch), 0.0), past));
      if (probability_[bin] == 0) bins_.push_back(bin);
      probability_[bin] = trough.probability;
    }
    std::sort(bins_.begin(), bins_.end());
  }

  const Task& task_;
  const YinShape yin_;
  const PyinShape pyin_;
  const size_t lags_;
  const Prior prior_;
  // Of one frame: its troughs, the bins in use, and the probability of each bin.
  std::vector<Trough> troughs_;
  std::vector<size_t> bins_;
  std::vector<double> probability_;
};

}  // namespace

Status observe_pitch(const Task& task, const Samples& samples, const YinShape& shape,
                     const PyinShape& pyin, size_t frames, PitchObservations* observations,
                     std::span<float> voiced_probability) {
  NormalisedDifference difference(shape);
  Observer observer(task, shape, pyin);
  for (size_t t = 0; t < frames; t += FFT_TILE) {
    const size_t lanes = std::min(FFT_TILE, frames - t);
    const float* const tile = difference.tile(samples, t, lanes, task);
    for (size_t l = 0; l < lanes; ++l) {
      if (task.cancelled()) return Status::cancelled();
      voiced_probability[t + l] = static_cast<float>(observer.observe(tile + l, *observations));
    }
    task.progress(t + lanes, frames);
  }
  return task.cancelled() ? Status::cancelled() : Status{};
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
