#include "core/separation/hpss.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/spectrum/double_stft.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

// Kernels exist for the powers in use; librosa's default is 2.
void mask_of(const float* x, const float* reference, size_t n, float scale, double power,
             float empty, float* mask) {
  const kernels::Table& kernel = kernels::active();
  if (power == 1 || power == 2) {
    kernel.soft_mask(x, reference, n, scale, static_cast<int>(power), empty, mask);
  } else if (std::isinf(power)) {
    kernel.hard_mask(x, reference, n, scale, mask);
  } else {
    for (size_t i = 0; i < n; ++i) {
      const float r = reference[i] * scale, larger = std::max(x[i], r);
      if (larger < std::numeric_limits<float>::min()) {
        mask[i] = empty;
      } else {
        const float q = std::pow(std::min(x[i], r) / larger, static_cast<float>(power));
        mask[i] = (x[i] < r ? q : 1.0f) / (1.0f + q);
      }
    }
  }
}

}  // namespace

Status softmask(const Task& task, std::span<const float> x, std::span<const float> reference,
                double power, bool split_zeros, std::span<float> mask) {
  constexpr size_t BLOCK = 1 << 16;
  for (size_t i = 0; i < x.size(); i += BLOCK) {
    if (task.cancelled()) return Status::cancelled();
    mask_of(x.data() + i, reference.data() + i, std::min(BLOCK, x.size() - i), 1.0f, power,
            split_zeros ? 0.5f : 0.0f, mask.data() + i);
    task.progress(static_cast<double>(i) / static_cast<double>(x.size()));
  }
  return {};
}

Separator::Separator(const Separation& separation, size_t bins, size_t frames, size_t tile,
                     bool complex)
    : separation_(separation),
      bins_(bins),
      tile_(tile),
      lookahead_(separation.harmonic_size - 1 - separation.harmonic_size / 2),
      context_(separation.harmonic_size / 2),
      stride_(std::min(frames, context_ + tile + lookahead_) + FFT_TILE),
      complex_(complex),
      along_time_({.columns = separation.harmonic_size}),
      along_frequency_({.rows = separation.percussive_size}),
      re_(complex ? bins * stride_ : 0),
      im_(complex ? bins * stride_ : 0),
      magnitude_(bins * stride_),
      harmonic_(bins * tile),
      percussive_(bins * tile),
      row_(tile) {}

void Separator::append(size_t frames) {
  if (complex_) {
    for (size_t k = 0; k < bins_; ++k) {
      const size_t at = k * stride_ + filled_;
      kernels::active().magnitude(re_.data() + at, im_.data() + at, frames, magnitude_.data() + at);
    }
  }
  filled_ += frames;
}

void Separator::separate(size_t frames, const Task& task) {
  // At both ends of the spectrogram the filter mirrors; elsewhere all that it looks at is here.
  const Grid<const float> all{magnitude_.data(), bins_, filled_, stride_};
  along_time_.run(all, 0, next_, {harmonic_.data(), bins_, frames, tile_}, task);
  along_frequency_.run(all, 0, next_, {percussive_.data(), bins_, frames, tile_}, task);
  separated_ = frames;
}

void Separator::mask_row(Part part, size_t bin, float* out) {
  const float* h = harmonic_.data() + bin * tile_;
  const float* p = percussive_.data() + bin * tile_;
  const bool harmonic = part == Part::harmonic;
  const double margin = harmonic ? separation_.harmonic_margin : separation_.percussive_margin;
  // librosa shares the energy of empty cells only if the parts can add up to the whole.
  const bool split = separation_.harmonic_margin == 1 && separation_.percussive_margin == 1;
  mask_of(harmonic ? h : p, harmonic ? p : h, separated_, static_cast<float>(margin),
          separation_.power, split ? 0.5f : 0.0f, out);
}

void Separator::mask(Part part, float* out, size_t out_stride) {
  for (size_t k = 0; k < bins_; ++k) mask_row(part, k, out + k * out_stride);
}

void Separator::component(Part part, float* out_re, float* out_im, size_t out_stride) {
  const kernels::Table& kernel = kernels::active();
  for (size_t k = 0; k < bins_; ++k) {
    mask_row(part, k, row_.data());
    const size_t at = k * stride_ + next_;
    if (complex_) {
      kernel.product(row_.data(), re_.data() + at, separated_, out_re + k * out_stride);
      kernel.product(row_.data(), im_.data() + at, separated_, out_im + k * out_stride);
    } else {
      kernel.product(row_.data(), magnitude_.data() + at, separated_, out_re + k * out_stride);
    }
  }
}

void Separator::advance() {
  next_ += separated_;
  separated_ = 0;
  const size_t dropped = next_ - std::min(next_, context_);
  if (dropped == 0) return;
  const auto shift = [&](Aligned<float>& plane) {
    for (float* row = plane.begin(); row < plane.end(); row += stride_)
      std::copy(row + dropped, row + filled_, row);
  };
  shift(re_);
  shift(im_);
  shift(magnitude_);
  next_ -= dropped;
  filled_ -= dropped;
}

void Separator::reset() { next_ = filled_ = separated_ = 0; }

namespace {

// Frames per tile: enough to amortise what neighbouring tiles share. Smaller tiles, which fit the
// second-level cache, were slower by a third.
size_t tile_for(size_t bins) {
  constexpr size_t ELEMENTS = 1 << 17;
  return std::clamp<size_t>(ELEMENTS / bins / FFT_TILE * FFT_TILE, FFT_TILE, 8 * FFT_TILE);
}

// Reads a source into the separator, as far ahead as the medians look, and calls take(t, n) for every
// n frames from t on that it has separated.
template <class Take>
Status separate_frames(const Task& task, ColumnSource& source, Separator& separator, Take&& take) {
  const size_t count = source.shape().columns;
  size_t read = 0;
  for (size_t t = 0; t < count;) {
    while (read < count && separator.pending() < separator.tile() + separator.lookahead()) {
      if (task.cancelled()) return Status::cancelled();
      const size_t lanes = std::min(FFT_TILE, count - read);
      source.read(read, lanes, separator.re(), separator.im(), separator.stride());
      separator.append(lanes);
      read += lanes;
    }
    const size_t n = std::min(separator.tile(), count - t);
    separator.separate(n, task);
    for (const Part part : {Part::harmonic, Part::percussive}) {
      if (task.cancelled()) return Status::cancelled();
      take(part, t, n);
    }
    separator.advance();
    t += n;
    task.progress(t, count);
  }
  return {};
}

}  // namespace

Status separate(const Task& task, const Frames& frames, std::shared_ptr<const Window> window,
                const Separation& separation, std::span<float> harmonic,
                std::span<float> percussive) {
  // The masks compare medians of quiet cells, too, and an isolated loud cell takes its share from
  // them: the noise of a single-precision transform, 1e-7 of a frame's largest value, then shows in
  // the result, up to 1e-6 of full scale.
  DoubleStft source(frames, window, task);
  const size_t count = frames.count(), n_fft = frames.length(), bins = n_fft / 2 + 1;
  Separator separator(separation, bins, count, tile_for(bins), true);
  const size_t stride = separator.tile();
  Aligned<float> re(bins * stride), im(bins * stride);
  std::optional<InverseStft> inverse[2];
  if (!harmonic.empty())
    inverse[0].emplace(n_fft, frames.hop(), count, frames.pad(), window, harmonic, task);
  if (!percussive.empty())
    inverse[1].emplace(n_fft, frames.hop(), count, frames.pad(), window, percussive, task);
  // With margins of 1 the parts add up to the signal. One less the other would save an inverse
  // transform, a sixth of the time, and leave nothing but rounding noise where a part is small.
  return separate_frames(task, source, separator, [&](Part part, size_t t, size_t n) {
    auto& target = inverse[static_cast<size_t>(part)];
    if (!target) return;
    separator.component(part, re.data(), im.data(), stride);
    for (size_t i = 0; i < n; i += FFT_TILE)
      target->tile(t + i, std::min(FFT_TILE, n - i), re.data() + i, im.data() + i, stride);
  });
}

Status separate(const Task& task, std::span<const float> re, std::span<const float> im, size_t bins,
                size_t frames, const Separation& separation, Output output, const Planes& harmonic,
                const Planes& percussive, const Planes& residual) {
  MatrixSource source(re, bins, frames, im);
  Separator separator(separation, bins, frames, tile_for(std::max<size_t>(bins, 1)),
                      source.complex());
  // What both parts leave, of the frames that have just been separated.
  const auto subtract = [&](std::span<const float> whole, std::span<const float> h,
                            std::span<const float> p, std::span<float> rest, size_t t, size_t n) {
    if (rest.empty()) return;
    for (size_t k = 0; k < bins; ++k) {
      for (size_t i = k * frames + t; i < k * frames + t + n; ++i)
        rest[i] = (output == Output::masks ? 1.0f : whole[i]) - h[i] - p[i];
    }
  };
  return separate_frames(task, source, separator, [&](Part part, size_t t, size_t n) {
    const Planes& to = part == Part::harmonic ? harmonic : percussive;
    if (output == Output::masks) {
      separator.mask(part, to.re.data() + t, frames);
    } else {
      float* const to_im = to.im.empty() ? nullptr : to.im.data() + t;
      separator.component(part, to.re.data() + t, to_im, frames);
    }
    if (part == Part::harmonic) return;
    subtract(re, harmonic.re, percussive.re, residual.re, t, n);
    subtract(im, harmonic.im, percussive.im, residual.im, t, n);
  });
}

}  // namespace cochlea
