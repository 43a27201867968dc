// The polyphase filter on a stream.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/signal/resample.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

constexpr size_t PANEL = ResampleFilter::PANEL;
// Interpolated outputs that are computed together.
constexpr size_t BATCH = 256;
// Periods that are.
constexpr size_t MAX_PERIODS = 512;
constexpr int64_t NO_LIMIT = INT64_MAX;

}  // namespace

Resampler::Resampler(double from, double to, ResampleQuality quality,
                     std::shared_ptr<OverlapSave> overlap_save)
    : Resampler(ResampleFilter::get(from, to, quality), from, to, std::move(overlap_save),
                Delay::least) {}

Resampler::Resampler(std::shared_ptr<const ResampleFilter> filter, double from, double to,
                     std::shared_ptr<OverlapSave> overlap_save, Delay delay)
    : from_(from),
      to_(to),
      filter_(std::move(filter)),
      overlap_save_(std::move(overlap_save)),
      delay_(delay),
      capacity_(overlap_save_ != nullptr ? overlap_save_->inputs()
                                         : std::max<size_t>(size_t{1} << 14, 4 * filter_->width)) {
  if (!filter_->copies()) {
    // What is read past the inputs meets taps that are 0.
    buffer_ = Aligned<float>(capacity_ + filter_->width, 0);
  }
  if (filter_->exact()) {
    sums_ = Aligned<float>(MAX_PERIODS * PANEL);
  } else if (!filter_->copies()) {
    start_ = Aligned<int32_t>(BATCH);
    row_ = Aligned<int32_t>(BATCH);
    weights_ = Aligned<float>(4 * BATCH);
  }
  reset();
}

void Resampler::reset() {
  const size_t before = filter_->copies() ? 0 : static_cast<size_t>(filter_->reach) - 1;
  std::fill_n(buffer_.data(), before, 0.0f);
  base_ = -static_cast<int64_t>(before);
  size_ = before;
  next_ = position_ = 0;
  remainder_ = 0;
}

size_t Resampler::bytes() const {
  return (buffer_.size() + start_.size() + row_.size() + weights_.size() + sums_.size()) *
             sizeof(float) +
         (overlap_save_ == nullptr ? 0 : overlap_save_->bytes());
}

int64_t Resampler::total(int64_t n) const {
  return static_cast<int64_t>(std::ceil(static_cast<double>(n) * (to_ / from_)));
}

size_t Resampler::max_outputs(size_t n) const {
  if (filter_->copies()) return n;
  const bool prompt = overlap_save_ == nullptr && delay_ == Delay::least;
  const size_t held = prompt ? static_cast<size_t>(filter_->reach) : capacity_;
  return static_cast<size_t>(std::ceil(static_cast<double>(n + held) * (to_ / from_))) + 2;
}

void Resampler::advance(size_t outputs) {
  next_ += static_cast<int64_t>(outputs);
  if (filter_->up == 0) {
    position_ = static_cast<int64_t>(std::floor(static_cast<double>(next_) * filter_->step));
    return;
  }
  const uint64_t steps = outputs * filter_->down + remainder_;
  position_ += static_cast<int64_t>(steps / filter_->up);
  remainder_ = steps % filter_->up;
}

// Outputs that depend on nothing from input `end` on, at most up to output `limit`.
size_t Resampler::polyphase(int64_t end, int64_t limit, float* out) {
  size_t written = 0;
  for (size_t n = 1; n > 0; written += n) {
    n = filter_->exact() ? exact(end, limit, out + written)
                         : interpolated(end, limit, out + written);
  }
  return written;
}

// As many whole periods as there are, or, with the least delay or at the signal's end, what there is
// of one.
size_t Resampler::exact(int64_t end, int64_t limit, float* out) {
  const ResampleFilter& f = *filter_;
  const int64_t reach = f.reach;
  const size_t first = static_cast<size_t>(next_) % f.period;
  if (first == 0) {
    const int64_t period = static_cast<int64_t>(f.period);
    const int64_t inputs = static_cast<int64_t>(f.period_inputs);
    const int64_t count = std::min({(end - reach - position_) / inputs, (limit - next_) / period,
                                    static_cast<int64_t>(MAX_PERIODS)});
    if (count > 0) {
      const size_t written = static_cast<size_t>(count) * f.period;
      multiply(0, f.period, static_cast<size_t>(count), out);
      advance(written);
      return written;
    }
  }
  if (delay_ == Delay::most && limit == NO_LIMIT) return 0;
  const size_t first_input = first * f.down / f.up;
  size_t last = first;
  while (last < f.period && next_ + static_cast<int64_t>(last - first) < limit &&
         position_ + static_cast<int64_t>(last * f.down / f.up - first_input) + reach < end) {
    ++last;
  }
  if (last > first) multiply(first, last, 1, out);
  advance(last - first);
  return last - first;
}

// Outputs [first, last) of each of the next `count` periods; the next output is number `first` of
// its period. However many are computed at once, each is the same sum, in the order of gemm.
void Resampler::multiply(size_t first, size_t last, size_t count, float* out) {
  // Rows of a matrix that are summed apart: so many stay in the first-level cache, and one chain
  // over all the taps of a 2:1 filter would lose a digit (1e-6 of the largest sample).
  constexpr size_t CUT = 128;
  const ResampleFilter& f = *filter_;
  const auto input = [&f](size_t output) { return output * f.down / f.up; };
  const size_t taps = 2 * static_cast<size_t>(f.reach), out_stride = last - first;
  const float* const x = buffer_.data() + (position_ - f.reach + 1 - base_);
  for (size_t begin = first; begin < last;) {
    const size_t panel = begin / PANEL, end = std::min(last, (panel + 1) * PANEL);
    const size_t start = input(panel * PANEL), columns = end - begin;
    const float* const matrix = f.panels.data() + panel * f.panel_rows * PANEL + begin % PANEL;
    // The rows whose taps are not 0 for all of these outputs.
    const size_t from_row = input(begin) - start, to_row = input(end - 1) - start + taps;
    for (size_t row = from_row; row < to_row;) {
      const size_t cut = std::min(to_row, (row / CUT + 1) * CUT);
      const bool fresh = row == from_row;
      float* const sums = fresh ? out + (begin - first) : sums_.data();
      kernels::active().gemm(x + (start + row - input(first)), f.period_inputs,
                             matrix + row * PANEL, PANEL, sums, fresh ? out_stride : PANEL, count,
                             columns, cut - row, false);
      for (size_t i = 0; !fresh && i < count; ++i) {
        float* const to = out + i * out_stride + (begin - first);
        for (size_t c = 0; c < columns; ++c) to[c] += sums[i * PANEL + c];
      }
      row = cut;
    }
    begin = end;
  }
}

// At most BATCH outputs, one by one.
size_t Resampler::interpolated(int64_t end, int64_t limit, float* out) {
  const ResampleFilter& f = *filter_;
  size_t n = 0;
  for (; n < BATCH && next_ < limit && position_ + f.reach < end; ++n) {
    const double fraction =
        f.up > 0 ? static_cast<double>(remainder_) / static_cast<double>(f.up)
                 : static_cast<double>(next_) * f.step - static_cast<double>(position_);
    const double place = std::fmin(fraction, 1.0) * static_cast<double>(f.grid);
    const double cell = std::fmin(std::floor(place), static_cast<double>(f.grid) - 1);
    const double u = place - cell;
    const double weights[4] = {-u * (u - 1) * (u - 2) / 6, (u + 1) * (u - 1) * (u - 2) / 2,
                               -(u + 1) * u * (u - 2) / 2, (u + 1) * u * (u - 1) / 6};
    start_[n] = static_cast<int32_t>(position_ - f.reach + 1 - base_);
    row_[n] = static_cast<int32_t>(cell);
    for (size_t i = 0; i < 4; ++i) weights_[4 * n + i] = static_cast<float>(weights[i]);
    advance(1);
  }
  kernels::active().dot_blended(buffer_.data(), start_.data(), f.taps.data(), row_.data(),
                                weights_.data(), f.width, n, out);
  return n;
}

// The outputs of `lanes` blocks from the buffer's start, which is where the next output's inputs
// begin.
size_t Resampler::blocks(size_t lanes, float* out) {
  overlap_save_->convert(buffer_.data(), lanes, out);
  const size_t written = lanes * overlap_save_->outputs_per_block();
  advance(written);
  return written;
}

// Forgets the inputs that no further output needs.
void Resampler::drop() {
  const int64_t begin = position_ - filter_->reach + 1;
  const size_t dropped =
      static_cast<size_t>(std::clamp<int64_t>(begin - base_, 0, static_cast<int64_t>(size_)));
  if (dropped == 0) return;
  std::memmove(buffer_.data(), buffer_.data() + dropped, (size_ - dropped) * sizeof(float));
  base_ += static_cast<int64_t>(dropped);
  size_ -= dropped;
}

size_t Resampler::push(std::span<const float> x, float* out) {
  if (filter_->copies()) {
    std::copy(x.begin(), x.end(), out);
    return x.size();
  }
  size_t written = 0;
  while (!x.empty()) {
    const size_t n = std::min(x.size(), capacity_ - size_);
    std::memcpy(buffer_.data() + size_, x.data(), n * sizeof(float));
    size_ += n;
    x = x.subspan(n);
    if (overlap_save_ == nullptr) {
      written += polyphase(base_ + static_cast<int64_t>(size_), NO_LIMIT, out + written);
    } else if (size_ == capacity_) {
      written += blocks(FFT_TILE, out + written);
    }
    drop();
  }
  return written;
}

size_t Resampler::finish(float* out) {
  const int64_t end = base_ + static_cast<int64_t>(size_);
  const int64_t limit = total(end);
  const size_t block = overlap_save_ != nullptr ? overlap_save_->outputs_per_block() : 0;
  size_t written = 0;
  if (block > 0 && 2 * (limit - next_) > static_cast<int64_t>(FFT_TILE * block)) {
    // More than half a tile is worth a tile.
    const size_t left = static_cast<size_t>(limit - next_);
    std::fill(buffer_.data() + size_, buffer_.data() + capacity_, 0.0f);
    written = std::min(left, blocks(std::min((left + block - 1) / block, FFT_TILE), out));
    size_ = capacity_;
    drop();
  }
  while (next_ < limit) {
    // Silence follows, as much as the last outputs reach for.
    const size_t n = std::min(capacity_ - size_, filter_->width + 1);
    std::fill_n(buffer_.data() + size_, n, 0.0f);
    size_ += n;
    written += polyphase(base_ + static_cast<int64_t>(size_), limit, out + written);
    drop();
  }
  reset();
  return written;
}

}  // namespace cochlea
