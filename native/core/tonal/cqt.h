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
#include <memory>
#include <span>
#include <vector>

#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/frames.h"
#include "core/spectrum/pipeline.h"
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

// Filters of one octave.
struct CqtOctave {
  size_t begin, end;  // rows of the transform
  double rate = 0;
  size_t hop = 0;       // at that rate
  bool halved = false;  // it is half that of the octave above
  FilterBank bank = {};

  BankRequest request() const {
    return {.begin = begin, .end = end, .sample_rate = rate, .min_fft = 2};
  }
};
// Gives octaves, from the top, their rates: half of the one above as long as the hop can be halved.
void set_rates(std::span<CqtOctave> octaves, double rate, size_t hop);
DesignSize design_size(const ConstantQ& filters, std::span<const CqtOctave> octaves);

// The filter banks of a transform and how the rates go down.
struct CqtPlan {
  size_t early;                    // how often the rate is halved before the top octave
  std::vector<CqtOctave> octaves;  // from the top, the lowest may be partial
  size_t bytes() const;

  // Without the filters.
  static CqtPlan outline(const ConstantQ& filters, size_t hop);
  // How often the rate is halved early, and columns for a signal of so many samples: as many as the
  // octave with the fewest has.
  static size_t early_halvings(const ConstantQ& filters, size_t hop);
  static size_t columns(const ConstantQ& filters, size_t hop, size_t samples);

  // From a cache; null if the task was cancelled meanwhile. The filters must end below the Nyquist
  // frequency.
  static std::shared_ptr<const CqtPlan> get(const Task& task, const ConstantQ& filters, size_t hop,
                                            bool scale);
};

// The filters of `spec` for the tuning given, or for that of y if it is NaN; `peaks` then tells how
// many it was estimated from. Not ok if they reach beyond the Nyquist frequency or y is too short for
// them.
Status tuned_filters(const Task& task, std::span<const float> y, const CqtSpec& spec, double tuning,
                     ConstantQ* filters, size_t* peaks);

// Complex tiles with the rows of one octave.
class CqtSource final : public Source {
 public:
  // `y` must outlive this.
  CqtSource(std::span<const float> y, const ConstantQ& filters, const CqtSpec& spec);
  Shape shape() const override;
  Status push(const Task& task, Stage& to) override;

 private:
  const std::span<const float> y_;
  const ConstantQ filters_;
  const size_t hop_;
  const bool scale_;
  const PadMode pad_mode_;
  const size_t columns_;
};

// The transform from the signal; re, im: [bins][stride].
Status cqt(const Task& task, std::span<const float> y, const ConstantQ& filters,
           const CqtSpec& spec, size_t stride, std::span<float> re, std::span<float> im);

}  // namespace cochlea
