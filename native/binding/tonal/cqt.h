// Constant-Q transforms, as JavaScript describes them.
#pragma once

#include "binding/runtime/group.h"
#include "binding/spectrum/frames.h"
#include "core/tonal/cqt_magnitudes.h"

namespace cochlea::binding {

template <>
struct Words<CqtMode> {
  static constexpr const char* LIST[] = {"full", "pseudo", "hybrid"};
};

struct ConstantQParameters {
  double sample_rate;
  double fmin;
  InDouble ratios;  // of the filters' frequencies to fmin, ascending
  int32_t bins_per_octave;
  std::optional<double> tuning;  // in bins; none: that of the signal
  double filter_scale;
  std::optional<double> gamma;  // none: as the ear's
  std::optional<double> norm;
  double sparsity;
  WindowParameters window;
  int32_t hop_length;
  bool scale;
  PadMode pad_mode;

  static constexpr const char* NAME = "ConstantQParameters";
  static constexpr auto fields() {
    using P = ConstantQParameters;
    return std::tuple(Field("sampleRate", &P::sample_rate), Field("fmin", &P::fmin),
                      Field("ratios", &P::ratios), Field("binsPerOctave", &P::bins_per_octave),
                      Field("tuning", &P::tuning), Field("filterScale", &P::filter_scale),
                      Field("gamma", &P::gamma), Field("norm", &P::norm),
                      Field("sparsity", &P::sparsity), Field("window", &P::window),
                      Field("hopLength", &P::hop_length), Field("scale", &P::scale),
                      Field("padMode", &P::pad_mode));
  }

  // Not ok if memory would not be safe.
  Status valid() const;
  // Of valid parameters.
  CqtSpec spec() const;
};

// The transform of a signal, at its own tuning if none is given. Not ok if memory would not be safe,
// or if it would take too long.
struct PreparedCqt {
  PreparedCqt(const Task& task, In y, const ConstantQParameters& parameters, CqtMode mode);

  // Tells JavaScript how many columns there are, how many peaks the tuning was estimated from (-1 if it
  // was given), and the samples of a signal that no transform is longer than.
  void report(size_t columns, OutInt counts) const;
  static constexpr size_t COUNTS = 3;

  Status status;
  CqtSpec spec;
  ConstantQ filters;

 private:
  std::optional<size_t> peaks_;
  DesignSize size_;
};

// A count for JavaScript, at most the largest that it can have.
int32_t count_of(size_t n);

Status check_size(const DesignSize& size);

}  // namespace cochlea::binding
