#include "core/spectrum/mel.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/runtime/plan_cache.h"
#include "core/spectrum/spectrum.h"
#include "core/spectrum/stft.h"
#include "kernels/dispatch.h"

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
  if (std::isnan(spec.norm)) return;
  double divisor = spec.norm < 0 ? (high - low) / 2 : norm_of(out, spec.norm);
  if (divisor < std::numeric_limits<double>::min()) divisor = 1;
  for (double& value : out) value /= divisor;
}

// Adds nothing up twice: filter by filter, a row of the result is a product of its weights with rows
// of a spectrogram.
void apply(const MelBank& bank, const float* S, size_t stride, size_t columns, float* out,
           size_t out_stride) {
  const float* weights = bank.weights.data();
  for (size_t m = 0; m < bank.first.size(); ++m) {
    kernels::active().gemm(weights, bank.count[m], S + bank.first[m] * stride, stride,
                           out + m * out_stride, out_stride, 1, columns, bank.count[m], false);
    weights += bank.count[m];
  }
}

}  // namespace

std::shared_ptr<const MelBank> MelBank::get(const MelSpec& spec) {
  static auto& cache = *new PlanCache<std::vector<double>, MelBank>(8 << 20);
  std::vector<double> key(spec.edges.begin(), spec.edges.end());
  // NaN is not equal to itself.
  for (const double value : {spec.sample_rate, static_cast<double>(spec.n_fft),
                             std::isnan(spec.norm) ? -2.0 : spec.norm}) {
    key.push_back(value);
  }
  return cache.get(key, [&] {
    auto bank = std::make_shared<MelBank>();
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

Status mel_of_signal(const Task& task, const Frames& frames, std::shared_ptr<const Window> window,
                     const MelSpec& spec, double power, std::span<float> out) {
  const auto bank = MelBank::get(spec);
  Analysis analysis(frames, std::move(window));
  const size_t columns = frames.count();
  Aligned<float> re(analysis.bins() * FFT_TILE), im(re.size());
  for (size_t t = 0; t < columns; t += FFT_TILE) {
    if (task.cancelled()) return Status::cancelled();
    const size_t lanes = std::min(FFT_TILE, columns - t);
    analysis.tile(t, lanes, re.data(), im.data(), FFT_TILE);
    const std::span<float> spectra(re.data(), re.size());
    if (const Status status = magnitude(Task(), spectra, {im.data(), im.size()}, power, spectra);
        !status.ok()) {
      return status;
    }
    apply(*bank, re.data(), FFT_TILE, lanes, out.data() + t, columns);
    task.progress(static_cast<double>(t) / static_cast<double>(columns));
  }
  return {};
}

Status mel_of_spectrogram(const Task& task, std::span<const float> S, size_t columns,
                          const MelSpec& spec, std::span<float> out) {
  constexpr size_t BLOCK = 256;
  const auto bank = MelBank::get(spec);
  for (size_t t = 0; t < columns; t += BLOCK) {
    if (task.cancelled()) return Status::cancelled();
    apply(*bank, S.data() + t, columns, std::min(BLOCK, columns - t), out.data() + t, columns);
    task.progress(static_cast<double>(t) / static_cast<double>(columns));
  }
  return {};
}

}  // namespace cochlea
