#include "core/signal/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <numeric>
#include <tuple>
#include <vector>

#include "core/runtime/plan_cache.h"
#include "core/spectrum/bessel.h"
#include "core/spectrum/window.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

// Samples of the lower rate in one transform of the bulk path.
constexpr size_t BLOCK = 1024;
// Outputs that are computed together on the direct path.
constexpr size_t BATCH = 256;
// Periods that are.
constexpr size_t MOST_PERIODS = 512;
// A ratio with more phases than this is interpolated instead.
constexpr uint64_t MOST_PHASES = 1024;
constexpr size_t MOST_TAPS = size_t{1} << 21;
// Grid points per sample of the lower rate: cubic interpolation between them is exact to 1e-9.
constexpr double GRID = 256;

struct Prototype {
  double cutoff;  // middle of the transition band, 1 = the lower Nyquist frequency
  double beta;    // of the Kaiser window
  double half;    // half the window's length, in samples of the lower rate
};

// Measured at 2:1, except the fifth, which is scipy's; at 1:4, 1:8 and 1:16 up to 1:64; and at 4:1 to
// 1024:1, the more steps a ratio takes the more attenuation each of them has.
constexpr Prototype PROTOTYPES[] = {
    {0.95566416, 18.43349606, 133.25},
    {0.95687182, 13.04003724, 97.25},
    {0.95794052, 10.36266879, 79.25},
    {0.83813476, 10.42774943, 21.25},
    {1.0, 5.0, 10.0},
    {0.95687182, 13.04003724, 97.125},
    {0.95687182, 13.71149174, 102.25},
    {0.95687182, 13.71149174, 102.125},
    {0.95687182, 13.71120418, 102.25},
    {0.95687182, 14.10418607, 105.25},
    {0.95687182, 14.38317873, 107.25},
    {0.95687182, 14.59967819, 108.25},
    {0.95687182, 14.77663342, 110.25},
    {0.95687182, 14.92629067, 111.25},
    {0.95687182, 15.05596209, 112.25},
    {0.95687182, 15.17036540, 112.25},
    {0.95687182, 15.27272250, 113.25},
};

// libsoxr's window grows a little with the ratio.
Prototype prototype(ResampleQuality quality, uint64_t up, uint64_t down) {
  Prototype p = PROTOTYPES[static_cast<int>(quality)];
  if (quality != ResampleQuality::soxr_hq || up != 1) return p;
  switch (down) {
    case 3:
      p.half = 290.5 / 3;
      break;
    case 4:
      p.beta = 13.71149174, p.half = 409.0 / 4;
      break;
    case 8:
      p.beta = 14.10420188, p.half = 842.0 / 8;
      break;
    case 16:
      p.beta = 14.38330741, p.half = 1716.0 / 16;
      break;
    default:
      break;
  }
  return p;
}

// What the bulk path can do: down to every second, fourth or eighth sample, or up to twice as many.
size_t bulk_factor(const ResampleFilter& filter) {
  if (filter.up == 2 && filter.down == 1) return 2;
  return filter.up == 1 && (filter.down == 2 || filter.down == 4 || filter.down == 8)
             ? static_cast<size_t>(filter.down)
             : 0;
}

// `t` in samples of the lower rate.
double tap(const Prototype& p, double t) {
  const double r = t / p.half;
  if (std::fabs(r) > 1) return 0;
  const double x = std::numbers::pi * p.cutoff * t;
  const double sinc = x == 0 ? 1 : std::sin(x) / x;
  return p.cutoff * sinc * bessel_i0(p.beta * std::sqrt(1 - r * r)) / bessel_i0(p.beta);
}

// scipy makes the taps of resample_poly, of which there is one for each multiple of 1 / up, sum to
// 1.
double normalisation(const Prototype& p, double higher) {
  const int64_t last = static_cast<int64_t>(p.half * higher);
  double sum = 0;
  for (int64_t i = -last; i <= last; ++i) sum += tap(p, static_cast<double>(i) / higher);
  return higher / sum;
}

// Spreads the taps of neighbouring outputs into columns, each at its own input.
void make_panels(ResampleFilter& filter) {
  constexpr size_t PANEL = ResampleFilter::PANEL;
  const size_t up = static_cast<size_t>(filter.up), down = static_cast<size_t>(filter.down);
  const size_t repeats = (PANEL + up - 1) / up;
  filter.period = up * repeats;
  filter.period_inputs = down * repeats;
  const size_t count = (filter.period + PANEL - 1) / PANEL;
  const size_t taps = 2 * static_cast<size_t>(filter.reach);
  filter.panel_rows = taps + (PANEL - 1) * down / up + 1;
  filter.panels = Aligned<float>(count * filter.panel_rows * PANEL, 0);
  filter.panel_start = Aligned<int32_t>(count);
  for (size_t output = 0; output < filter.period; ++output) {
    const size_t panel = output / PANEL, column = output % PANEL;
    const size_t input = output * down / up, phase = output * down % up;
    if (column == 0) filter.panel_start[panel] = static_cast<int32_t>(input);
    const size_t first = input - static_cast<size_t>(filter.panel_start[panel]);
    float* const matrix = filter.panels.data() + panel * filter.panel_rows * PANEL;
    for (size_t j = 0; j < taps; ++j) {
      matrix[(first + j) * PANEL + column] = filter.taps[phase * filter.width + j];
    }
  }
}

std::shared_ptr<const ResampleFilter> design(double from, double to, ResampleQuality quality) {
  auto filter = std::make_shared<ResampleFilter>();
  filter->step = from / to;
  constexpr double LARGEST = 2147483648.0;
  if (from == std::trunc(from) && to == std::trunc(to) && from < LARGEST && to < LARGEST) {
    const uint64_t divisor = std::gcd(static_cast<uint64_t>(from), static_cast<uint64_t>(to));
    filter->up = static_cast<uint64_t>(to) / divisor;
    filter->down = static_cast<uint64_t>(from) / divisor;
  }
  const Prototype p = prototype(quality, filter->up, filter->down);
  const double scale = std::fmin(1.0, to / from);  // lower rate samples per input sample
  filter->reach = static_cast<int64_t>(std::ceil(p.half / scale));
  if (filter->up == 1) {
    // So that a block begins with an input that an output falls on.
    const int64_t down = static_cast<int64_t>(filter->down);
    filter->reach = (filter->reach - 1 + down - 1) / down * down + 1;
  }
  filter->width = (2 * static_cast<size_t>(filter->reach) + 31) / 32 * 32;
  if (filter->up > 0 && filter->up <= MOST_PHASES && filter->up * filter->width <= MOST_TAPS) {
    filter->phases = filter->up;
  } else {
    filter->grid = static_cast<size_t>(std::fmax(1.0, std::ceil(GRID * scale)));
    filter->phases = filter->grid + 3;
  }
  double gain = scale;
  if (quality == ResampleQuality::polyphase && filter->up > 0) {
    gain *= normalisation(p, static_cast<double>(std::max(filter->up, filter->down)));
  }
  filter->taps = Aligned<float>(filter->phases * filter->width, 0);
  for (size_t phase = 0; phase < filter->phases; ++phase) {
    const double fraction =
        filter->exact() ? static_cast<double>(phase) / static_cast<double>(filter->up)
                        : (static_cast<double>(phase) - 1) / static_cast<double>(filter->grid);
    float* const row = filter->taps.data() + phase * filter->width;
    for (int64_t j = 0; j < 2 * filter->reach; ++j) {
      const double t = static_cast<double>(j + 1 - filter->reach) - fraction;
      row[j] = static_cast<float>(gain * tap(p, t * scale));
    }
  }
  if (filter->exact()) make_panels(*filter);
  if (const size_t factor = bulk_factor(*filter);
      factor > 0 && quality != ResampleQuality::polyphase) {
    const size_t period = factor * BLOCK;
    const double rate = static_cast<double>(factor);
    std::vector<double> taps(static_cast<size_t>(p.half * rate) + 1), cosine(period);
    for (size_t i = 0; i < taps.size(); ++i) taps[i] = tap(p, static_cast<double>(i) / rate) / rate;
    for (size_t i = 0; i < period; ++i) {
      cosine[i] =
          std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(period));
    }
    filter->response = Aligned<float>(period / 2 + 1);
    for (size_t k = 0; k <= period / 2; ++k) {
      double sum = taps[0];
      for (size_t i = 1; i < taps.size(); ++i) sum += 2 * taps[i] * cosine[i * k % period];
      filter->response[k] = static_cast<float>(sum);
    }
  }
  return filter;
}

}  // namespace

std::shared_ptr<const ResampleFilter> ResampleFilter::get(double from, double to,
                                                          ResampleQuality quality) {
  using Key = std::tuple<double, double, ResampleQuality>;
  static PlanCache<Key, ResampleFilter>& cache = *new PlanCache<Key, ResampleFilter>(32 << 20);
  return cache.get({from, to, quality}, [&] { return design(from, to, quality); });
}

// A tile of overlapping blocks: spectrum, filter, spectrum at the other rate, and of what comes
// back the samples that no block's end has touched.
struct Resampler::Bulk {
  explicit Bulk(const ResampleFilter& filter)
      : factor(bulk_factor(filter)),
        down(filter.up == 1),
        ends(static_cast<size_t>(filter.reach - 1) * (down ? 1 : factor)),
        useful(down ? BLOCK - 2 * ends / factor : factor * BLOCK - 2 * ends),
        taken(down ? factor * useful : useful / factor),
        length(down ? factor * BLOCK : BLOCK),
        span((FFT_TILE - 1) * taken + length),
        frames({}, length, taken, PadMode::none),
        analysis(frames, Window::get(WindowShape::ones, 0, {}, length, length)),
        fft(RealFft::get(down ? BLOCK : factor * BLOCK)),
        re((factor * BLOCK / 2 + 1) * FFT_TILE),
        im((factor * BLOCK / 2 + 1) * FFT_TILE),
        tile(fft->tile_size()),
        rows(fft->run() * FFT_TILE),
        scratch(fft->scratch_size()) {}

  size_t bytes() const {
    return (re.size() + im.size() + 3 * tile.size() + rows.size() + scratch.size()) * sizeof(float);
  }

  const size_t factor;  // of the rates
  const bool down;
  const size_t ends;    // higher-rate samples lost at each end of a block
  const size_t useful;  // outputs of a block
  const size_t taken;   // inputs from one block to the next
  const size_t length;  // inputs of a block
  const size_t span;    // inputs of a tile
  Frames frames;        // of the buffer at work
  Stft analysis;
  const std::shared_ptr<const RealFft> fft;
  Aligned<float> re, im, tile, rows, scratch;
};

std::shared_ptr<Resampler::Bulk> Resampler::make_bulk(double from, double to,
                                                      ResampleQuality quality) {
  const auto filter = ResampleFilter::get(from, to, quality);
  return filter->response.size() == 0 ? nullptr : std::make_shared<Bulk>(*filter);
}

Resampler::Resampler(double from, double to, ResampleQuality quality, std::shared_ptr<Bulk> bulk)
    : from_(from),
      to_(to),
      filter_(ResampleFilter::get(from, to, quality)),
      capacity_(bulk != nullptr ? bulk->span
                                : std::max<size_t>(size_t{1} << 14, 4 * filter_->width)),
      start_(BATCH),
      phase_(BATCH),
      weights_(4 * BATCH),
      sums_(MOST_PERIODS * ResampleFilter::PANEL),
      bulk_(std::move(bulk)) {
  // What is read past the inputs meets taps that are 0.
  buffer_ = Aligned<float>(capacity_ + filter_->width + filter_->panel_rows, 0);
  reset();
}

void Resampler::reset() {
  const size_t before = static_cast<size_t>(filter_->reach) - 1;
  std::fill_n(buffer_.data(), before, 0.0f);
  base_ = -static_cast<int64_t>(before);
  size_ = before;
  next_ = position_ = 0;
  remainder_ = 0;
}

size_t Resampler::bytes() const {
  return (buffer_.size() + 6 * BATCH + sums_.size()) * sizeof(float) +
         (bulk_ == nullptr ? 0 : bulk_->bytes());
}

int64_t Resampler::total(int64_t n) const {
  return static_cast<int64_t>(std::ceil(static_cast<double>(n) * (to_ / from_)));
}

size_t Resampler::most(size_t n) const {
  const size_t held = bulk_ != nullptr ? capacity_ : static_cast<size_t>(filter_->reach);
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
size_t Resampler::direct(int64_t end, int64_t limit, float* out) {
  size_t written = 0;
  for (size_t n = 1; n > 0; written += n) {
    n = periods(end, limit, out + written);
    if (n == 0) n = single(end, limit, out + written);
  }
  return written;
}

// As many whole periods as there are.
size_t Resampler::periods(int64_t end, int64_t limit, float* out) {
  constexpr size_t PANEL = ResampleFilter::PANEL;
  // Rows of a matrix that are summed apart: so many stay in the first-level cache, and one chain
  // over all the taps of a 2:1 filter would lose a digit (1e-6 of the largest sample).
  constexpr size_t CUT = 128;
  const ResampleFilter& f = *filter_;
  if (!f.exact() || next_ % static_cast<int64_t>(f.period) != 0) return 0;
  const int64_t period = static_cast<int64_t>(f.period),
                inputs = static_cast<int64_t>(f.period_inputs);
  const int64_t count = std::min({(end - f.reach - position_) / inputs, (limit - next_) / period,
                                  static_cast<int64_t>(MOST_PERIODS)});
  if (count <= 0) return 0;
  const float* const x = buffer_.data() + (position_ - f.reach + 1 - base_);
  for (size_t column = 0; column < f.period; column += PANEL) {
    const size_t panel = column / PANEL;
    const float* const matrix = f.panels.data() + panel * f.panel_rows * PANEL;
    const size_t columns = std::min(PANEL, f.period - column);
    for (size_t row = 0; row < f.panel_rows; row += CUT) {
      float* const sums = row == 0 ? out + column : sums_.data();
      const size_t stride = row == 0 ? f.period : PANEL;
      kernels::active().gemm(x + f.panel_start[panel] + row, f.period_inputs, matrix + row * PANEL,
                             PANEL, sums, stride, static_cast<size_t>(count), columns,
                             std::min(CUT, f.panel_rows - row), false);
      for (int64_t i = 0; row > 0 && i < count; ++i) {
        float* const to = out + column + static_cast<size_t>(i) * f.period;
        for (size_t c = 0; c < columns; ++c) to[c] += sums[static_cast<size_t>(i) * PANEL + c];
      }
    }
  }
  const size_t written = static_cast<size_t>(count) * f.period;
  advance(written);
  return written;
}

// At most BATCH outputs, one by one; of an exact filter, up to the end of the period.
size_t Resampler::single(int64_t end, int64_t limit, float* out) {
  if (filter_->exact()) {
    const int64_t period = static_cast<int64_t>(filter_->period);
    limit = std::min(limit, next_ - next_ % period + period);
  }
  size_t n = 0;
  for (; n < BATCH && next_ < limit && position_ + filter_->reach < end; ++n) {
    const int32_t start = static_cast<int32_t>(position_ - filter_->reach + 1 - base_);
    if (filter_->exact()) {
      start_[n] = start;
      phase_[n] = static_cast<int32_t>(remainder_);
    } else {
      const double fraction =
          filter_->up > 0
              ? static_cast<double>(remainder_) / static_cast<double>(filter_->up)
              : static_cast<double>(next_) * filter_->step - static_cast<double>(position_);
      const double place = std::fmin(fraction, 1.0) * static_cast<double>(filter_->grid);
      const double cell = std::fmin(std::floor(place), static_cast<double>(filter_->grid) - 1);
      const double u = place - cell;
      const double weights[4] = {-u * (u - 1) * (u - 2) / 6, (u + 1) * (u - 1) * (u - 2) / 2,
                                 -(u + 1) * u * (u - 2) / 2, (u + 1) * u * (u - 1) / 6};
      start_[n] = start;
      phase_[n] = static_cast<int32_t>(cell);
      for (size_t row = 0; row < 4; ++row) weights_[4 * n + row] = static_cast<float>(weights[row]);
    }
    advance(1);
  }
  const kernels::Table& kernel = kernels::active();
  if (filter_->exact()) {
    kernel.dot_rows(buffer_.data(), start_.data(), filter_->taps.data(), phase_.data(),
                    filter_->width, n, out);
  } else {
    kernel.dot_blended(buffer_.data(), start_.data(), filter_->taps.data(), phase_.data(),
                       weights_.data(), filter_->width, n, out);
  }
  return n;
}

// The outputs of `lanes` blocks from the buffer's start, which is where the next output's inputs
// begin.
size_t Resampler::blocks(size_t lanes, float* out) {
  Bulk& b = *bulk_;
  const kernels::Table& kernel = kernels::active();
  b.frames = Frames({buffer_.data(), capacity_}, b.length, b.taken, PadMode::none);
  b.analysis.read(0, lanes, b.re.data(), b.im.data(), FFT_TILE);
  if (b.down) {
    kernel.fold_spectrum(b.re.data(), b.im.data(), filter_->response.data(), BLOCK, b.factor);
  } else {
    kernel.double_spectrum(b.re.data(), b.im.data(), filter_->response.data(), BLOCK);
  }
  b.fft->inverse_tile(b.re.data(), b.im.data(), FFT_TILE, lanes, b.tile.data(), b.scratch.data());
  // A run at a time straight to the outputs, by way of `rows` where a block's end is cut off.
  const size_t run = b.fft->run(), begin = b.down ? b.ends / b.factor : b.ends,
               end = begin + b.useful;
  for (size_t i = 0, r = 0; i < b.fft->size(); i += run, ++r) {
    const size_t from = std::max(i, begin), to = std::min(i + run, end);
    if (from >= to) continue;
    const bool whole = to - from == run;
    float* rows[FFT_TILE];
    for (size_t l = 0; l < FFT_TILE; ++l) {
      rows[l] = whole && l < lanes ? out + l * b.useful + (i - begin) : b.rows.data() + l * run;
    }
    kernel.tile_to_rows(b.tile.data() + r * b.fft->run_stride(), run, rows);
    for (size_t l = 0; !whole && l < lanes; ++l)
      std::copy_n(rows[l] + (from - i), to - from, out + l * b.useful + (from - begin));
  }
  advance(lanes * b.useful);
  return lanes * b.useful;
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
  constexpr int64_t NO_LIMIT = INT64_MAX;
  size_t written = 0;
  while (!x.empty()) {
    const size_t n = std::min(x.size(), capacity_ - size_);
    std::memcpy(buffer_.data() + size_, x.data(), n * sizeof(float));
    size_ += n;
    x = x.subspan(n);
    if (bulk_ == nullptr) {
      written += direct(base_ + static_cast<int64_t>(size_), NO_LIMIT, out + written);
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
  size_t written = 0;
  if (bulk_ != nullptr && 2 * (limit - next_) > static_cast<int64_t>(FFT_TILE * bulk_->useful)) {
    // More than half a tile is worth a tile.
    const int64_t left = limit - next_;
    std::fill(buffer_.data() + size_, buffer_.data() + capacity_, 0.0f);
    const size_t lanes = (static_cast<size_t>(left) + bulk_->useful - 1) / bulk_->useful;
    blocks(std::min(lanes, FFT_TILE), out);
    written = static_cast<size_t>(std::min<int64_t>(left, next_ - (limit - left)));
    size_ = capacity_;
    drop();
  }
  while (next_ < limit) {
    // Silence follows, as much as the last outputs reach for.
    const size_t n = std::min(capacity_ - size_, filter_->width + 1);
    std::fill_n(buffer_.data() + size_, n, 0.0f);
    size_ += n;
    written += direct(base_ + static_cast<int64_t>(size_), limit, out + written);
    drop();
  }
  reset();
  return written;
}

Status resample(const Task& task, std::span<const float> y, double from, double to,
                ResampleQuality quality, double gain, std::span<float> out) {
  constexpr size_t CHUNK = size_t{1} << 15;
  Resampler resampler(from, to, quality, Resampler::make_bulk(from, to, quality));
  Aligned<float> spare(resampler.most(CHUNK));
  size_t written = 0;
  // Near the end of `out` there may not be room for the most that could come.
  const auto take = [&](size_t n, auto&& convert) {
    const bool room = out.size() - written >= resampler.most(n);
    float* const to_here = room ? out.data() + written : spare.data();
    const size_t count = std::min<size_t>(convert(to_here), out.size() - written);
    if (!room) std::copy_n(spare.data(), count, out.data() + written);
    written += count;
  };
  for (size_t i = 0; i < y.size(); i += CHUNK) {
    if (task.cancelled()) return Status::cancelled();
    const std::span<const float> chunk = y.subspan(i, std::min(CHUNK, y.size() - i));
    take(chunk.size(), [&](float* block) { return resampler.push(chunk, block); });
    task.progress(static_cast<double>(i) / static_cast<double>(y.size()));
  }
  take(0, [&](float* block) { return resampler.finish(block); });
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(written), out.end(), 0.0f);
  const float factor = static_cast<float>(gain);
  for (size_t i = 0; factor != 1.0f && i < out.size(); ++i) out[i] *= factor;
  return {};
}

Status resample_fft(const Task& task, std::span<const float> y, double gain, std::span<float> out) {
  const auto before = RealFft::get(y.size()), after = RealFft::get(out.size());
  const size_t bins = std::max(before->bins(), after->bins());
  Aligned<float> re(bins, 0), im(bins, 0);
  Aligned<float> scratch(std::max(before->scratch_size(), after->scratch_size()));
  before->forward(y.data(), re.data(), im.data(), scratch.data());
  if (task.cancelled()) return Status::cancelled();
  const size_t shorter = std::min(y.size(), out.size());
  if (shorter % 2 == 0 && y.size() != out.size()) {
    // The shorter length's Nyquist bin stands for two bins of the longer one.
    const float share = out.size() < y.size() ? 2.0f : 0.5f;
    re[shorter / 2] *= share;
    im[shorter / 2] *= share;
  }
  const double scale = gain * static_cast<double>(out.size()) / static_cast<double>(y.size());
  for (size_t k = 0; k <= shorter / 2; ++k) {
    re[k] = static_cast<float>(re[k] * scale);
    im[k] = static_cast<float>(im[k] * scale);
  }
  after->inverse(re.data(), im.data(), out.data(), scratch.data());
  return {};
}

}  // namespace cochlea
