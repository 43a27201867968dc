#include "core/tonal/cqt.h"

#include <algorithm>
#include <cmath>

#include "core/pitch/tuning.h"
#include "core/runtime/plan_cache.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

constexpr double HALF_STEP_GAIN = 1.4142135623730951;  // of each halving: it keeps the energy

size_t factors_of_two(size_t n) {
  size_t count = 0;
  for (; n % 2 == 0; n /= 2) ++count;
  return count;
}

std::shared_ptr<const CqtPlan> design(const ConstantQ& q, size_t hop, bool scale) {
  auto plan = std::make_shared<CqtPlan>();
  const size_t bins = q.frequencies.size();
  const size_t per_octave = static_cast<size_t>(q.bins_per_octave);
  const size_t group = std::min(per_octave, bins);
  const size_t octaves = (bins + per_octave - 1) / per_octave;

  plan->early = CqtPlan::early_halvings(q, hop);
  const double top_rate = q.sample_rate / std::exp2(plan->early);
  // librosa takes the gain of the early halvings back with an amplification of the same size.
  double gain = std::pow(HALF_STEP_GAIN, (scale ? 1.0 : 2.0) * static_cast<double>(plan->early));

  ConstantQ at_top = q;
  at_top.sample_rate = top_rate;
  const std::vector<double> lengths = at_top.lengths();
  double rate = top_rate;
  size_t my_hop = hop >> plan->early;
  bool halved = false;
  for (size_t o = 0; o < octaves; ++o) {
    const size_t end = bins - o * group;
    const size_t begin = end > group ? end - group : 0;
    CqtPlan::Octave octave{begin, end, halved, my_hop, {}};
    const Spectra spectra =
        filter_spectra(q, {.begin = begin, .end = end, .sample_rate = rate, .min_fft = 2});
    std::vector<double> gains;
    for (size_t k = begin; k < end; ++k) {
      gains.push_back(gain * std::sqrt(top_rate / rate) / (scale ? std::sqrt(lengths[k]) : 1));
    }
    octave.bank = pack(spectra, gains);
    plan->octaves.push_back(std::move(octave));
    halved = my_hop % 2 == 0;
    if (halved) {
      my_hop /= 2;
      rate /= 2;
      gain *= HALF_STEP_GAIN;
    }
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

size_t CqtPlan::bytes() const {
  size_t sum = 0;
  for (const Octave& octave : octaves) sum += octave.bank.bytes();
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

std::shared_ptr<const CqtPlan> CqtPlan::get(const ConstantQ& filters, size_t hop, bool scale) {
  static PlanCache<std::vector<double>, CqtPlan>& cache =
      *new PlanCache<std::vector<double>, CqtPlan>(32 << 20);
  std::vector<double> key = filters.key();
  key.push_back(static_cast<double>(hop));
  key.push_back(scale);
  return cache.get(key, [&] { return design(filters, hop, scale); });
}

CqtEngine::Transform::Transform(size_t n)
    : frames({}, n, 1, PadMode::none),
      analysis(frames, Window::get(WindowShape::ones, 0, {}, n, n)),
      re((n / 2 + 1) * FFT_TILE),
      im((n / 2 + 1) * FFT_TILE) {}

CqtEngine::CqtEngine(std::shared_ptr<const CqtPlan> plan, PadMode pad_mode, bool bulk)
    : plan_(std::move(plan)), pad_mode_(pad_mode), bulk_(bulk) {
  constexpr ResampleQuality QUALITY = ResampleQuality::soxr_hq;
  const auto scratch = bulk ? Resampler::make_bulk(2, 1, QUALITY) : nullptr;
  early_ = plan_->early > 0 ? 1 : 0;
  stages_.resize(early_ + plan_->octaves.size());
  size_t most_rows = 0;
  for (const CqtPlan::Octave& octave : plan_->octaves)
    most_rows = std::max(most_rows, octave.bank.rows());
  tile_re_ = Aligned<float>(most_rows * FFT_TILE);
  tile_im_ = Aligned<float>(most_rows * FFT_TILE);
  for (size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    if (i >= early_) {
      stage.octave = &plan_->octaves[i - early_];
      const size_t n = stage.octave->bank.n_fft;
      for (const auto& known : transforms_) {
        if (known->frames.length() == n) stage.transform = known.get();
      }
      if (stage.transform == nullptr) {
        transforms_.push_back(std::make_unique<Transform>(n));
        stage.transform = transforms_.back().get();
      }
    }
    if (stage.octave == nullptr) {
      const double factor = std::exp2(plan_->early);
      stage.resampler = std::make_unique<Resampler>(
          factor, 1, QUALITY, bulk ? Resampler::make_bulk(factor, 1, QUALITY) : nullptr);
    } else if (stage.octave->halved) {
      stage.resampler = std::make_unique<Resampler>(2, 1, QUALITY, scratch);
    }
    stage.at_input_rate = stage.resampler == nullptr && (i == 0 || stages_[i - 1].at_input_rate);
    if (stage.resampler != nullptr) stage.slower.resize(stage.resampler->most(CHUNK));
    // Not more than half of it is to be dropped, and a push may come on top.
    if (stage.octave != nullptr)
      stage.signal.reserve(
          2 * (kept(*stage.octave) + stage.octave->bank.n_fft + FFT_TILE * stage.octave->hop) +
          CHUNK);
  }
}

size_t CqtEngine::kept(const CqtPlan::Octave& octave) {
  return octave.bank.n_fft / 2 + 2 * octave.bank.n_fft + 2 * octave.hop;
}

size_t CqtEngine::latency() const {
  size_t most = 0, factor = 1, delay = 0;
  for (const Stage& stage : stages_) {
    if (stage.resampler != nullptr) {
      const size_t ratio = stage.octave == nullptr ? size_t{1} << plan_->early : 2;
      // Output m is there with the input sample ratio * m + reach.
      delay += factor * (static_cast<size_t>(stage.resampler->reach()) + 1 - ratio);
      factor *= ratio;
    }
    if (stage.octave != nullptr)
      most = std::max(most, delay + factor * (stage.octave->bank.n_fft / 2));
  }
  return most;
}

void CqtEngine::reset() {
  fed_ = 0;
  whole_ = {};
  for (Stage& stage : stages_) {
    if (stage.resampler != nullptr) stage.resampler->reset();
    stage.signal.clear();
    stage.base = stage.next = 0;
  }
}

size_t CqtEngine::complete() const {
  size_t least = SIZE_MAX;
  for (size_t i = early_; i < stages_.size(); ++i) least = std::min(least, stages_[i].next);
  return least;
}

size_t CqtEngine::furthest() const {
  size_t most = 0;
  for (const Stage& stage : stages_) most = std::max(most, stage.next);
  return most;
}

size_t CqtEngine::bytes() const {
  size_t sum = 0;
  for (const Stage& stage : stages_) {
    sum += (stage.slower.size() + stage.signal.capacity()) * sizeof(float);
    if (stage.resampler != nullptr) sum += stage.resampler->bytes();
  }
  for (const auto& transform : transforms_) {
    sum += (4 * transform->re.size() + 4 * transform->im.size()) * sizeof(float);
  }
  return sum;
}

void CqtEngine::push(std::span<const float> x, const CqtSink& sink) {
  fed_ += x.size();
  for (size_t i = 0; i < x.size(); i += CHUNK) {
    feed(0, x.subspan(i, std::min(CHUNK, x.size() - i)), sink);
  }
}

void CqtEngine::feed(size_t i, std::span<const float> x, const CqtSink& sink) {
  for (; i < stages_.size() && !x.empty(); ++i) {
    Stage& stage = stages_[i];
    if (stage.resampler != nullptr) {
      x = {stage.slower.data(), stage.resampler->push(x, stage.slower.data())};
    }
    if (stage.octave == nullptr) continue;
    if (!stage.at_input_rate || whole_.empty())
      stage.signal.insert(stage.signal.end(), x.begin(), x.end());
    transform(stage, false, sink);
  }
}

void CqtEngine::finish(const CqtSink& sink) {
  for (size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    if (stage.resampler != nullptr) {
      std::span<const float> rest(stage.slower.data(),
                                  stage.resampler->finish(stage.slower.data()));
      const size_t factor = size_t{1} << plan_->early;
      if (stage.octave == nullptr && fed_ % factor != 0 && 2 * (fed_ % factor) < factor) {
        // libsoxr rounds the number of samples where librosa rounds up, and appends a zero.
        stage.slower[rest.size() - 1] = 0;
      }
      if (stage.octave != nullptr)
        stage.signal.insert(stage.signal.end(), rest.begin(), rest.end());
      feed(i + 1, rest, sink);
    }
    if (stage.octave != nullptr) transform(stage, true, sink);
  }
}

// The columns whose samples are all there; with `last`, all columns.
void CqtEngine::transform(Stage& stage, bool last, const CqtSink& sink) {
  const CqtPlan::Octave& octave = *stage.octave;
  const size_t n = octave.bank.n_fft, hop = octave.hop, pad = n / 2;
  const bool direct = stage.at_input_rate && !whole_.empty();
  const std::span<const float> signal = direct ? whole_.first(fed_) : stage.signal;
  const size_t samples = stage.base + signal.size();
  size_t ready = 0;
  if (last) {
    ready = Frames::count(samples, n, hop, pad_mode_);
  } else if (samples >= (pad_mode_ == PadMode::constant ? n - pad : n)) {
    // A frame that begins before the signal may mirror its first samples, no more than n.
    ready = (samples + pad - n) / hop + 1;
  }
  if (ready <= stage.next) return;
  if (bulk_ && !last) ready -= (ready - stage.next) % FFT_TILE;
  Transform& t = *stage.transform;
  const kernels::Table& kernel = kernels::active();
  // The signal from a column's beginning on has the same frames as the whole.
  t.frames = Frames(signal, n, hop, pad_mode_);
  const size_t dropped = stage.base / hop;
  for (; stage.next < ready; stage.next += std::min(FFT_TILE, ready - stage.next)) {
    if (stage.next >= sink.end) continue;
    const size_t lanes = std::min({FFT_TILE, ready - stage.next, sink.end - stage.next});
    t.analysis.tile(stage.next - dropped, lanes, t.re.data(), t.im.data(), FFT_TILE);
    const auto products = [&](float* re, float* im, size_t stride) {
      kernel.band_products(t.re.data(), t.im.data(), octave.bank.first.data(),
                           octave.bank.count.data(), octave.bank.coefficients.data(),
                           octave.bank.rows(), re, im, stride, lanes);
    };
    if (sink.take == nullptr) {
      const size_t at = octave.begin * sink.stride + stage.next - sink.origin;
      products(sink.re + at, sink.im + at, sink.stride);
    } else {
      const size_t rows = octave.bank.rows();
      products(tile_re_.data(), tile_im_.data(), FFT_TILE);
      for (size_t r = 0; r < rows; ++r) {
        float* const row = tile_re_.data() + r * FFT_TILE;
        kernel.magnitude(row, tile_im_.data() + r * FFT_TILE, lanes, row);
      }
      (*sink.take)(tile_re_.data(), FFT_TILE, octave.begin, rows, stage.next, lanes);
    }
  }
  if (direct) return;
  const size_t needed = kept(octave), from = stage.next * hop;
  if (from < stage.base + needed) return;
  const size_t drop = (from - needed - stage.base) / hop * hop;
  if (drop < stage.signal.size() / 2) return;
  stage.signal.erase(stage.signal.begin(),
                     stage.signal.begin() + static_cast<std::ptrdiff_t>(drop));
  stage.base += drop;
}

Status tuned_filters(const Task& task, std::span<const float> y, const CqtSpec& spec, double tuning,
                     ConstantQ* filters) {
  if (std::isnan(tuning)) {
    const size_t bins_per_octave = static_cast<size_t>(spec.filters.bins_per_octave);
    const Status status =
        estimate_tuning(task, y, spec.filters.sample_rate, bins_per_octave, &tuning);
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

namespace {

Status transform_all(const Task& task, std::span<const float> y, const ConstantQ& filters,
                     const CqtSpec& spec, const CqtSink& sink) {
  CqtEngine engine(CqtPlan::get(filters, spec.hop, spec.scale), spec.pad_mode, true);
  engine.expect(y);
  for (size_t i = 0; i < y.size(); i += CqtEngine::CHUNK) {
    if (task.cancelled()) return Status::cancelled();
    engine.push(y.subspan(i, std::min(CqtEngine::CHUNK, y.size() - i)), sink);
    task.progress(static_cast<double>(i) / static_cast<double>(y.size()));
  }
  engine.finish(sink);
  return {};
}

}  // namespace

Status cqt(const Task& task, std::span<const float> y, const ConstantQ& filters,
           const CqtSpec& spec, size_t stride, size_t columns, float* re, float* im) {
  return transform_all(task, y, filters, spec, {re, im, stride, 0, columns});
}

Status cqt_tiles(const Task& task, std::span<const float> y, const ConstantQ& filters,
                 const CqtSpec& spec, size_t columns, const TakeTile& take) {
  return transform_all(task, y, filters, spec, {nullptr, nullptr, 0, 0, columns, &take});
}

}  // namespace cochlea
