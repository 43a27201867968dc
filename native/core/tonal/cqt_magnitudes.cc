#include "core/tonal/cqt_magnitudes.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/runtime/plan_cache.h"
#include "core/spectrum/spectrogram.h"
#include "core/spectrum/stages.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

// All filters at one length of transform: their magnitudes.
struct PseudoPlan {
  size_t n_fft;
  std::shared_ptr<SparseBank> bank;

  size_t bytes() const { return sizeof(SparseBank) + bank->bytes(); }
  // From a cache; null if the task was cancelled meanwhile.
  static std::shared_ptr<const PseudoPlan> get(const Task& task, const ConstantQ& filters,
                                               size_t hop, bool scale);
};

BankRequest pseudo_request(const ConstantQ& filters, size_t hop) {
  return {.begin = 0,
          .end = filters.frequencies.size(),
          .sample_rate = filters.sample_rate,
          .min_fft = 2 * std::bit_ceil(hop)};
}

std::shared_ptr<const PseudoPlan> PseudoPlan::get(const Task& task, const ConstantQ& filters,
                                                  size_t hop, bool scale) {
  static auto& cache = *new PlanCache<std::vector<double>, PseudoPlan>(32 << 20);
  return cache.get(filters.key(hop, scale), [&]() -> std::shared_ptr<const PseudoPlan> {
    const size_t bins = filters.frequencies.size();
    Spectra spectra;
    if (!filter_spectra(task, filters, pseudo_request(filters, hop), &spectra)) return nullptr;
    const double n_fft = static_cast<double>(spectra.n_fft);
    std::vector<double> gains(bins);
    for (size_t k = 0; k < bins; ++k) {
      gains[k] = scale ? 1 / std::sqrt(n_fft) : std::sqrt(spectra.lengths[k] / n_fft);
    }
    auto bank = std::make_shared<SparseBank>();
    size_t total = 0;
    for (const Spectra::Row& row : spectra.rows) {
      bank->first.push_back(row.first);
      bank->count.push_back(row.size());
      total += row.size();
    }
    bank->weights = Aligned<float>(total);
    float* to = bank->weights.data();
    for (size_t k = 0; k < bins; ++k) {
      const Spectra::Row& row = spectra.rows[k];
      kernels::active().magnitude(row.re.data(), row.im.data(), row.size(), to);
      for (size_t j = 0; j < row.size(); ++j) *to++ *= static_cast<float>(gains[k]);
    }
    return std::make_shared<const PseudoPlan>(PseudoPlan{spectra.n_fft, bank});
  });
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

DesignSize design_size(const ConstantQ& filters, size_t hop, CqtMode mode) {
  const size_t bins = filters.frequencies.size(), full = full_filters(filters, hop, mode);
  DesignSize size;
  if (full > 0) {
    const ConstantQ low = slice(filters, 0, full);
    size = design_size(low, CqtPlan::outline(low, hop).octaves);
  }
  if (full < bins) {
    const ConstantQ high = slice(filters, full, bins);
    const BankRequest request = pseudo_request(high, hop);
    size.add(bins - full, request.n_fft(request.lengths(high)));
  }
  return size;
}

CqtMagnitudes::CqtMagnitudes(std::span<const float> y, const ConstantQ& filters,
                             const CqtSpec& spec, CqtMode mode)
    : y_(y),
      filters_(filters),
      spec_(spec),
      full_(full_filters(filters, spec.hop, mode)),
      columns_(magnitude_columns(filters, spec.hop, mode, y.size())) {}

Shape CqtMagnitudes::shape() const {
  return {filters_.frequencies.size(), columns_, FFT_TILE, false};
}

Status CqtMagnitudes::push(const Task& task, Stage& to) {
  const size_t bins = filters_.frequencies.size();
  if (full_ == bins) return push_full(task, filters_, to);
  if (full_ == 0) return push_pseudo(task, filters_, 0, to);
  const Status status = push_pseudo(task.part(0, 0.5), slice(filters_, full_, bins), full_, to);
  if (!status.ok()) return status;
  return push_full(task.part(0.5, 1), slice(filters_, 0, full_), to);
}

Status CqtMagnitudes::push_full(const Task& task, const ConstantQ& filters, Stage& to) const {
  CqtSource source(y_, filters, spec_);
  Section section(0, columns_, to);
  Magnitudes magnitudes;
  magnitudes.begin(source.shape());
  magnitudes.hand_on_to(&section);
  return source.push(task, magnitudes);
}

Status CqtMagnitudes::push_pseudo(const Task& task, const ConstantQ& filters, size_t first_row,
                                  Stage& to) const {
  const auto plan = PseudoPlan::get(task, filters, spec_.hop, spec_.scale);
  if (plan == nullptr) return Status::cancelled();
  const Frames frames(y_, plan->n_fft, spec_.hop, spec_.pad_mode);
  const auto window = Window::get(WindowShape::hann, 0, {}, plan->n_fft, plan->n_fft);
  Spectrogram source(frames, window, 1, Spectrogram::Precision::single_, task);
  Section section(first_row, columns_, to);
  SparseFilter filter(plan->bank);
  filter.begin(source.shape());
  filter.hand_on_to(&section);
  // Fewer columns at once of filters with very many weights: an abort is noticed between them.
  constexpr size_t PRODUCTS = size_t{1} << 26;
  const size_t lanes =
      std::clamp<size_t>(PRODUCTS / std::max<size_t>(plan->bank->weights.size(), 1), 1, FFT_TILE);
  if (lanes == FFT_TILE) return source.push(task, filter);
  const size_t bins = source.shape().rows, columns = source.shape().columns;
  Aligned<float> magnitudes(bins * FFT_TILE, 0.0f);
  for (size_t t = 0; t < columns; t += lanes) {
    const size_t width = std::min(lanes, columns - t);
    source.read(t, width, magnitudes.data(), nullptr, FFT_TILE);
    if (task.cancelled()) return Status::cancelled();
    filter.take({magnitudes.data(), nullptr, FFT_TILE, 0, bins, t, width});
    task.progress(t, columns);
  }
  return {};
}

}  // namespace cochlea
