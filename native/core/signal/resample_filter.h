// The filters of sample rate conversion. Every quality is one prototype, a Kaiser-windowed sinc
// measured in samples of the lower of the two rates. The soxr_* prototypes are those that libsoxr's
// own 2:1 and 1:2 filters turned out to be: its impulse responses were measured and these parameters
// reproduce them to 3e-8 (hq) and 5e-11 (vhq). So 2:1 and 1:2 equal libsoxr, and with soxr_hq 3:1,
// 4:1, 8:1 and 16:1 too; at other ratios libsoxr joins several filters, whose transition band
// differs, and this is the prototype of 2:1 again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/runtime/aligned.h"
#include "core/runtime/task.h"

namespace cochlea {

// JavaScript names them by the words of the binding.
enum class ResampleQuality : int {
  soxr_vhq,
  soxr_hq,
  soxr_mq,
  soxr_lq,
  polyphase,  // scipy.signal.resample_poly
  // Of 1:2 alone: the first of the steps in which libsoxr's hq raises a rate by 4, 8, and 16 or
  // more. The later steps meet no signal in their transition bands: any will do. Not for JavaScript.
  soxr_hq_to_4,
  soxr_hq_to_8,
  soxr_hq_to_16,
  // Of 2:1 alone: the last of the steps in which libsoxr's hq lowers a rate by so much, the very last
  // by more, too (decimator.h). Not for JavaScript.
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
  // Samples of the lower rate in one transform of the overlap-save method.
  static constexpr size_t BLOCK = 1024;

  // Input samples per output sample: down / up, or `step` where that is no ratio of integers below
  // 2^31 (up = 0).
  uint64_t up = 0, down = 0;
  double step = 1;
  // An output between input samples i and i + 1 needs samples i + 1 - reach to i + reach. 0 where
  // the rates are equal: the outputs are the inputs.
  int64_t reach = 0;
  // Interpolated: the taps of any position between two samples follow from the nearest four of the
  // rows of `taps`, [grid + 3][width], by cubic interpolation; row 0 stands at -1 / grid. `width` is
  // 2 * reach rounded up to a multiple of 32.
  size_t width = 0, grid = 0;
  Aligned<float> taps;
  // Exact, for ratios of few phases: the taps as dense matrices, so that whole periods of the phases
  // are products of overlapping frames of the input with them. One matrix for each PANEL outputs of
  // a period, row-major [panel_rows][PANEL]; output i of a period falls on its input i * down / up,
  // and matrix p begins at the input of its first output.
  static constexpr size_t PANEL = 32;
  size_t period = 0, period_inputs = 0, panel_rows = 0;
  Aligned<float> panels;
  // Only of ratios that the overlap-save method knows: the response, 0 to the higher Nyquist
  // frequency.
  Aligned<float> response;

  bool copies() const { return reach == 0; }
  bool exact() const { return period > 0; }
  // Of the overlap-save method: down to every second, fourth or eighth sample, or up to twice as
  // many; 0 for other ratios.
  size_t overlap_save_factor() const;
  size_t bytes() const { return (taps.size() + panels.size() + response.size()) * sizeof(float); }

  // Null if the task was cancelled meanwhile: the largest filters take a second.
  static std::shared_ptr<const ResampleFilter> get(double from, double to, ResampleQuality quality,
                                                   const Task& task = {});
};

}  // namespace cochlea
