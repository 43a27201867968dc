#include "core/pitch/pitch_transitions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

#include "core/runtime/plan_cache.h"

namespace cochlea {
namespace {

constexpr double TINY = std::numeric_limits<double>::min();
constexpr double NEVER = -std::numeric_limits<double>::infinity();

// numpy.sum of contiguous values: its order of additions.
double numpy_sum(const double* x, size_t n) {
  if (n < 8) {
    double sum = 0;
    for (size_t i = 0; i < n; ++i) sum += x[i];
    return sum;
  }
  if (n > 128) {
    const size_t half = n / 2 - n / 2 % 8;
    return numpy_sum(x, half) + numpy_sum(x + half, n - half);
  }
  double r[8];
  std::copy_n(x, 8, r);
  size_t i = 8;
  for (; i < n - n % 8; i += 8) {
    for (size_t j = 0; j < 8; ++j) r[j] += x[i + j];
  }
  double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
  for (; i < n; ++i) sum += x[i];
  return sum;
}

// scipy.signal.get_window('triangle', width, fftbins=False)
std::vector<double> triangle(size_t width) {
  std::vector<double> w(width);
  const double n = static_cast<double>(width);
  for (size_t i = 0; i < width; ++i) {
    const double rank = static_cast<double>(std::min(i, width - 1 - i) + 1);
    w[i] = width % 2 == 1 ? 2 * rank / (n + 1) : (2 * rank - 1) / n;
  }
  return w;
}

}  // namespace

std::shared_ptr<const PitchTransitions> PitchTransitions::get(const Task& task, size_t pitches,
                                                              size_t width,
                                                              double switch_probability,
                                                              double min_probability) {
  using Key = std::tuple<size_t, size_t, double, double>;
  // Never destroyed: jobs may still run while the process exits.
  static auto& cache = *new PlanCache<Key, PitchTransitions>(64 << 20);
  return cache.get(Key(pitches, width, switch_probability, min_probability), [&] {
    auto transitions = std::make_shared<const PitchTransitions>(
        task, pitches, width, switch_probability, min_probability);
    return task.cancelled() ? nullptr : transitions;
  });
}

PitchTransitions::PitchTransitions(const Task& task, size_t pitches, size_t width,
                                   double switch_probability, double min_probability)
    : pitches_(pitches), reach_(width / 2), forbidden_(std::log(TINY)) {
  const size_t band = 2 * reach_ + 1;
  stay_ = Aligned<double>(blocks() * band * VITERBI_BLOCK);
  switch_ = Aligned<double>(blocks() * band * VITERBI_BLOCK);
  for (size_t b = 0; b < blocks() && !task.cancelled(); ++b) {
    std::fill_n(stay_.data() + b * band * VITERBI_BLOCK, band * VITERBI_BLOCK, NEVER);
    std::fill_n(switch_.data() + b * band * VITERBI_BLOCK, band * VITERBI_BLOCK, NEVER);
  }
  largest_stay_ = largest_switch_ = NEVER;
  sure_switch_ = std::numeric_limits<double>::infinity();
  const double stay = 1 - switch_probability;
  const double change = 1 - stay;
  const std::vector<double> window = triangle(width);
  // librosa.sequence.transition_local: the window is centred in a row, rolled to its pitch, cut and
  // normalised. Where an even window falls depends on whether the row is even, too.
  const size_t left = (pitches - width) / 2;
  std::vector<double> row(pitches);
  for (size_t from = 0; from < pitches && !task.cancelled(); ++from) {
    std::fill(row.begin(), row.end(), 0.0);
    const size_t first = from > width / 2 ? from - width / 2 : 0;
    const size_t end = std::min(pitches, from + width / 2 + 1);
    for (size_t i = 0; i < width; ++i) {
      const size_t to = (left + i + pitches / 2 + from + 1) % pitches;
      if (to >= first && to < end) row[to] = window[i];
    }
    const double sum = numpy_sum(row.data(), pitches);
    for (size_t to = first; to < end; ++to) {
      const double move = row[to] / sum;
      const size_t d = from + reach_ - to;
      const size_t at = (to / VITERBI_BLOCK * band + d) * VITERBI_BLOCK + to % VITERBI_BLOCK;
      const auto log_of = [&](double p) {
        return min_probability > 0 && p < min_probability ? NEVER : std::log(p + TINY);
      };
      stay_[at] = log_of(stay * move);
      switch_[at] = log_of(change * move);
      largest_stay_ = std::max(largest_stay_, stay_[at]);
      largest_switch_ = std::max(largest_switch_, switch_[at]);
      if (from == to) sure_switch_ = std::min(sure_switch_, std::min(stay_[at], switch_[at]));
    }
  }
  if (min_probability > 0) forbidden_ = NEVER;
}

}  // namespace cochlea
