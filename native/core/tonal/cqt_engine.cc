#include "core/tonal/cqt_engine.h"

#include <algorithm>

#include "kernels/dispatch.h"

namespace cochlea {

// Samples that a level makes room for ahead.
constexpr size_t MAX_RESERVE = size_t{1} << 20;
// Coefficients of filters after which an abort is noticed: some ten milliseconds of a tile.
constexpr size_t BINS_AT_ONCE = size_t{1} << 20;

CqtEngine::Transform::Transform(size_t n, const Task& task)
    : frames({}, n, 1, PadMode::none),
      stft(frames, Window::get(WindowShape::ones, 0, {}, n, n), task),
      re((n / 2 + 1) * FFT_TILE),
      im((n / 2 + 1) * FFT_TILE) {}

CqtEngine::CqtEngine(std::shared_ptr<const CqtPlan> plan, PadMode pad_mode, bool whole_tiles,
                     const Task& task)
    : plan_(std::move(plan)), pad_mode_(pad_mode), whole_tiles_(whole_tiles) {
  const auto scratch = whole_tiles ? Decimator::make_overlap_save(1) : nullptr;
  early_ = plan_->early > 0 ? 1 : 0;
  levels_.resize(early_ + plan_->octaves.size());
  size_t rows = 0;
  for (const CqtOctave& octave : plan_->octaves) rows = std::max(rows, octave.bank.rows());
  tile_re_ = Aligned<float>(rows * FFT_TILE);
  tile_im_ = Aligned<float>(rows * FFT_TILE);
  for (size_t i = 0; i < levels_.size(); ++i) {
    Level& level = levels_[i];
    if (i >= early_) {
      level.octave = &plan_->octaves[i - early_];
      const size_t n = level.octave->bank.n_fft;
      for (const auto& known : transforms_) {
        if (known->frames.length() == n) level.transform = known.get();
      }
      if (level.transform == nullptr) {
        transforms_.push_back(std::make_unique<Transform>(n, task));
        level.transform = transforms_.back().get();
      }
    }
    if (level.octave == nullptr) {
      level.decimator = std::make_unique<Decimator>(
          plan_->early, CHUNK, whole_tiles ? Decimator::make_overlap_save(plan_->early) : nullptr);
    } else if (level.octave->halved) {
      level.decimator = std::make_unique<Decimator>(1, CHUNK, scratch);
    }
    level.at_input_rate = level.decimator == nullptr && (i == 0 || levels_[i - 1].at_input_rate);
    if (level.decimator != nullptr)
      level.slower.resize(
          std::max(level.decimator->max_outputs(CHUNK), level.decimator->max_outputs(0)));
    // Not more than half of it is to be dropped, and a push may come on top. What a long hop needs
    // beyond that grows with the signal.
    if (level.octave != nullptr) {
      const size_t needed =
          2 * (kept(*level.octave) + level.octave->bank.n_fft + FFT_TILE * level.octave->hop) +
          CHUNK;
      level.signal.reserve(std::min(needed, MAX_RESERVE));
    }
  }
}

size_t CqtEngine::kept(const CqtOctave& octave) {
  return octave.bank.n_fft / 2 + 2 * octave.bank.n_fft + 2 * octave.hop;
}

size_t CqtEngine::latency() const {
  size_t longest = 0, factor = 1, delay = 0;
  for (const Level& level : levels_) {
    if (level.decimator != nullptr) {
      delay += factor * level.decimator->delay();
      factor *= level.octave == nullptr ? size_t{1} << plan_->early : 2;
    }
    if (level.octave != nullptr)
      longest = std::max(longest, delay + factor * (level.octave->bank.n_fft / 2));
  }
  return longest;
}

void CqtEngine::reset() {
  fed_ = 0;
  whole_ = {};
  for (Level& level : levels_) {
    if (level.decimator != nullptr) level.decimator->reset();
    level.signal.clear();
    level.base = level.next = 0;
  }
}

size_t CqtEngine::complete() const {
  size_t least = SIZE_MAX;
  for (size_t i = early_; i < levels_.size(); ++i) least = std::min(least, levels_[i].next);
  return least;
}

size_t CqtEngine::furthest() const {
  size_t columns = 0;
  for (const Level& level : levels_) columns = std::max(columns, level.next);
  return columns;
}

size_t CqtEngine::bytes() const {
  size_t sum = 0;
  for (const Level& level : levels_) {
    sum += (level.slower.size() + level.signal.capacity()) * sizeof(float);
    if (level.decimator != nullptr) sum += level.decimator->bytes();
  }
  for (const auto& transform : transforms_) {
    sum += (4 * transform->re.size() + 4 * transform->im.size()) * sizeof(float);
  }
  return sum;
}

void CqtEngine::push(const Task& task, std::span<const float> x, Stage& to) {
  fed_ += x.size();
  for (size_t i = 0; i < x.size(); i += CHUNK) {
    feed(task, 0, x.subspan(i, std::min(CHUNK, x.size() - i)), to);
  }
}

void CqtEngine::feed(const Task& task, size_t i, std::span<const float> x, Stage& to) {
  for (; i < levels_.size() && !x.empty(); ++i) {
    Level& level = levels_[i];
    if (level.decimator != nullptr) {
      x = {level.slower.data(), level.decimator->push(x, level.slower.data())};
    }
    if (level.octave == nullptr) continue;
    if (!level.at_input_rate || whole_.empty())
      level.signal.insert(level.signal.end(), x.begin(), x.end());
    transform(task, level, false, to);
  }
}

void CqtEngine::finish(const Task& task, Stage& to) {
  for (size_t i = 0; i < levels_.size(); ++i) {
    Level& level = levels_[i];
    if (level.decimator != nullptr) {
      const std::span<const float> rest(level.slower.data(),
                                        level.decimator->finish(level.slower.data()));
      if (level.octave != nullptr)
        level.signal.insert(level.signal.end(), rest.begin(), rest.end());
      feed(task, i + 1, rest, to);
    }
    if (level.octave != nullptr) transform(task, level, true, to);
  }
}

// The columns whose samples are all there; with `last`, all columns.
void CqtEngine::transform(const Task& task, Level& level, bool last, Stage& to) {
  const CqtOctave& octave = *level.octave;
  const size_t n = octave.bank.n_fft, hop = octave.hop, pad = n / 2;
  const bool direct = level.at_input_rate && !whole_.empty();
  const std::span<const float> signal = direct ? whole_.first(fed_) : level.signal;
  const size_t samples = level.base + signal.size();
  size_t ready = 0;
  if (last) {
    ready = Frames::count(samples, n, hop, pad_mode_);
  } else if (samples >= (pad_mode_ == PadMode::constant ? n - pad : n)) {
    // A frame that begins before the signal may mirror its first samples, no more than n.
    ready = (samples + pad - n) / hop + 1;
  }
  if (ready <= level.next) return;
  if (whole_tiles_ && !last) ready -= (ready - level.next) % FFT_TILE;
  Transform& t = *level.transform;
  const kernels::Table& kernel = kernels::active();
  // The signal from a column's beginning on has the same frames as the whole.
  t.frames = Frames(signal, n, hop, pad_mode_);
  const size_t dropped = level.base / hop;
  const size_t rows = octave.bank.rows();
  while (level.next < ready) {
    if (task.cancelled()) return;
    const size_t lanes = std::min(FFT_TILE, ready - level.next);
    t.stft.read(level.next - dropped, lanes, t.re.data(), t.im.data(), FFT_TILE);
    const float* coefficients = octave.bank.coefficients.data();
    for (size_t r = 0; r < rows;) {
      if (task.cancelled()) return;
      size_t bins = static_cast<size_t>(octave.bank.count[r]), end = r + 1;
      while (end < rows && bins < BINS_AT_ONCE)
        bins += static_cast<size_t>(octave.bank.count[end++]);
      kernel.band_products(t.re.data(), t.im.data(), octave.bank.first.data() + r,
                           octave.bank.count.data() + r, coefficients, end - r,
                           tile_re_.data() + r * FFT_TILE, tile_im_.data() + r * FFT_TILE, FFT_TILE,
                           lanes);
      coefficients += 2 * bins;
      r = end;
    }
    to.take({tile_re_.data(), tile_im_.data(), FFT_TILE, octave.begin, rows, level.next, lanes});
    level.next += lanes;
  }
  if (direct) return;
  const size_t needed = kept(octave), from = level.next * hop;
  if (from < level.base + needed) return;
  const size_t drop = (from - needed - level.base) / hop * hop;
  if (drop < level.signal.size() / 2) return;
  level.signal.erase(level.signal.begin(),
                     level.signal.begin() + static_cast<std::ptrdiff_t>(drop));
  level.base += drop;
}

}  // namespace cochlea
