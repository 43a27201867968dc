#include "core/spectrum/mel.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/runtime/plan_cache.h"

namespace cochlea {
namespace {

double norm_of(std::span<const double> x, double p) {
  double sum = 0;
  for (const double value : x) {
    if (std::isinf(p)) {
      sum = std::fmax(sum, value);
    } else {
      sum += p == 0 ? (value > 0 ? 1 : 0) : std::pow(value, p);
    }
  }
  return std::isinf(p) || p == 0 ? sum : std::pow(sum, 1 / p);
}

// One filter over all bins.
void design(const MelSpec& spec, size_t m, std::span<double> out) {
  const double low = spec.edges[m], middle = spec.edges[m + 1], high = spec.edges[m + 2];
  for (size_t k = 0; k < out.size(); ++k) {
    const double f = spec.sample_rate * static_cast<double>(k) / static_cast<double>(spec.n_fft);
    // Two edges may be one frequency: 0 / 0 is no slope.
    const double rising = (f - low) / (middle - low), falling = (high - f) / (high - middle);
    out[k] = std::fmax(0, std::fmin(rising, falling));
  }
  if (!spec.norm) return;
  double divisor = *spec.norm < 0 ? (high - low) / 2 : norm_of(out, *spec.norm);
  if (divisor < std::numeric_limits<double>::min()) divisor = 1;
  for (double& value : out) value /= divisor;
}

}  // namespace

std::shared_ptr<const SparseBank> mel_bank(const MelSpec& spec) {
  static auto& cache = *new PlanCache<std::vector<double>, SparseBank>(8 << 20);
  std::vector<double> key(spec.edges.begin(), spec.edges.end());
  for (const double value : {spec.sample_rate, static_cast<double>(spec.n_fft),
                             spec.norm ? 1.0 : 0.0, spec.norm.value_or(0)}) {
    key.push_back(value);
  }
  return cache.get(key, [&] {
    auto bank = std::make_shared<SparseBank>();
    std::vector<double> filter(1 + spec.n_fft / 2);
    std::vector<float> weights;
    for (size_t m = 0; m < spec.filters(); ++m) {
      design(spec, m, filter);
      const auto used = [](double value) { return value > 0; };
      const auto begin = std::find_if(filter.begin(), filter.end(), used);
      const auto end = std::find_if(filter.rbegin(), filter.rend(), used).base();
      bank->first.push_back(begin == filter.end() ? 0
                                                  : static_cast<size_t>(begin - filter.begin()));
      bank->count.push_back(begin == filter.end() ? 0 : static_cast<size_t>(end - begin));
      for (size_t i = 0; i < bank->count.back(); ++i) {
        weights.push_back(static_cast<float>(filter[bank->first.back() + i]));
      }
    }
    bank->weights = Aligned<float>(weights.size());
    std::copy(weights.begin(), weights.end(), bank->weights.data());
    return bank;
  });
}

void mel_filters(const MelSpec& spec, std::span<float> out) {
  const size_t bins = 1 + spec.n_fft / 2;
  std::vector<double> filter(bins);
  for (size_t m = 0; m < spec.filters(); ++m) {
    design(spec, m, filter);
    std::transform(filter.begin(), filter.end(), out.begin() + static_cast<ptrdiff_t>(m * bins),
                   [](double value) { return static_cast<float>(value); });
  }
}

Pipeline decibels_of_mels(Source& source, const std::optional<MelSpec>& mel) {
  Pipeline pipeline(source);
  if (mel) pipeline.add<SparseFilter>(mel_bank(*mel)).add<Decibels>(80);
  return pipeline;
}

Status mel_spectrogram(const Task& task, Source& power, const MelSpec& spec, std::span<float> out) {
  return Pipeline(power).add<SparseFilter>(mel_bank(spec)).add<IntoMatrix>(out).run(task);
}

}  // namespace cochlea
