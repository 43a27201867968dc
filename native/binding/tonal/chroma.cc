#include "core/tonal/chroma.h"

#include <algorithm>
#include <cmath>

#include "binding/runtime/exports.h"
#include "binding/spectrum/window.h"
#include "binding/tonal/cqt.h"
#include "core/runtime/finite.h"
#include "core/spectrum/stft.h"

namespace cochlea::binding {

namespace {

// threshold, norm, stage, smoothing, window's shape, its parameter.
bool read_finish(InDouble values, ChromaFinish* finish) {
  if (values.size() < 6) return false;
  const bool in_range = values[2] >= 0 && values[2] <= 2 && values[3] >= 0 && values[3] < 1 << 24 &&
                        values[4] >= 0 && values[4] < static_cast<int>(WindowShape::custom);
  if (!in_range) return false;
  *finish = {.threshold = values[0],
             .norm = values[1],
             .stage = static_cast<ChromaFinish::Stage>(static_cast<int>(values[2])),
             .smoothing = static_cast<size_t>(values[3]),
             .window = static_cast<WindowShape>(static_cast<int>(values[4])),
             .window_parameter = values[5]};
  return true;
}

const Status OUT_OF_BOUNDS = Status::invalid("out", "matrices of matching shapes");

Status chroma_of_cqt(const Task& task, In y, InDouble values, InDouble ratios, int32_t mode_value,
                     In weights, InDouble finish_values, int32_t columns, Out out, OutInt counts) {
  CqtSpec spec;
  ConstantQ filters;
  CqtMode mode;
  ChromaFinish finish;
  double tuning;
  if (Status status = read_cqt_spec(values, ratios, &spec, &tuning); !status.ok()) return status;
  const size_t bins = spec.bins(), classes = weights.size() / bins;
  if (classes == 0 || weights.size() != classes * bins || !read_cqt_mode(mode_value, &mode) ||
      !read_finish(finish_values, &finish) || columns < 0 || counts.empty() ||
      out.size() != finish.rows(classes) * static_cast<size_t>(columns)) {
    return OUT_OF_BOUNDS;
  }
  if (y.empty() && spec.pad_mode > PadMode::constant) {
    return Status::invalid("y", "at least one sample to pad from");
  }
  if (Status status = check_finite("y", y); !status.ok()) return status;
  if (Status status = tuned_filters(task.part(0, 0.2), y, spec, tuning, &filters); !status.ok())
    return status;
  // At another tuning the transform may have a column less than there is room for.
  const size_t wanted =
      std::min(magnitude_columns(filters, spec.hop, mode, y.size()), static_cast<size_t>(columns));
  counts[0] = static_cast<int32_t>(wanted);
  CqtMagnitudes source(y, filters, spec, mode);
  return cochlea::chroma_of_cqt(task.part(0.2, 1), source, weights, finish, wanted, out);
}

Status chroma_of_matrix(const Task& task, In magnitudes, int32_t columns, In weights,
                        int32_t classes, InDouble finish_values, Out out) {
  ChromaFinish finish;
  if (columns < 0 || classes < 1 || !read_finish(finish_values, &finish)) return OUT_OF_BOUNDS;
  const size_t rows = static_cast<size_t>(classes), width = static_cast<size_t>(columns);
  const size_t bins = weights.size() / rows;
  if (weights.size() != rows * bins || magnitudes.size() != bins * width ||
      out.size() != finish.rows(rows) * width) {
    return OUT_OF_BOUNDS;
  }
  if (Status status = check_finite("C", magnitudes); !status.ok()) return status;
  MatrixSource source(magnitudes, bins, width);
  return cochlea::chroma_of_cqt(task, source, weights, finish, width, out);
}

// sampleRate, nFft, classes, tuning, centre octave, octave width, norm, base C.
bool read_filter(InDouble values, ChromaFilter* filter) {
  if (values.size() < 8) return false;
  const bool in_range = std::isfinite(values[0]) && values[0] > 0 && values[1] >= 1 &&
                        values[1] <= 1 << 24 && values[2] >= 1 && values[2] <= 1 << 16;
  if (!in_range) return false;
  *filter = {.sample_rate = values[0],
             .n_fft = static_cast<size_t>(values[1]),
             .classes = static_cast<size_t>(values[2]),
             .tuning = values[3],
             .centre_octave = values[4],
             .octave_width = values[5],
             .norm = values[6],
             .base_c = values[7] != 0};
  return true;
}

Status chroma_filters(const Task&, InDouble values, Out out) {
  ChromaFilter filter;
  if (!read_filter(values, &filter) || out.size() != filter.classes * (1 + filter.n_fft / 2)) {
    return OUT_OF_BOUNDS;
  }
  chroma_filter(filter, out.data());
  return {};
}

Status chroma_of_stft(const Task& task, In y, int32_t hop_length, int32_t window_shape,
                      double window_parameter, In window_values, int32_t win_length,
                      int32_t pad_mode, InDouble filter_values, double norm, Out out) {
  ChromaFilter filter;
  if (!read_filter(filter_values, &filter) || hop_length < 1 || pad_mode < -1 ||
      pad_mode >= PAD_MODES || (y.empty() && pad_mode > 0)) {
    return OUT_OF_BOUNDS;
  }
  const auto window = read_window(window_shape, window_parameter, window_values, win_length,
                                  static_cast<int32_t>(filter.n_fft));
  if (window == nullptr) return OUT_OF_BOUNDS;
  const Frames frames(y, filter.n_fft, static_cast<size_t>(hop_length),
                      static_cast<PadMode>(pad_mode));
  if (out.size() != filter.classes * frames.count()) return OUT_OF_BOUNDS;
  if (Status status = check_finite("y", y); !status.ok()) return status;
  Spectrogram source(frames, window, 2);
  if (!std::isnan(filter.tuning)) return cochlea::chroma_of_power(task, source, filter, norm, out);
  KeptSource kept(source);
  return cochlea::chroma_of_power(task, kept, filter, norm, out);
}

Status chroma_of_power(const Task& task, In power, int32_t columns, InDouble filter_values,
                       double norm, Out out) {
  ChromaFilter filter;
  if (!read_filter(filter_values, &filter) || columns < 0) return OUT_OF_BOUNDS;
  const size_t width = static_cast<size_t>(columns);
  if (power.size() != (1 + filter.n_fft / 2) * width || out.size() != filter.classes * width) {
    return OUT_OF_BOUNDS;
  }
  if (Status status = check_finite("S", power); !status.ok()) return status;
  MatrixSource source(power, 1 + filter.n_fft / 2, width);
  return cochlea::chroma_of_power(task, source, filter, norm, out);
}

const Registration registration([](Exports& exports) {
  exports.function<&chroma_of_cqt>("chromaOfCqt");
  exports.function<&chroma_of_matrix>("chromaOfMatrix");
  exports.function<&chroma_filters>("chromaFilters");
  exports.function<&chroma_of_stft>("chromaOfStft");
  exports.function<&chroma_of_power>("chromaOfPower");
});

}  // namespace

}  // namespace cochlea::binding
