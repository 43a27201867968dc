#include "core/spectrum/stft.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/runtime/blocks.h"
#include "kernels/dispatch.h"

namespace cochlea {

Stft::Stft(const Frames& frames, std::shared_ptr<const Window> window, const Task& task)
    : frames_(frames),
      window_(std::move(window)),
      task_(task),
      fft_(RealFft::get(frames.length(), task)),
      plain_(std::all_of(window_->values.begin(), window_->values.end(),
                         [](float w) { return w == 1.0f; })) {
  if (fft_ == nullptr) return;
  // Frame by frame: a windowed frame and its bins.
  tile_ = Aligned<float>(fft_->tiled() ? fft_->tile_size() : frames.length() + 2 * bins());
  gathered_ = Aligned<float>(frames.length() * (fft_->tiled() ? FFT_TILE : 1));
  scratch_ = Aligned<float>(fft_->scratch_size());
}

// Frames overlap, so every sample is transposed n / hop times. Tried: transposing each hop once into a sheet of columns
// and reading frames from it. Its reads straddle cache lines, and the extra pass through the second-level cache cost
// more than the transposes (2.0 instead of 1.7 ms for 30 s; the inverse in the same manner gained 5 %). Prefetching the
// rows of the result, pages apart, gained 2 %; huge pages for fresh results cost tens of ms to come by.
void Stft::read(size_t t0, size_t lanes, float* re, float* im, size_t stride) {
  if (fft_ == nullptr || !fft_->tiled()) {
    for (size_t l = 0; l < lanes && !task_.cancelled(); ++l)
      read_one(t0 + l, re + l, im + l, stride);
    return;
  }
  const size_t n = frames_.length();
  const float* rows[FFT_TILE] = {};
  for (size_t l = 0; l < FFT_TILE; ++l) {
    rows[l] = l < lanes ? frames_.read(t0 + l, gathered_.data() + l * n) : rows[0];
  }
  const size_t run = fft_->run();
  for (size_t i = 0, r = 0; i < n; i += run, ++r) {
    float* const tile = tile_.data() + r * fft_->run_stride();
    if (plain_) {
      kernels::active().rows_to_tile(rows, run, tile);
    } else {
      kernels::active().window_to_tile(rows, window_->values.data() + i, run, tile);
    }
    for (const float*& row : rows) row += run;
  }
  fft_->forward_tile(tile_.data(), re, im, stride, lanes, scratch_.data());
}

// A frame of a length that is not transformed in tiles.
void Stft::read_one(size_t t, float* re, float* im, size_t stride) {
  const size_t n = frames_.length();
  const float* const x = frames_.read(t, gathered_.data());
  const float* const window = window_->values.data();
  float* const windowed = tile_.data();
  float* const bins_re = windowed + n;
  float* const bins_im = bins_re + bins();
  in_blocks(task_, n, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) windowed[i] = x[i] * window[i];
  });
  fft_->forward(windowed, bins_re, bins_im, scratch_.data(), task_);
  in_blocks(task_, bins(), [&](size_t begin, size_t end) {
    for (size_t k = begin; k < end; ++k) {
      re[k * stride] = bins_re[k];
      im[k * stride] = bins_im[k];
    }
  });
}

InverseStft::InverseStft(size_t n_fft, size_t hop, size_t frames, size_t pad,
                         std::shared_ptr<const Window> window, std::span<float> out,
                         const Task& task)
    : hop_(hop),
      frames_(frames),
      pad_(pad),
      window_(std::move(window)),
      task_(task),
      fft_(RealFft::get(n_fft, task)),
      out_(out),
      steady_(hop < n_fft ? hop : 0) {
  if (fft_ == nullptr) return;
  // Frame by frame: its bins, and the frame.
  tile_ = Aligned<float>(fft_->tiled() ? fft_->tile_size() : 2 * fft_->bins());
  rows_ = Aligned<float>(fft_->tiled() ? fft_->run() * FFT_TILE : n_fft);
  scratch_ = Aligned<float>(fft_->scratch_size());
  for (size_t phase = 0; phase < steady_.size(); ++phase) {
    double sum = 0;
    for (size_t i = phase; i < n_fft; i += hop) sum += window_->exact[i] * window_->exact[i];
    steady_[phase] = sum > std::numeric_limits<float>::min() ? static_cast<float>(1 / sum) : 1.0f;
  }
  in_blocks(task, out_.size(), [&](size_t begin, size_t end) {
    std::fill(out_.begin() + static_cast<std::ptrdiff_t>(begin),
              out_.begin() + static_cast<std::ptrdiff_t>(end), 0.0f);
  });
}

void InverseStft::tile(size_t t0, size_t lanes, const float* re, const float* im,
                       size_t row_stride) {
  const kernels::Table& kernel = kernels::active();
  const int64_t size = static_cast<int64_t>(out_.size()), hop = static_cast<int64_t>(hop_);
  const int64_t first = static_cast<int64_t>(t0) * hop - static_cast<int64_t>(pad_);
  const int64_t end =
      t0 + lanes >= frames_ ? size : std::min(size, first + static_cast<int64_t>(lanes) * hop);
  if (fft_ == nullptr || !fft_->tiled()) {
    float* const bins_re = tile_.data();
    float* const bins_im = bins_re + (fft_ == nullptr ? 0 : fft_->bins());
    for (size_t l = 0; l < lanes && !task_.cancelled(); ++l) {
      in_blocks(task_, fft_->bins(), [&](size_t begin, size_t to) {
        for (size_t k = begin; k < to; ++k) {
          bins_re[k] = re[k * row_stride + l];
          bins_im[k] = im[k * row_stride + l];
        }
      });
      fft_->inverse(bins_re, bins_im, rows_.data(), scratch_.data(), task_);
      in_blocks(task_, fft_->size(), [&](size_t begin, size_t to) {
        add(first + static_cast<int64_t>(l) * hop, rows_.data() + begin, begin, to - begin);
      });
    }
    if (!task_.cancelled()) normalise(end);
    return;
  }
  fft_->inverse_tile(re, im, row_stride, lanes, tile_.data(), scratch_.data());
  // A run at a time, so that the rows never leave the first-level cache.
  const size_t run = fft_->run();
  float* rows[FFT_TILE];
  for (size_t l = 0; l < FFT_TILE; ++l) rows[l] = rows_.data() + l * run;
  for (size_t i = 0, r = 0; i < fft_->size(); i += run, ++r) {
    kernel.tile_to_rows(tile_.data() + r * fft_->run_stride(), run, rows);
    for (size_t l = 0; l < lanes; ++l) add(first + static_cast<int64_t>(l) * hop, rows[l], i, run);
  }
  normalise(end);
}

// Samples [first, first + count) of the frame that begins at output sample `start`, windowed.
void InverseStft::add(int64_t start, const float* frame, size_t first, size_t count) {
  const int64_t size = static_cast<int64_t>(out_.size());
  start += static_cast<int64_t>(first);
  const int64_t from = std::clamp<int64_t>(start, 0, size);
  const int64_t to = std::clamp<int64_t>(start + static_cast<int64_t>(count), 0, size);
  const size_t skipped = static_cast<size_t>(from - start);
  kernels::active().multiply_add(frame + skipped, window_->values.data() + first + skipped,
                                 static_cast<size_t>(to - from), out_.data() + from);
}

// Sum of the squared windows over the frames that cover a position of the padded signal.
double InverseStft::squared_windows(int64_t position) const {
  const int64_t n = static_cast<int64_t>(fft_->size()), hop = static_cast<int64_t>(hop_);
  const int64_t last = std::min(static_cast<int64_t>(frames_) - 1, position / hop);
  double sum = 0;
  for (int64_t t = last; t >= 0 && position - t * hop < n; --t) {
    const double w = window_->exact[static_cast<size_t>(position - t * hop)];
    sum += w * w;
  }
  return sum;
}

void InverseStft::normalise(int64_t end) {
  const int64_t n = static_cast<int64_t>(fft_->size()), hop = static_cast<int64_t>(hop_),
                pad = static_cast<int64_t>(pad_);
  // Between these, every frame that could overlap a position exists.
  const int64_t steady_from = n - hop, steady_to = static_cast<int64_t>(frames_) * hop;
  int64_t i = static_cast<int64_t>(finished_);
  while (i < end) {
    const int64_t position = i + pad;
    if (steady_.size() > 0 && position >= steady_from && position < steady_to) {
      const int64_t phase = position % hop;
      const int64_t run = std::min({hop - phase, end - i, steady_to - position});
      kernels::active().multiply(steady_.data() + phase, static_cast<size_t>(run), out_.data() + i);
      i += run;
    } else {
      if (i % 64 == 0 && task_.cancelled()) return;
      const double sum = squared_windows(position);
      if (sum > std::numeric_limits<float>::min())
        out_[static_cast<size_t>(i)] = static_cast<float>(out_[static_cast<size_t>(i)] / sum);
      ++i;
    }
  }
  finished_ = static_cast<size_t>(std::max<int64_t>(i, 0));
}

Status stft(const Task& task, const Frames& frames, std::shared_ptr<const Window> window,
            std::span<float> re, std::span<float> im) {
  Stft source(frames, std::move(window), task);
  const size_t columns = frames.count();
  // Straight into the result: there is no stage that a tile would go through.
  for (size_t t = 0; t < columns; t += FFT_TILE) {
    if (task.cancelled()) return Status::cancelled();
    source.read(t, std::min(FFT_TILE, columns - t), re.data() + t, im.data() + t, columns);
    task.progress(t, columns);
  }
  return task.cancelled() ? Status::cancelled() : Status{};
}

Status istft(const Task& task, std::span<const float> re, std::span<const float> im, size_t columns,
             size_t frames, size_t n_fft, size_t hop, bool center,
             std::shared_ptr<const Window> window, std::span<float> out) {
  InverseStft inverse(n_fft, hop, frames, center ? n_fft / 2 : 0, std::move(window), out, task);
  for (size_t t = 0; t < frames; t += FFT_TILE) {
    if (task.cancelled()) return Status::cancelled();
    inverse.tile(t, std::min(FFT_TILE, frames - t), re.data() + t, im.data() + t, columns);
    task.progress(t, frames);
  }
  return task.cancelled() ? Status::cancelled() : Status{};
}

}  // namespace cochlea
