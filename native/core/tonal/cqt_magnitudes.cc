#include "core/tonal/cqt_magnitudes.h"

#include <algorithm>
#include <cmath>

#include "core/runtime/plan_cache.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

// All filters at one length of transform: their magnitudes.
std::shared_ptr<const FilterBank> pseudo_bank(const ConstantQ& filters, size_t hop, bool scale) {
  static PlanCache<std::vector<double>, FilterBank>& cache =
      *new PlanCache<std::vector<double>, FilterBank>(32 << 20);
  std::vector<double> key = filters.key();
  key.push_back(static_cast<double>(hop));
  key.push_back(scale);
  return cache.get(key, [&] {
    const size_t bins = filters.frequencies.size();
    const double hop_power = std::ceil(std::log2(static_cast<double>(hop)));
    const Spectra spectra =
        filter_spectra(filters, {.begin = 0,
                                 .end = bins,
                                 .sample_rate = filters.sample_rate,
                                 .min_fft = size_t{1} << (1 + static_cast<int>(hop_power)),
                                 .magnitudes = true});
    const double n_fft = static_cast<double>(spectra.n_fft);
    std::vector<double> gains(bins);
    for (size_t k = 0; k < bins; ++k) {
      gains[k] = scale ? 1 / std::sqrt(n_fft) : std::sqrt(spectra.lengths[k] / n_fft);
    }
    return std::make_shared<FilterBank>(pack(spectra, gains));
  });
}

Status pseudo_tiles(const Task& task, std::span<const float> y, const ConstantQ& filters,
                    const CqtSpec& spec, size_t columns, const TakeTile& take) {
  const size_t bins = filters.frequencies.size();
  const auto bank = pseudo_bank(filters, spec.hop, spec.scale);
  const size_t n = bank->n_fft;
  const Frames frames(y, n, spec.hop, spec.pad_mode);
  Analysis analysis(frames, Window::get(WindowShape::hann, 0, {}, n, n));
  const size_t rows = (n / 2 + 1) * FFT_TILE;
  Aligned<float> re(rows), im(rows), silent(rows, 0), out(bins * FFT_TILE), rest(bins * FFT_TILE);
  const kernels::Table& kernel = kernels::active();
  columns = std::min(columns, frames.count());
  for (size_t t = 0; t < columns; t += FFT_TILE) {
    if (task.cancelled()) return Status::cancelled();
    const size_t lanes = std::min(FFT_TILE, columns - t);
    analysis.tile(t, lanes, re.data(), im.data(), FFT_TILE);
    for (size_t k = 0; k <= n / 2; ++k) {
      kernel.magnitude(re.data() + k * FFT_TILE, im.data() + k * FFT_TILE, lanes,
                       re.data() + k * FFT_TILE);
    }
    kernel.band_products(re.data(), silent.data(), bank->first.data(), bank->count.data(),
                         bank->coefficients.data(), bins, out.data(), rest.data(), FFT_TILE, lanes);
    take(out.data(), FFT_TILE, 0, bins, t, lanes);
    task.progress(static_cast<double>(t) / static_cast<double>(columns));
  }
  return {};
}

// The filters that are not pseudo: those that do not fit in two hops.
size_t hybrid_split(const ConstantQ& filters, size_t hop) {
  size_t full = 0;
  for (const double length : filters.lengths()) {
    full += std::exp2(std::ceil(std::log2(length))) >= 2 * static_cast<double>(hop);
  }
  return full;
}

ConstantQ slice(const ConstantQ& filters, size_t begin, size_t end) {
  ConstantQ part = filters;
  part.frequencies.assign(filters.frequencies.begin() + static_cast<std::ptrdiff_t>(begin),
                          filters.frequencies.begin() + static_cast<std::ptrdiff_t>(end));
  return part;
}

Status hybrid_tiles(const Task& task, std::span<const float> y, const ConstantQ& filters,
                    const CqtSpec& spec, size_t columns, const TakeTile& take) {
  const size_t bins = filters.frequencies.size();
  const size_t full = hybrid_split(filters, spec.hop);
  if (full < bins) {
    const TakeTile above = [&](const float* values, size_t stride, size_t row, size_t rows,
                               size_t t,
                               size_t n) { take(values, stride, full + row, rows, t, n); };
    const Status status = pseudo_tiles(task, y, slice(filters, full, bins), spec, columns, above);
    if (!status.ok()) return status;
  }
  if (full == 0) return {};
  return cqt_tiles(task, y, slice(filters, 0, full), spec, columns, take);
}

size_t full_filters(const ConstantQ& filters, size_t hop, CqtMode mode) {
  switch (mode) {
    case CqtMode::full:
      return filters.frequencies.size();
    case CqtMode::pseudo:
      return 0;
    case CqtMode::hybrid:
      return hybrid_split(filters, hop);
  }
  return 0;
}

}  // namespace

size_t magnitude_columns(const ConstantQ& filters, size_t hop, CqtMode mode, size_t samples) {
  const size_t pseudo = samples / hop + 1;
  const size_t full = full_filters(filters, hop, mode);
  if (full == 0) return pseudo;
  const size_t columns = CqtPlan::columns(slice(filters, 0, full), hop, samples);
  return full == filters.frequencies.size() ? columns : std::min(columns, pseudo);
}

size_t least_samples(const ConstantQ& filters, size_t hop, CqtMode mode) {
  const size_t full = full_filters(filters, hop, mode);
  const size_t early = full == 0 ? 0 : CqtPlan::early_halvings(slice(filters, 0, full), hop);
  return early == 0 ? 0 : size_t{1} << early;
}

Status magnitude_tiles(const Task& task, std::span<const float> y, const ConstantQ& filters,
                       const CqtSpec& spec, CqtMode mode, size_t columns, const TakeTile& take) {
  switch (mode) {
    case CqtMode::full:
      return cqt_tiles(task, y, filters, spec, columns, take);
    case CqtMode::pseudo:
      return pseudo_tiles(task, y, filters, spec, columns, take);
    case CqtMode::hybrid:
      return hybrid_tiles(task, y, filters, spec, columns, take);
  }
  return {};
}

Status cqt_magnitudes(const Task& task, std::span<const float> y, const ConstantQ& filters,
                      const CqtSpec& spec, CqtMode mode, size_t columns, size_t stride,
                      float* out) {
  return magnitude_tiles(
      task, y, filters, spec, mode, columns,
      [&](const float* values, size_t from, size_t row, size_t rows, size_t t, size_t n) {
        for (size_t r = 0; r < rows; ++r) {
          std::copy_n(values + r * from, n, out + (row + r) * stride + t);
        }
      });
}

}  // namespace cochlea
