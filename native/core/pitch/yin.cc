#include "core/pitch/yin.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/dispatch.h"

namespace cochlea {
namespace {

// The smallest length >= n whose factors are 2, 3 and 5 and whose half is one too.
size_t transform_length(size_t n) {
  for (n += n % 2;; n += 2) {
    size_t rest = n / 2;
    for (const size_t factor : {2, 3, 5}) {
      while (rest % factor == 0) rest /= factor;
    }
    if (rest == 1) return n;
  }
}

// More hops in a frame would cost more sums than shorter transforms save.
constexpr size_t MOST_SHARED = 8;

size_t shared_hops(const YinShape& shape) {
  const size_t hops = shape.frame_length / shape.hop;
  const bool whole = hops * shape.hop == shape.frame_length;
  const bool fits = hops >= 2 && hops <= MOST_SHARED && shape.max_period <= shape.hop;
  return whole && fits && !shape.paper ? hops : 1;
}

}  // namespace

const float* PaddedSamples::read(int64_t start, size_t count, float* scratch) const {
  const int64_t size = static_cast<int64_t>(signal_.size()), pad = static_cast<int64_t>(pad_);
  const int64_t first = start - pad, end = first + static_cast<int64_t>(count);
  if (first >= 0 && end <= size) return signal_.data() + first;
  for (int64_t p = first; p < end;) {
    if (p >= 0 && p < size) {
      const int64_t stop = std::min(end, size);
      std::memcpy(scratch + (p - first), signal_.data() + p,
                  static_cast<size_t>(stop - p) * sizeof(float));
      p = stop;
    } else {
      const bool inside = p >= -pad && p < size + pad;
      scratch[p - first] = inside ? padded_sample(signal_, p, pad_, mode_) : 0.0f;
      ++p;
    }
  }
  return scratch;
}

NormalisedDifference::NormalisedDifference(const YinShape& shape)
    : shape_(shape),
      shared_(shared_hops(shape)),
      length_(shared_ > 1   ? shape.hop
              : shape.paper ? shape.frame_length - shape.max_period
                            : shape.frame_length),
      fft_(RealFft::get(transform_length(length_ + shape.max_period))),
      gathered_(std::max(shape.frame_length, length_ + shape.max_period) * FFT_TILE),
      tile_(fft_->tile_size()),
      re_(fft_->bins() * FFT_TILE * (shape.paper || shared_ > 1 ? 2 : 1)),
      im_(re_.size()),
      scratch_(fft_->scratch_size()),
      correlation_((shape.max_period + 1) * FFT_TILE),
      head_(shape.max_period * FFT_TILE),
      tail_(shape.paper ? head_.size() : 0),
      normalised_(correlation_.size()),
      product_re_(shared_ > 1 ? fft_->bins() * WIDTH : 0, 0.0f),
      product_im_(product_re_.size(), 0.0f),
      power_(product_re_.size(), 0.0f) {
  for (Aligned<float>& x : energy_) x = Aligned<float>(shared_ > 1 ? head_.size() : 0);
}

size_t NormalisedDifference::bytes() const {
  size_t floats = 0;
  for (const Aligned<float>* x :
       {&gathered_, &tile_, &re_, &im_, &scratch_, &correlation_, &head_, &tail_, &normalised_,
        &product_re_, &product_im_, &power_, &energy_[0], &energy_[1]}) {
    floats += x->size();
  }
  return floats * sizeof(float);
}

// The first `count` samples of each row into tile_, zeros behind them.
void NormalisedDifference::load(const float* const* rows, size_t count) {
  const size_t run = fft_->run();
  for (size_t i = 0, r = 0; i < fft_->size(); i += run, ++r) {
    float* const out = tile_.data() + r * fft_->run_stride();
    const size_t given = i < count ? std::min(count - i, run) : 0;
    const float* from[FFT_TILE];
    for (size_t l = 0; l < FFT_TILE; ++l) from[l] = rows[l] + std::min(i, count);
    kernels::active().rows_to_tile(from, given, out);
    std::fill_n(out + given * FFT_TILE, (run - given) * FFT_TILE, 0.0f);
  }
}

// Of max_period samples in tile_, from sample `first` on.
void NormalisedDifference::running_energy(size_t first, float* out) {
  const size_t run = fft_->run(), end = first + shape_.max_period;
  float sums[FFT_TILE] = {};
  for (size_t i = first; i < end;) {
    const size_t count = std::min(end - i, run - i % run);
    kernels::active().running_energy(
        tile_.data() + i / run * fft_->run_stride() + i % run * FFT_TILE, count, sums,
        out + (i - first) * FFT_TILE);
    i += count;
  }
}

// The spectrum of each frame's correlation to re_ and im_. Returns its energies, those of the lags'
// ends in tail_.
const float* NormalisedDifference::correlate_frames(const Samples& samples, size_t t,
                                                    size_t lanes) {
  const size_t n = shape_.frame_length, bins = fft_->bins() * FFT_TILE;
  const float* rows[FFT_TILE] = {};
  for (size_t l = 0; l < FFT_TILE; ++l) {
    rows[l] = l < lanes ? samples.read(static_cast<int64_t>((t + l) * shape_.hop), n,
                                       gathered_.data() + l * n)
                        : rows[0];
  }
  float *const re = re_.data(), *const im = im_.data();
  load(rows, n);
  running_energy(0, head_.data());
  if (shape_.paper) running_energy(length_, tail_.data());
  fft_->forward_tile(tile_.data(), re, im, FFT_TILE, FFT_TILE, scratch_.data());
  if (shape_.paper) {
    float *const start_re = re + bins, *const start_im = im + bins;
    load(rows, length_);
    fft_->forward_tile(tile_.data(), start_re, start_im, FFT_TILE, FFT_TILE, scratch_.data());
    for (size_t i = 0; i < bins; ++i) {
      const float real = re[i] * start_re[i] + im[i] * start_im[i];
      im[i] = im[i] * start_re[i] - re[i] * start_im[i];
      re[i] = real;
    }
  } else {
    std::fill_n(head_.data(), FFT_TILE, 0.0f);  // as librosa has it
    kernels::active().power_spectrum(re, im, bins, re);
    std::fill_n(im, bins, 0.0f);
  }
  return head_.data();
}

// Hops [s, s + count) to the columns of a group.
void NormalisedDifference::transform_hops(const Samples& samples, size_t s, size_t count,
                                          size_t group) {
  const size_t hop = shape_.hop, reach = hop + shape_.max_period, bins = fft_->bins();
  const float* rows[FFT_TILE] = {};
  for (size_t l = 0; l < FFT_TILE; ++l) {
    rows[l] = l < count ? samples.read(static_cast<int64_t>((s + l) * hop), reach,
                                       gathered_.data() + l * reach)
                        : rows[0];
  }
  float *const re = re_.data(), *const im = im_.data();
  float *const hop_re = re + bins * FFT_TILE, *const hop_im = im + bins * FFT_TILE;
  load(rows, hop);
  running_energy(0, energy_[group % 2].data());
  std::fill_n(energy_[group % 2].data(), FFT_TILE, 0.0f);  // as librosa has it
  fft_->forward_tile(tile_.data(), hop_re, hop_im, FFT_TILE, FFT_TILE, scratch_.data());
  load(rows, reach);
  fft_->forward_tile(tile_.data(), re, im, FFT_TILE, FFT_TILE, scratch_.data());
  const size_t column = group % 2 * FFT_TILE, again = group % 2 == 0 ? 2 * FFT_TILE : 0;
  kernels::active().correlate_hops(hop_re, hop_im, re, im, bins, WIDTH, again,
                                   product_re_.data() + column, product_im_.data() + column,
                                   power_.data() + column);
}

// As correlate_frames(). Returns the energies.
const float* NormalisedDifference::correlate_hops(const Samples& samples, size_t t, size_t lanes) {
  const size_t needed = lanes + shared_ - 1;
  if (t == 0 || t != ready_) {
    group_ = 0;
    transform_hops(samples, t, std::min(FFT_TILE, needed), group_);
  }
  if (needed > FFT_TILE) {
    transform_hops(samples, t + FFT_TILE, lanes == FFT_TILE ? FFT_TILE : needed - FFT_TILE,
                   group_ + 1);
  }
  const size_t column = group_ % 2 * FFT_TILE;
  kernels::active().sum_hops(product_re_.data() + column, product_im_.data() + column,
                             power_.data() + column, fft_->bins(), WIDTH, shared_, re_.data(),
                             im_.data());
  ready_ = lanes == FFT_TILE ? t + FFT_TILE : 0;
  return energy_[group_++ % 2].data();
}

const float* NormalisedDifference::tile(const Samples& samples, size_t t, size_t lanes) {
  const float* const head =
      shared_ > 1 ? correlate_hops(samples, t, lanes) : correlate_frames(samples, t, lanes);
  fft_->inverse_tile(re_.data(), im_.data(), FFT_TILE, FFT_TILE, tile_.data(), scratch_.data());
  const size_t run = fft_->run();
  for (size_t k = 0; k <= shape_.max_period; k += run) {
    std::copy_n(tile_.data() + k / run * fft_->run_stride(),
                std::min(run, shape_.max_period + 1 - k) * FFT_TILE,
                correlation_.data() + k * FFT_TILE);
  }
  kernels::active().cumulative_mean_normalise(correlation_.data(), head,
                                              shape_.paper ? tail_.data() : nullptr,
                                              shape_.max_period + 1, normalised_.data());
  return normalised_.data() + shape_.min_period * FFT_TILE;
}

double parabolic_shift(const float* x, size_t n, size_t stride, size_t i) {
  if (i == 0 || i + 1 >= n) return 0;
  const double left = x[(i - 1) * stride], centre = x[i * stride], right = x[(i + 1) * stride];
  const double a = right + left - 2 * centre, b = (right - left) / 2;
  return std::fabs(b) >= std::fabs(a) ? 0 : -b / a;
}

void pick_pitch(const YinShape& shape, const float* normalised, size_t lanes, double sample_rate,
                double threshold, YinPitch* out) {
  const size_t lags = shape.max_period - shape.min_period + 1;
  int32_t rows[FFT_TILE];
  kernels::active().first_trough(normalised, lags, static_cast<float>(threshold), rows);
  for (size_t l = 0; l < lanes; ++l) {
    const bool found = rows[l] >= 0;
    const size_t i = static_cast<size_t>(found ? rows[l] : -1 - rows[l]);
    const double period = static_cast<double>(shape.min_period + i) +
                          parabolic_shift(normalised + l, lags, FFT_TILE, i);
    out[l].f0 = found || !shape.paper ? static_cast<float>(sample_rate / period)
                                      : std::numeric_limits<float>::quiet_NaN();
    out[l].aperiodicity = normalised[i * FFT_TILE + l];
  }
}

Status yin(const Task& task, const Samples& samples, const YinShape& shape, double sample_rate,
           double threshold, std::span<float> f0, std::span<float> aperiodicity) {
  NormalisedDifference difference(shape);
  for (size_t t = 0; t < f0.size(); t += FFT_TILE) {
    if (task.cancelled()) return Status::cancelled();
    const size_t lanes = std::min(FFT_TILE, f0.size() - t);
    YinPitch pitch[FFT_TILE];
    pick_pitch(shape, difference.tile(samples, t, lanes), lanes, sample_rate, threshold, pitch);
    for (size_t l = 0; l < lanes; ++l) {
      f0[t + l] = pitch[l].f0;
      if (!aperiodicity.empty()) aperiodicity[t + l] = pitch[l].aperiodicity;
    }
    task.progress(static_cast<double>(t) / static_cast<double>(f0.size()));
  }
  return {};
}

namespace {

// Whole frames in one piece of memory.
class BufferedSamples final : public Samples {
 public:
  explicit BufferedSamples(const float* first) : first_(first) {}
  const float* read(int64_t start, size_t, float*) const override { return first_ + start; }

 private:
  const float* first_;
};

}  // namespace

YinTracker::YinTracker(const YinShape& shape, size_t lead, double sample_rate, double threshold)
    : shape_(shape),
      lead_(lead),
      sample_rate_(sample_rate),
      threshold_(threshold),
      difference_(shape),
      buffer_(capacity() + FFT_TILE * shape.hop + shape.max_period, 0.0f) {
  reset();
}

void YinTracker::reset() {
  std::fill_n(buffer_.data(), lead_, 0.0f);
  filled_ = lead_;
}

// Null x: zeros.
size_t YinTracker::append(const float* x, size_t count, float* f0, float* aperiodicity) {
  size_t written = 0;
  while (count > 0) {
    const size_t taken = std::min(count, capacity() - filled_);
    if (x == nullptr) {
      std::fill_n(buffer_.data() + filled_, taken, 0.0f);
    } else {
      std::memcpy(buffer_.data() + filled_, x, taken * sizeof(float));
      x += taken;
    }
    filled_ += taken;
    count -= taken;
    if (filled_ < shape_.frame_length) continue;
    const size_t lanes = (filled_ - shape_.frame_length) / shape_.hop + 1;
    YinPitch pitch[FFT_TILE];
    const float* const tile = difference_.tile(BufferedSamples(buffer_.data()), 0, lanes);
    pick_pitch(shape_, tile, lanes, sample_rate_, threshold_, pitch);
    for (size_t l = 0; l < lanes; ++l, ++written) {
      f0[written] = pitch[l].f0;
      if (aperiodicity != nullptr) aperiodicity[written] = pitch[l].aperiodicity;
    }
    filled_ -= lanes * shape_.hop;
    std::memmove(buffer_.data(), buffer_.data() + lanes * shape_.hop, filled_ * sizeof(float));
  }
  return written;
}

size_t YinTracker::push(std::span<const float> x, float* f0, float* aperiodicity) {
  return append(x.data(), x.size(), f0, aperiodicity);
}

size_t YinTracker::finish(float* f0, float* aperiodicity) {
  const size_t written = append(nullptr, lead_, f0, aperiodicity);
  reset();
  return written;
}

}  // namespace cochlea
