#include "core/tonal/chroma.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "binding/runtime/exports.h"
#include "binding/spectrum/source.h"
#include "binding/tonal/cqt.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {

template <>
struct Words<ChromaFinish::Stage> {
  static constexpr const char* LIST[] = {"chroma", "cens", "tonnetz"};
};

namespace {

constexpr double NONE = std::numeric_limits<double>::quiet_NaN();

const Status OUT_OF_BOUNDS = Status::invalid("out", "matrices of matching shapes");

struct ChromaFinishParameters {
  std::optional<double> threshold, norm;
  ChromaFinish::Stage stage;
  int32_t smoothing;  // length of the window, 0 for none
  WindowParameters window;

  static constexpr const char* NAME = "ChromaFinishParameters";
  static constexpr auto fields() {
    using P = ChromaFinishParameters;
    return std::tuple(Field("threshold", &P::threshold), Field("norm", &P::norm),
                      Field("stage", &P::stage), Field("smoothing", &P::smoothing),
                      Field("window", &P::window));
  }

  bool valid() const {
    return smoothing >= 0 && smoothing < 1 << 24 && window.shape != WindowShape::custom;
  }
  ChromaFinish finish() const {
    return {.threshold = threshold.value_or(NONE),
            .norm = norm.value_or(NONE),
            .stage = stage,
            .smoothing = static_cast<size_t>(smoothing),
            .window = window.shape,
            .window_parameter = window.parameter};
  }
};

struct ChromaFilterParameters {
  double sample_rate;
  int32_t classes;
  std::optional<double> tuning;  // fractions of a class; none: that of the spectrogram
  double centre_octave;
  std::optional<double> octave_width;  // none: no weighting
  std::optional<double> norm;          // of each bin's column
  bool base_c;

  static constexpr const char* NAME = "ChromaFilterParameters";
  static constexpr auto fields() {
    using P = ChromaFilterParameters;
    return std::tuple(Field("sampleRate", &P::sample_rate), Field("classes", &P::classes),
                      Field("tuning", &P::tuning), Field("centreOctave", &P::centre_octave),
                      Field("octaveWidth", &P::octave_width), Field("norm", &P::norm),
                      Field("baseC", &P::base_c));
  }

  bool valid(int32_t n_fft) const {
    return std::isfinite(sample_rate) && sample_rate > 0 && n_fft >= 1 && n_fft <= 1 << 24 &&
           classes >= 1 && classes <= 1 << 16;
  }
  ChromaFilter filter(int32_t n_fft) const {
    return {.sample_rate = sample_rate,
            .n_fft = static_cast<size_t>(n_fft),
            .classes = static_cast<size_t>(classes),
            .tuning = tuning.value_or(NONE),
            .centre_octave = centre_octave,
            .octave_width = octave_width.value_or(NONE),
            .norm = norm.value_or(NONE),
            .base_c = base_c};
  }
};

Status chroma_of_cqt(const Task& task, In y, const ConstantQParameters& parameters, CqtMode mode,
                     In weights, const ChromaFinishParameters& last, int32_t columns, Out out,
                     OutInt counts) {
  const PreparedCqt prepared(task.part(0, 0.2), y, parameters, mode);
  if (!prepared.status.ok()) return prepared.status;
  const CqtSpec& spec = prepared.spec;
  const ConstantQ& filters = prepared.filters;
  const ChromaFinish finish = last.finish();
  const size_t bins = spec.bins(), classes = weights.size() / bins;
  if (classes == 0 || weights.size() != classes * bins || !last.valid() || columns < 0 ||
      counts.size() < PreparedCqt::COUNTS ||
      out.size() != finish.rows(classes) * static_cast<size_t>(columns)) {
    return OUT_OF_BOUNDS;
  }
  // At another tuning the transform may have a column less than there is room for.
  const size_t wanted =
      std::min(magnitude_columns(filters, spec.hop, mode, y.size()), static_cast<size_t>(columns));
  prepared.report(wanted, counts);
  CqtMagnitudes source(y, filters, spec, mode);
  return cochlea::chroma_of_cqt(task.part(0.2, 1), source, weights, finish, wanted, out);
}

Status chroma_of_matrix(const Task& task, In magnitudes, int32_t columns, In weights,
                        int32_t classes, const ChromaFinishParameters& last, Out out) {
  if (columns < 0 || classes < 1 || !last.valid()) return OUT_OF_BOUNDS;
  const ChromaFinish finish = last.finish();
  const size_t rows = static_cast<size_t>(classes), width = static_cast<size_t>(columns);
  // Without weights, of a matrix that has a row for each class already.
  const bool folded = weights.empty() && magnitudes.size() == rows * width;
  const size_t bins = folded ? rows : weights.size() / rows;
  if ((!folded && weights.size() != rows * bins) || magnitudes.size() != bins * width ||
      out.size() != finish.rows(rows) * width) {
    return OUT_OF_BOUNDS;
  }
  if (bins == 0) {  // core counts the classes by the bins
    std::fill(out.begin(), out.end(), 0.0f);
    return {};
  }
  if (Status status = check_finite("C.data", magnitudes); !status.ok()) return status;
  MatrixSource source(magnitudes, bins, width);
  return cochlea::chroma_of_cqt(task, source, weights, finish, width, out);
}

Status chroma_filters(const Task& task, const ChromaFilterParameters& parameters, int32_t n_fft,
                      Out out) {
  if (!parameters.valid(n_fft)) return OUT_OF_BOUNDS;
  const ChromaFilter filter = parameters.filter(n_fft);
  if (out.size() != filter.classes * (1 + filter.n_fft / 2)) return OUT_OF_BOUNDS;
  return chroma_filter(task, filter, out);
}

Status chroma_stft(const Task& task, const SourceParameters& from,
                   const ChromaFilterParameters& parameters, int32_t n_fft,
                   std::optional<double> norm, Out out, OutInt peaks) {
  const GivenSource in = read_source(task, from);
  if (!in.status.ok()) return in.status;
  if (!parameters.valid(n_fft)) return OUT_OF_BOUNDS;
  const ChromaFilter filter = parameters.filter(n_fft);
  const Shape shape = in.source->shape();
  if (shape.rows != 1 + filter.n_fft / 2 || out.size() != filter.classes * shape.columns)
    return OUT_OF_BOUNDS;
  if (peaks.empty()) return Status::invalid("peaks", "room for a count");
  size_t count = 0;
  // Where the tuning is estimated the source is read twice, which costs a signal two transforms.
  std::optional<KeptSource> kept;
  if (!parameters.tuning && from.frames) kept.emplace(*in.source);
  Source& source = kept ? static_cast<Source&>(*kept) : *in.source;
  const Status status =
      cochlea::chroma_of_power(task, source, filter, norm.value_or(NONE), out, &count);
  peaks[0] = parameters.tuning ? -1 : count_of(count);
  return status;
}

const Registration registration([](Exports& exports) {
  exports.function<&chroma_of_cqt>("chromaOfCqt");
  exports.function<&chroma_of_matrix>("chromaOfMatrix");
  exports.function<&chroma_filters>("chromaFilters");
  exports.function<&chroma_stft>("chromaStft");
});

}  // namespace

}  // namespace cochlea::binding
