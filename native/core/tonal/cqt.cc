#include "core/tonal/cqt.h"

#include <algorithm>
#include <cmath>

#include "core/pitch/tuning.h"
#include "core/runtime/plan_cache.h"
#include "core/spectrum/stages.h"
#include "core/tonal/cqt_engine.h"

namespace cochlea {
namespace {

constexpr double HALF_STEP_GAIN = 1.4142135623730951;  // of each halving: it keeps the energy

size_t factors_of_two(size_t n) {
  size_t count = 0;
  for (; n % 2 == 0; n /= 2) ++count;
  return count;
}

// Null if the task was cancelled meanwhile.
std::shared_ptr<const CqtPlan> design(const Task& task, const ConstantQ& q, size_t hop,
                                      bool scale) {
  auto plan = std::make_shared<CqtPlan>(CqtPlan::outline(q, hop));
  const double top_rate = plan->octaves.front().rate;
  // librosa takes the gain of the early halvings back with an amplification of the same size.
  double gain = std::pow(HALF_STEP_GAIN, (scale ? 1.0 : 2.0) * static_cast<double>(plan->early));

  ConstantQ at_top = q;
  at_top.sample_rate = top_rate;
  const std::vector<double> lengths = at_top.lengths();
  for (CqtOctave& octave : plan->octaves) {
    if (octave.halved) gain *= HALF_STEP_GAIN;
    Spectra spectra;
    if (!filter_spectra(task, q, octave.request(), &spectra)) return nullptr;
    std::vector<double> gains;
    for (size_t k = octave.begin; k < octave.end; ++k) {
      const double unscaled = gain * std::sqrt(top_rate / octave.rate);
      gains.push_back(scale ? unscaled / std::sqrt(lengths[k]) : unscaled);
    }
    octave.bank = pack(std::move(spectra), gains);
  }
  return plan;
}

}  // namespace

ConstantQ CqtSpec::at(double tuning) const {
  ConstantQ q = filters;
  const double lowest = fmin * std::exp2(tuning / filters.bins_per_octave);
  q.frequencies.clear();
  for (const double ratio : ratios) q.frequencies.push_back(ratio * lowest);
  return q;
}

void set_rates(std::span<CqtOctave> octaves, double rate, size_t hop) {
  bool halved = false;
  for (CqtOctave& octave : octaves) {
    octave.rate = rate;
    octave.hop = hop;
    octave.halved = halved;
    halved = hop % 2 == 0;
    if (halved) {
      hop /= 2;
      rate /= 2;
    }
  }
}

DesignSize design_size(const ConstantQ& filters, std::span<const CqtOctave> octaves) {
  DesignSize size;
  for (const CqtOctave& octave : octaves) {
    const BankRequest request = octave.request();
    const double slower = filters.sample_rate / octave.rate;
    size.add(octave.end - octave.begin, request.n_fft(request.lengths(filters)),
             static_cast<size_t>(slower));
  }
  return size;
}

CqtPlan CqtPlan::outline(const ConstantQ& q, size_t hop) {
  CqtPlan plan;
  plan.early = early_halvings(q, hop);
  const size_t per_octave = static_cast<size_t>(q.bins_per_octave);
  for (size_t end = q.frequencies.size(); end > 0; end -= std::min(end, per_octave)) {
    plan.octaves.push_back({.begin = end - std::min(end, per_octave), .end = end});
  }
  const double halvings = static_cast<double>(plan.early);
  set_rates(plan.octaves, q.sample_rate / std::exp2(halvings), hop >> plan.early);
  return plan;
}

size_t CqtPlan::bytes() const {
  size_t sum = heap_bytes(octaves);
  for (const CqtOctave& octave : octaves) sum += octave.bank.bytes();
  return sum;
}

size_t CqtPlan::early_halvings(const ConstantQ& q, size_t hop) {
  const double octaves = std::ceil(static_cast<double>(q.frequencies.size()) / q.bins_per_octave);
  const double spare = std::ceil(std::log2(q.sample_rate / 2 / q.cutoff())) - 2;
  const double allowed = static_cast<double>(factors_of_two(hop)) - octaves + 1;
  return static_cast<size_t>(std::fmax(0, std::fmin(spare, allowed)));
}

size_t CqtPlan::columns(const ConstantQ& q, size_t hop, size_t samples) {
  // Halving rounds the samples up, so no octave has fewer columns than the top one.
  const size_t early = early_halvings(q, hop);
  return ((samples + (size_t{1} << early) - 1) >> early) / (hop >> early) + 1;
}

std::shared_ptr<const CqtPlan> CqtPlan::get(const Task& task, const ConstantQ& filters, size_t hop,
                                            bool scale) {
  static PlanCache<std::vector<double>, CqtPlan>& cache =
      *new PlanCache<std::vector<double>, CqtPlan>(32 << 20);
  return cache.get(filters.key(hop, scale), [&] { return design(task, filters, hop, scale); });
}

Status tuned_filters(const Task& task, std::span<const float> y, const CqtSpec& spec, double tuning,
                     ConstantQ* filters, size_t* peaks) {
  if (std::isnan(tuning)) {
    const size_t bins_per_octave = static_cast<size_t>(spec.filters.bins_per_octave);
    const Status status =
        estimate_tuning(task, y, spec.filters.sample_rate, bins_per_octave, &tuning, peaks);
    if (!status.ok()) return status;
  }
  *filters = spec.at(tuning);
  if (filters->cutoff() > filters->sample_rate / 2) {
    return Status::invalid("nBins", "filters that end below the Nyquist frequency at this tuning");
  }
  const size_t early = CqtPlan::early_halvings(*filters, spec.hop);
  if (early > 0 && y.size() < size_t{1} << early) {
    return Status::invalid("y", "a signal long enough to halve its rate before the top octave");
  }
  return {};
}

CqtSource::CqtSource(std::span<const float> y, const ConstantQ& filters, const CqtSpec& spec)
    : y_(y),
      filters_(filters),
      hop_(spec.hop),
      scale_(spec.scale),
      pad_mode_(spec.pad_mode),
      columns_(CqtPlan::columns(filters, spec.hop, y.size())) {}

Shape CqtSource::shape() const { return {filters_.frequencies.size(), columns_, FFT_TILE, false}; }

Status CqtSource::push(const Task& task, Stage& to) {
  const auto plan = CqtPlan::get(task, filters_, hop_, scale_);
  if (plan == nullptr) return Status::cancelled();
  // A lower octave may have a column more than the top one.
  Section section(0, columns_, to);
  CqtEngine engine(plan, pad_mode_, true, task);
  engine.expect(y_);
  for (size_t i = 0; i < y_.size(); i += CqtEngine::CHUNK) {
    if (task.cancelled()) return Status::cancelled();
    engine.push(task, y_.subspan(i, std::min(CqtEngine::CHUNK, y_.size() - i)), section);
    task.progress(i, y_.size());
  }
  engine.finish(task, section);
  return task.cancelled() ? Status::cancelled() : Status{};
}

Status cqt(const Task& task, std::span<const float> y, const ConstantQ& filters,
           const CqtSpec& spec, size_t stride, std::span<float> re, std::span<float> im) {
  CqtSource source(y, filters, spec);
  return Pipeline(source).add<IntoMatrix>(re, im, stride).run(task);
}

}  // namespace cochlea
