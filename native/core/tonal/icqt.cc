#include "core/tonal/icqt.h"

#include <algorithm>
#include <cmath>

#include "core/runtime/blocks.h"
#include "core/runtime/plan_cache.h"
#include "core/signal/resample.h"
#include "core/spectrum/fft.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

// Null if the task was cancelled meanwhile.
std::shared_ptr<const InverseCqtPlan> design(const Task& task, const ConstantQ& q, size_t hop,
                                             bool scale) {
  auto plan = std::make_shared<InverseCqtPlan>(InverseCqtPlan::outline(q, hop));
  const std::vector<double> lengths = q.lengths();
  for (CqtOctave& octave : plan->octaves) {
    Spectra spectra;
    if (!filter_spectra(task, q, octave.request(), &spectra)) return nullptr;
    std::vector<double> gains;
    for (size_t r = 0; r < spectra.rows.size(); ++r) {
      const Spectra::Row& row = spectra.rows[r];
      double power = 0;
      for (size_t j = 0; j < row.size(); ++j)
        power += double{row.re[j]} * row.re[j] + double{row.im[j]} * row.im[j];
      const double length = lengths[octave.begin + r];
      const double weight = static_cast<double>(spectra.n_fft) / (length * power);
      gains.push_back(weight * (scale ? std::sqrt(length) : 1));
    }
    octave.bank = pack(std::move(spectra), gains);
  }
  return plan;
}

// One octave and the sum of it and all octaves below, at its own rate.
class Level {
 public:
  // The sums of all levels but the top one begin and end so many samples before and after the
  // signal, because the filters that raise a rate ring: what rings beyond an end, at one rate, is
  // still heard before it after the next. Twice their reach is more than any later filter sees.
  static constexpr size_t MARGIN = 256;

  // `depth`: how often the rate is halved on the way from the top. `lanes`: frames of a tile, all but
  // the last. `above`: null for the top.
  Level(const Task& task, const CqtOctave& octave, std::shared_ptr<const RealFft> fft, size_t depth,
        size_t frames, size_t lanes, Level* above, std::span<float> out)
      : task_(task),
        octave_(octave),
        frames_(frames),
        lanes_(lanes),
        length_(octave.hop * (frames - 1)),
        margin_(above == nullptr ? 0 : MARGIN),
        above_(above),
        out_(out),
        fft_(std::move(fft)),
        re_(fft_->bins() * FFT_TILE, 0),
        im_(fft_->bins() * FFT_TILE, 0),
        tile_(fft_->tile_size()),
        rows_(fft_->run() * FFT_TILE),
        scratch_(fft_->scratch_size()),
        ones_(fft_->run(), 1),
        overlap_(fft_->size() + (lanes - 1) * octave.hop, 0),
        own_end_(margin_) {
    for (size_t r = 0; r < octave.bank.rows(); ++r) {
      const size_t first = static_cast<size_t>(octave.bank.first[r]);
      const size_t end = first + static_cast<size_t>(octave.bank.count[r]);
      touched_begin_ = std::min(touched_begin_, first * FFT_TILE);
      touched_end_ = std::max(touched_end_, end * FFT_TILE);
    }
    if (above == nullptr) return;
    above->skip_ = (octave.halved ? 2 : 1) * margin_ - above->margin_;
    if (!octave.halved) return;
    // In blocks only where there is much to do: they hold samples back, and what waits for them is
    // as long as the ratio to the top.
    constexpr ResampleQuality QUALITIES[] = {
        ResampleQuality::soxr_hq, ResampleQuality::soxr_hq_to_4, ResampleQuality::soxr_hq_to_8,
        ResampleQuality::soxr_hq_to_16};
    const ResampleQuality quality = QUALITIES[std::min<size_t>(depth, 4) - 1];
    raise_ = std::make_unique<Resampler>(1, 2, quality,
                                         depth <= 4 ? OverlapSave::make(1, 2, quality) : nullptr);
    raised_.resize(raise_->max_outputs(CHUNK));
  }

  void set_lowest() { lower_end_ = SIZE_MAX; }

  // Adds frames [t0, t0 + lanes) and passes on what is complete.
  void tile(const float* re, const float* im, size_t columns, size_t t0, size_t lanes) {
    const kernels::Table& kernel = kernels::active();
    const FilterBank& bank = octave_.bank;
    const size_t hop = octave_.hop, n = fft_->size(), run = fft_->run(), pad = n / 2;
    std::fill(re_.begin() + touched_begin_, re_.begin() + touched_end_, 0.0f);
    std::fill(im_.begin() + touched_begin_, im_.begin() + touched_end_, 0.0f);
    const size_t at = octave_.begin * columns + t0;
    kernel.spread_bands(re + at, im + at, columns, lanes, bank.first.data(), bank.count.data(),
                        bank.coefficients.data(), bank.rows(), re_.data(), im_.data());
    fft_->inverse_tile(re_.data(), im_.data(), FFT_TILE, lanes, tile_.data(), scratch_.data(),
                       task_);
    float* rows[FFT_TILE];
    for (size_t l = 0; l < FFT_TILE; ++l) rows[l] = rows_.data() + l * run;
    for (size_t i = 0; i < n; i += run) {
      kernel.tile_to_rows(tile_.data() + i / run * fft_->run_stride(), run, rows);
      for (size_t l = 0; l < lanes; ++l) {
        kernel.multiply_add(rows[l], ones_.data(), run, overlap_.data() + l * hop + i);
      }
    }
    // Positions from here on count from the first frame's start, `pad` samples before the signal.
    const bool last = t0 + lanes == frames_;
    const size_t from = t0 * hop, to = last ? length_ + pad : from + lanes * hop;
    // What lies behind the frames of a long hop is silent.
    const size_t heard = std::min(to, from + overlap_.size());
    average(overlap_.data(), from, heard);
    const size_t begin = std::max(pad, from);
    if (heard > begin) {
      in_blocks(task_, heard - begin, [&](size_t i, size_t end) {
        add(overlap_.data() + (begin - from) + i, end - i, begin - pad + margin_ + i);
      });
    }
    if (to > begin) own_end_ = to - pad + margin_;
    if (last) {
      own_end_ = SIZE_MAX;
    } else {
      float* const next = overlap_.begin() + std::min(lanes_ * hop, overlap_.size());
      std::fill(std::copy(next, overlap_.end(), overlap_.begin()), overlap_.end(), 0.0f);
    }
    pass_on();
  }

 private:
  static constexpr size_t CHUNK = size_t{1} << 12;

  size_t total() const { return length_ + 2 * margin_; }

  // Divides by how many frames cover each position of [from, to).
  void average(float* x, size_t from, size_t to) const {
    const size_t n = fft_->size(), hop = octave_.hop;
    for (size_t p = from; p < to;) {
      const size_t first = p < n ? 0 : (p - n) / hop + 1, next = std::min(frames_, p / hop + 1);
      size_t end = first < next ? std::min(to, first * hop + n) : to;
      if (next < frames_) end = std::min(end, next * hop);
      if (next > first + 1) {
        const float share = 1.0f / static_cast<float>(next - first);
        for (size_t i = p; i < end; ++i) x[i - from] *= share;
      }
      p = end;
    }
  }

  void add(const float* x, size_t n, size_t at) {
    if (above_ == nullptr) {
      const size_t end = std::min(length_, out_.size());
      n = std::min(n, end - std::min(end, at));
      for (size_t i = 0; i < n; ++i) out_[at + i] += x[i];
      return;
    }
    n = std::min(n, total() - std::min(total(), at));
    if (sum_.size() < at + n - base_) sum_.resize(at + n - base_, 0.0f);
    float* const to = sum_.data() + (at - base_);
    for (size_t i = 0; i < n; ++i) to[i] += x[i];
  }

  // What the level below hands up, in order.
  void add_from_below(const float* x, size_t n) {
    const size_t skipped = std::min(n, skip_);
    skip_ -= skipped;
    add(x + skipped, n - skipped, lower_end_);
    lower_end_ += n - skipped;
  }

  void pass_on() {
    if (above_ == nullptr) return;
    const size_t end = std::min({own_end_, lower_end_, total()});
    if (sum_.size() < end - base_) sum_.resize(end - base_, 0.0f);
    const std::span<const float> ready(sum_.data(), end - base_);
    for (size_t i = 0; i < ready.size(); i += CHUNK) {
      if (task_.cancelled()) return;
      const std::span<const float> x = ready.subspan(i, std::min(CHUNK, ready.size() - i));
      if (raise_) {
        above_->add_from_below(raised_.data(), raise_->push(x, raised_.data()));
      } else {
        above_->add_from_below(x.data(), x.size());
      }
    }
    sum_.erase(sum_.begin(), sum_.begin() + static_cast<std::ptrdiff_t>(ready.size()));
    base_ = end;
    if (own_end_ == SIZE_MAX && lower_end_ == SIZE_MAX) {
      if (raise_) above_->add_from_below(raised_.data(), raise_->finish(raised_.data()));
      above_->lower_end_ = SIZE_MAX;
    }
  }

  const Task& task_;
  const CqtOctave& octave_;
  const size_t frames_, lanes_, length_, margin_;
  Level* const above_;
  const std::span<float> out_;  // of the top level
  const std::shared_ptr<const RealFft> fft_;
  Aligned<float> re_, im_, tile_, rows_, scratch_, ones_;
  size_t touched_begin_ = SIZE_MAX, touched_end_ = 0;  // of re_ and im_, which are 0 elsewhere
  Aligned<float> overlap_;  // sums of the frames that are not complete, from the next frame on
  std::unique_ptr<Resampler> raise_;
  std::vector<float> raised_;
  std::vector<float> sum_;  // samples from base_ on, time 0 being margin_
  size_t base_ = 0;
  size_t own_end_, lower_end_ = 0;  // up to where this octave, and those below, have been added
  size_t skip_ = 0;                 // samples from below that lie before the margin
};

}  // namespace

InverseCqtPlan InverseCqtPlan::outline(const ConstantQ& q, size_t hop) {
  InverseCqtPlan plan;
  const size_t bins = q.frequencies.size();
  const size_t per_octave = static_cast<size_t>(q.bins_per_octave);
  for (size_t o = (bins + per_octave - 1) / per_octave; o-- > 0;) {
    const size_t begin = o * per_octave;
    plan.octaves.push_back({.begin = begin, .end = std::min(bins, begin + per_octave)});
  }
  set_rates(plan.octaves, q.sample_rate, hop);
  return plan;
}

size_t InverseCqtPlan::bytes() const {
  size_t sum = heap_bytes(octaves);
  for (const CqtOctave& octave : octaves) sum += octave.bank.bytes();
  return sum;
}

std::shared_ptr<const InverseCqtPlan> InverseCqtPlan::get(const Task& task,
                                                          const ConstantQ& filters, size_t hop,
                                                          bool scale) {
  static PlanCache<std::vector<double>, InverseCqtPlan>& cache =
      *new PlanCache<std::vector<double>, InverseCqtPlan>(32 << 20);
  return cache.get(filters.key(hop, scale), [&] { return design(task, filters, hop, scale); });
}

Status icqt(const Task& task, std::span<const float> re, std::span<const float> im, size_t columns,
            size_t frames, const ConstantQ& filters, size_t hop, bool scale, std::span<float> out) {
  const auto plan = InverseCqtPlan::get(task, filters, hop, scale);
  if (plan == nullptr) return Status::cancelled();
  in_blocks(task, out.size(), [&](size_t begin, size_t end) {
    std::fill(out.data() + begin, out.data() + end, 0.0f);
  });
  // Tiles of frames, fewer of a long hop: an abort is noticed between them.
  constexpr size_t SAMPLES = size_t{1} << 18;
  const size_t width = std::clamp<size_t>(SAMPLES / hop, 1, FFT_TILE);
  std::vector<std::unique_ptr<Level>> levels;  // from the top
  size_t depth = 0;
  for (const CqtOctave& octave : plan->octaves) {
    if (octave.halved) ++depth;
    auto fft = RealFft::get(octave.bank.n_fft, task);
    if (fft == nullptr) return Status::cancelled();
    Level* const above = levels.empty() ? nullptr : levels.back().get();
    levels.push_back(
        std::make_unique<Level>(task, octave, std::move(fft), depth, frames, width, above, out));
  }
  levels.back()->set_lowest();
  for (size_t t = 0; t < frames; t += width) {
    const size_t lanes = std::min(width, frames - t);
    for (size_t i = levels.size(); i-- > 0;) {
      if (task.cancelled()) return Status::cancelled();
      levels[i]->tile(re.data(), im.data(), columns, t, lanes);
    }
    task.progress(t, frames);
  }
  return task.cancelled() ? Status::cancelled() : Status{};
}

}  // namespace cochlea
