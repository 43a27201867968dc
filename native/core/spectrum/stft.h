// The short-time Fourier transform and its inverse, as librosa 0.11 computes them, one tile of
// FFT_TILE frames at a time. Nothing is scaled forward; the inverse divides by the sum of the
// squared windows.
//
// librosa transforms in double and rounds the result; here all of it is single precision, about
// 1e-7 of the largest value in a frame away.
#pragma once

#include <memory>
#include <span>

#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/fft.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/pipeline.h"
#include "core/spectrum/window.h"

namespace cochlea {

// Spectra of a signal's frames. The scratch it owns is independent of the signal's length; one
// object, one thread.
class Stft final : public ColumnSource {
 public:
  // window->values.size() == frames.length(). `frames` must outlive this. Transforms of great length
  // stop when the task is cancelled; what read() then writes is unspecified.
  Stft(const Frames& frames, std::shared_ptr<const Window> window, const Task& task = {});

  size_t bins() const { return frames_.length() / 2 + 1; }
  Shape shape() const override { return {bins(), frames_.count(), FFT_TILE}; }
  bool complex() const override { return true; }
  void read(size_t t, size_t columns, float* re, float* im, size_t stride) override;

 private:
  void read_one(size_t t, float* re, float* im, size_t stride);

  const Frames& frames_;
  const std::shared_ptr<const Window> window_;
  const Task task_;
  const std::shared_ptr<const RealFft> fft_;  // null if the task was cancelled
  const bool plain_;                          // the window is 1 everywhere
  Aligned<float> tile_, gathered_, scratch_;
};

// A signal from its frames' spectra: inverse transform, window, overlap-add, divided by the
// overlapping squared windows wherever their sum is above the smallest normal float.
class InverseStft {
 public:
  // Frame t covers output samples [t * hop - pad, ... + n_fft); samples outside `out` are dropped.
  // `frames` counts all frames that will be added. `out` is overwritten.
  // As Stft with a task.
  InverseStft(size_t n_fft, size_t hop, size_t frames, size_t pad,
              std::shared_ptr<const Window> window, std::span<float> out, const Task& task = {});

  // Adds frames [t0, t0 + lanes); tiles must come in order, all but the last of FFT_TILE frames.
  // Samples before frame t0 + lanes are final afterwards, all of them after the last tile.
  void tile(size_t t0, size_t lanes, const float* re, const float* im, size_t row_stride);

  // How many samples of `out` are final.
  size_t finished() const { return finished_; }

 private:
  void add(int64_t start, const float* frame, size_t first, size_t count);
  double squared_windows(int64_t position) const;
  void normalise(int64_t end);

  const size_t hop_, frames_, pad_;
  const std::shared_ptr<const Window> window_;
  const Task task_;
  const std::shared_ptr<const RealFft> fft_;  // null if the task was cancelled
  const std::span<float> out_;
  Aligned<float> tile_, rows_, scratch_;
  Aligned<float> steady_;  // the divisor's reciprocal where every frame that can overlap does, by
                           // position modulo hop
  size_t finished_ = 0;
};

// re, im: [1 + n_fft / 2][frames.count()].
Status stft(const Task& task, const Frames& frames, std::shared_ptr<const Window> window,
            std::span<float> re, std::span<float> im);

// re, im: [1 + n_fft / 2][columns], of which the first `frames` columns are used.
Status istft(const Task& task, std::span<const float> re, std::span<const float> im, size_t columns,
             size_t frames, size_t n_fft, size_t hop, bool center,
             std::shared_ptr<const Window> window, std::span<float> out);

}  // namespace cochlea
