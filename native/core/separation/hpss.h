// Harmonic/percussive separation by median filtering (D. Fitzgerald, "Harmonic/percussive separation
// using median filtering", DAFx 2010), with margins (Driedger, Müller and Disch, "Extending
// harmonic-percussive separation of audio signals", ISMIR 2014), as librosa 0.11 computes it: a tone
// is a ridge along time and survives a median along time, a click one along frequency.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/separation/median.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/stft.h"

namespace cochlea {

// mask = x^power / (x^power + reference^power), or x > reference for an infinite power. Where both
// are below the smallest normal float: 1/2 with split_zeros, otherwise 0. No value may be negative.
Status softmask(const Task& task, std::span<const float> x, std::span<const float> reference,
                double power, bool split_zeros, std::span<float> mask);

struct Separation {
  size_t harmonic_size;                       // of the median along time, in frames
  size_t percussive_size;                     // of the median along frequency, in bins
  double power;                               // of the masks, may be infinite
  double harmonic_margin, percussive_margin;  // >= 1
};

enum class Part { harmonic, percussive };

// Separates a spectrogram that comes frame by frame; holds no more of it than the medians need.
class Separator {
 public:
  // `frames`: how many will come in all, if that is known. `tile`: how many are separated at once, at
  // most. Magnitudes only when not `complex`.
  Separator(const Separation& separation, size_t bins, size_t frames, size_t tile, bool complex);

  // How many frames after a frame its masks depend on.
  size_t lookahead() const { return lookahead_; }
  size_t tile() const { return tile_; }

  // Frames may be written here, bins `stride()` apart, as long as there is room; then appended. A
  // ColumnSource may write FFT_TILE frames whenever fewer than tile() + lookahead() are pending.
  float* re() { return (complex_ ? re_ : magnitude_).data() + filled_; }
  float* im() { return im_.data() + filled_; }
  size_t stride() const { return stride_; }
  void append(size_t frames);
  // Frames appended and not yet separated.
  size_t pending() const { return filled_ - next_; }

  // Takes the next `frames` <= min(tile(), pending()). Either lookahead() more are pending or the
  // spectrogram ends with what is.
  void separate(size_t frames, const Task& task = {});
  // Masks of these frames, or the part of the spectrogram, one row of `frames` per bin. `im` is not
  // used without a complex spectrogram.
  void mask(Part part, float* out, size_t out_stride);
  void component(Part part, float* out_re, float* out_im, size_t out_stride);
  // Drops what was separated.
  void advance();
  void reset();

 private:
  void mask_row(Part part, size_t bin, float* out);

  const Separation separation_;
  const size_t bins_, tile_, lookahead_, context_, stride_;
  const bool complex_;
  MedianFilter along_time_, along_frequency_;
  Aligned<float> re_, im_, magnitude_;    // [bins][stride]: context, then frames to come
  Aligned<float> harmonic_, percussive_;  // [bins][tile]: medians
  Aligned<float> row_;
  size_t next_ = 0;    // first column to be separated
  size_t filled_ = 0;  // columns in use
  size_t separated_ = 0;
};

// What to do with a spectrogram's two parts.
enum class Output : int { components, masks };

// Planes [bins][frames]; without imaginary parts (`im` and all others empty) `re` holds magnitudes.
// residual = the spectrogram, or 1, less both parts; empty if not wanted.
struct Planes {
  std::span<float> re, im;
};
Status separate(const Task& task, std::span<const float> re, std::span<const float> im, size_t bins,
                size_t frames, const Separation& separation, Output output, const Planes& harmonic,
                const Planes& percussive, const Planes& residual);

// The parts of a signal, each of its length; empty if not wanted.
Status separate(const Task& task, const Frames& frames, std::shared_ptr<const Window> window,
                const Separation& separation, std::span<float> harmonic,
                std::span<float> percussive);

}  // namespace cochlea
