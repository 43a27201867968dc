// Constant-Q and variable-Q transforms by librosa 0.11's recursion: the top octave at the signal's
// rate, each further octave after halving the rate.
//
// librosa multiplies a sparse filter bank with a spectrogram; so does this. Folding the bank back
// into the time domain, to have one dense product per octave, was tried on paper only: a bank of 12
// filters of 256 samples costs about what the transform does, one of 36 filters of 1024 samples
// three times as much. The transforms are what bounds the speed: of chroma's 252 bins (30 s at 22.05
// kHz) seven octaves of 1024 points take 5.0 of 7.4 ms, halving the rate about 1 ms, the products 0.7.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/signal/resample.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/stft.h"
#include "core/tonal/constant_q.h"

namespace cochlea {

// What a transform looks for, before the signal's tuning is known.
struct CqtSpec {
  ConstantQ filters;           // without frequencies
  double fmin = 0;             // Hz
  std::vector<double> ratios;  // of the frequencies to fmin, ascending
  size_t hop = 512;
  bool scale = true;
  PadMode pad_mode = PadMode::constant;

  size_t bins() const { return ratios.size(); }
  // The filters for a tuning in fractions of a bin.
  ConstantQ at(double tuning) const;
};

// The filter banks of a transform and how the rates go down.
struct CqtPlan {
  struct Octave {
    size_t begin, end;  // rows of the result
    bool halved;        // runs at half the rate of the octave above
    size_t hop;         // at this octave's rate
    FilterBank bank;
  };
  size_t early;                 // how often the rate is halved before the top octave
  std::vector<Octave> octaves;  // from the top
  size_t bytes() const;

  // How often the rate is halved early, and columns for a signal of so many samples: as many as the
  // octave with the fewest has.
  static size_t early_halvings(const ConstantQ& filters, size_t hop);
  static size_t columns(const ConstantQ& filters, size_t hop, size_t samples);

  // From a cache. The filters must end below the Nyquist frequency.
  static std::shared_ptr<const CqtPlan> get(const ConstantQ& filters, size_t hop, bool scale);
};

// Takes the magnitudes of rows [row, row + rows) and columns [t, t + n): row r of column c is
// [r * stride + c].
using TakeTile = std::function<void(const float* magnitudes, size_t stride, size_t row, size_t rows,
                                    size_t t, size_t n)>;

// Where columns go, up to column `end`: row r of column t to re[r * stride + t - origin], or if there
// is a `take`, magnitudes to that, tile by tile.
struct CqtSink {
  float* re;
  float* im;
  size_t stride, origin, end;
  const TakeTile* take = nullptr;
};

// The transform of a signal that comes in pieces. Scratch does not depend on the signal's length.
class CqtEngine {
 public:
  // `bulk`: halve the rate in large blocks and transform whole tiles of frames, for signals that
  // are there as a whole. Otherwise every column is computed as soon as its samples are there.
  CqtEngine(std::shared_ptr<const CqtPlan> plan, PadMode pad_mode, bool bulk);

  // Takes samples and writes the columns that they complete, octave by octave: the octaves do not
  // advance together. In pieces of at most CHUNK samples.
  static constexpr size_t CHUNK = size_t{1} << 15;
  void push(std::span<const float> x, const CqtSink& sink);
  // Promises that what is pushed until finish() is y, which then need not be copied.
  void expect(std::span<const float> y) { whole_ = y; }
  // The columns that are left.
  void finish(const CqtSink& sink);
  void reset();

  // Columns that all octaves have written, and that any has.
  size_t complete() const;
  size_t furthest() const;

  // Without `bulk` and padded with zeros: column t is complete after t * hop + latency() samples.
  size_t latency() const;

  size_t bytes() const;

 private:
  // One length of transform, shared by all octaves that have it.
  struct Transform {
    explicit Transform(size_t n);
    Frames frames;
    Analysis analysis;
    Aligned<float> re, im;
  };
  struct Stage {
    const CqtPlan::Octave* octave = nullptr;  // null: lowers the rate for the top octave
    Transform* transform = nullptr;
    std::unique_ptr<Resampler> resampler;  // in front of this stage
    std::vector<float> slower;             // what came out of it
    std::vector<float> signal;             // from sample `base` on
    size_t base = 0, next = 0;             // `next`: the column to come
    bool at_input_rate = false;
  };

  // Samples that stay in a stage behind a column's beginning: what the next columns need, and as much
  // again, because the padding at the end looks back.
  static size_t kept(const CqtPlan::Octave& octave);
  void feed(size_t stage, std::span<const float> x, const CqtSink& sink);
  void transform(Stage& stage, bool last, const CqtSink& sink);

  const std::shared_ptr<const CqtPlan> plan_;
  const PadMode pad_mode_;
  const bool bulk_;
  std::vector<std::unique_ptr<Transform>> transforms_;
  std::vector<Stage> stages_;
  size_t early_ = 0;  // stages in front of the top octave's
  size_t fed_ = 0;    // samples
  std::span<const float> whole_;
  Aligned<float> tile_re_, tile_im_;  // what a sink takes
};

// The filters of `spec` for the tuning given, or for that of y if it is NaN. Not ok if they reach
// beyond the Nyquist frequency or y is too short for them.
Status tuned_filters(const Task& task, std::span<const float> y, const CqtSpec& spec, double tuning,
                     ConstantQ* filters);

// re, im: [bins][stride], of which `columns` columns are written.
Status cqt(const Task& task, std::span<const float> y, const ConstantQ& filters,
           const CqtSpec& spec, size_t stride, size_t columns, float* re, float* im);

// |cqt|, tile by tile: of each octave in order, the octaves in any.
Status cqt_tiles(const Task& task, std::span<const float> y, const ConstantQ& filters,
                 const CqtSpec& spec, size_t columns, const TakeTile& take);

}  // namespace cochlea
