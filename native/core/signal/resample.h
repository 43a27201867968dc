// Sample rate conversion by linear-phase filters without delay: output sample m is the band-limited
// signal, zero outside its ends, at time m / to.
//
// Every quality is one prototype, a Kaiser-windowed sinc measured in samples of the lower of the
// two rates. The soxr_* prototypes are those that libsoxr's own 2:1 and 1:2 filters turned out to
// be: its impulse responses were measured and these parameters reproduce them to 3e-8 (hq) and
// 5e-11 (vhq). So 2:1 and 1:2 equal libsoxr, and with soxr_hq 3:1, 4:1, 8:1 and 16:1 too; at other
// ratios libsoxr joins several filters, whose transition band differs, and this is the prototype of
// 2:1 again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/fft.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/stft.h"

namespace cochlea {

// In the order of `resampleQualities` in lib/signal/resample.ts.
enum class ResampleQuality : int {
  soxr_vhq,
  soxr_hq,
  soxr_mq,
  soxr_lq,
  polyphase,  // scipy.signal.resample_poly
  // Of 1:2 alone: the first of the steps in which libsoxr's hq raises a rate by 4, 8, and 16 or more. The
  // later steps meet no signal in their transition bands: any will do. Not for JavaScript.
  soxr_hq_to_4,
  soxr_hq_to_8,
  soxr_hq_to_16,
  // Of 2:1 alone: the last of the steps in which libsoxr's hq lowers a rate by so much, the very last by
  // more, too (decimator.h). Not for JavaScript.
  soxr_hq_from_4,
  soxr_hq_from_8,
  soxr_hq_from_16,
  soxr_hq_from_32,
  soxr_hq_from_64,
  soxr_hq_from_128,
  soxr_hq_from_256,
  soxr_hq_from_512,
  soxr_hq_from_1024,
};
inline constexpr int RESAMPLE_QUALITIES = 5;

// The filter of one ratio and quality.
struct ResampleFilter {
  // Input samples per output sample: down / up, or `step` where that is no ratio of integers below
  // 2^31 (up = 0).
  uint64_t up = 0, down = 0;
  double step = 1;
  // An output between input samples i and i + 1 needs samples i + 1 - reach to i + reach.
  int64_t reach = 0;
  size_t width = 0;  // 2 * reach rounded up to a multiple of 32: the taps of one phase
  // Positions between two samples for which there are taps. Exact: phase p of `up`. Otherwise the
  // taps of any position follow from the nearest four of `phases` rows by cubic interpolation; row
  // 0 stands at -1 / grid.
  size_t phases = 0, grid = 0;
  Aligned<float> taps;
  // Exact filters only: the same taps as dense matrices, so that whole periods of the phases are
  // products of overlapping frames of the input with them. One matrix for each PANEL outputs of a
  // period, row-major [panel_rows][PANEL]; matrix i begins at input panel_start[i] of the period.
  static constexpr size_t PANEL = 32;
  size_t period = 0, period_inputs = 0, panel_rows = 0;
  Aligned<float> panels;
  Aligned<int32_t> panel_start;
  // Only of ratios that the bulk path knows: the response, 0 to the higher Nyquist frequency.
  Aligned<float> response;

  bool exact() const { return grid == 0; }
  size_t bytes() const { return (taps.size() + panels.size() + response.size()) * sizeof(float); }

  static std::shared_ptr<const ResampleFilter> get(double from, double to, ResampleQuality quality);
};

class Resampler {
 public:
  // Scratch for converting in large blocks by Fourier transforms, which is faster at 2:1, 4:1, 8:1 and 1:2;
  // null at other ratios. Resamplers of one thread and one ratio may share it.
  struct Bulk;
  static std::shared_ptr<Bulk> make_bulk(double from, double to, ResampleQuality quality);

  // With `bulk`, samples are held back until a block is full or the signal ends. Without, every
  // output comes with the push that brings its last input.
  Resampler(double from, double to, ResampleQuality quality, std::shared_ptr<Bulk> bulk);
  Resampler(const Resampler&) = delete;
  Resampler& operator=(const Resampler&) = delete;

  // The most outputs that a push of n samples, or finish() if n is 0, can give.
  size_t most(size_t n) const;
  // How many outputs n samples give in all: ceil(n * to / from).
  int64_t total(int64_t n) const;
  // Input samples after time m / to that an output m depends on.
  int64_t reach() const { return filter_->reach; }

  // Takes all of x and returns how many outputs it wrote. `out` has room for most(x.size()).
  size_t push(std::span<const float> x, float* out);
  // The outputs that are left, as if silence followed, up to total(); the next push starts anew.
  size_t finish(float* out);
  void reset();

  size_t bytes() const;

 private:
  size_t direct(int64_t end, int64_t limit, float* out);
  size_t single(int64_t end, int64_t limit, float* out);
  size_t periods(int64_t end, int64_t limit, float* out);
  size_t blocks(size_t lanes, float* out);
  void drop();
  void advance(size_t outputs);

  const double from_, to_;
  const std::shared_ptr<const ResampleFilter> filter_;
  Aligned<float> buffer_;  // the inputs [base_, base_ + size_)
  size_t capacity_;
  Aligned<int32_t> start_, phase_;
  Aligned<float> weights_, sums_;
  const std::shared_ptr<Bulk> bulk_;
  int64_t base_, next_, position_;  // next output, and the input sample at or before it
  uint64_t remainder_;              // how far past that sample, in units of 1 / up
  size_t size_;
};

// out.size() samples of y at the other rate, times `gain`.
Status resample(const Task& task, std::span<const float> y, double from, double to,
                ResampleQuality quality, double gain, std::span<float> out);

// scipy.signal.resample: the spectrum of all of y, cut or padded with zeros to out.size() samples.
// The signal is taken as periodic. y and out are not empty.
Status resample_fft(const Task& task, std::span<const float> y, double gain, std::span<float> out);

}  // namespace cochlea
