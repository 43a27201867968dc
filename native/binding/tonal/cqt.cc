#include "binding/tonal/cqt.h"

#include <algorithm>
#include <cmath>

#include "binding/runtime/exports.h"
#include "core/runtime/finite.h"
#include "core/spectrum/stages.h"
#include "core/tonal/cqt_stream.h"
#include "core/tonal/icqt.h"

namespace cochlea::binding {

Status read_cqt_spec(InDouble values, InDouble ratios, CqtSpec* spec, double* tuning) {
  if (values.size() < 13 || ratios.empty()) return Status::invalid("spec", "13 numbers and ratios");
  const auto finite = [](double x) { return std::isfinite(x); };
  if (!std::all_of(ratios.begin(), ratios.end(), [&](double x) { return finite(x) && x > 0; })) {
    return Status::invalid("ratios", "positive numbers");
  }
  const double rate = values[0], fmin = values[1], bins_per_octave = values[2], hop = values[10];
  if (!(finite(rate) && rate > 0 && finite(fmin) && fmin > 0)) {
    return Status::invalid("fmin", "a positive number");
  }
  if (!(bins_per_octave >= 1 && bins_per_octave <= INT32_MAX && hop >= 1 && hop <= INT32_MAX)) {
    return Status::invalid("hopLength", "an integer >= 1");
  }
  if (!(finite(values[4]) && values[4] > 0) || std::isinf(values[5]) || values[5] < 0 ||
      !(values[7] >= 0 && values[7] < 1)) {
    return Status::invalid("filterScale", "parameters in range");
  }
  const int window = static_cast<int>(values[8]), pad_mode = static_cast<int>(values[12]);
  if (window < 0 || window >= static_cast<int>(WindowShape::custom) || pad_mode < 0 ||
      pad_mode >= PAD_MODES) {
    return Status::invalid("window", "a known window and padding mode");
  }
  *tuning = values[3];
  spec->filters = {.sample_rate = rate,
                   .frequencies = {},
                   .bins_per_octave = std::floor(bins_per_octave),
                   .filter_scale = values[4],
                   .gamma = values[5],
                   .norm = values[6],
                   .sparsity = values[7],
                   .window = static_cast<WindowShape>(window),
                   .window_parameter = values[9]};
  spec->fmin = fmin;
  spec->ratios.assign(ratios.begin(), ratios.end());
  spec->hop = static_cast<size_t>(hop);
  spec->scale = values[11] != 0;
  spec->pad_mode = static_cast<PadMode>(pad_mode);
  // A transform longer than this would not be one of audio.
  const ConstantQ filters = spec->at(std::isnan(*tuning) ? 0 : *tuning);
  for (const double length : filters.lengths()) {
    if (!(length < 1 << 24)) return Status::invalid("fmin", "filters of less than 2^24 samples");
  }
  return {};
}

bool read_cqt_mode(int32_t value, CqtMode* mode) {
  *mode = static_cast<CqtMode>(value);
  return value >= 0 && value <= static_cast<int32_t>(CqtMode::hybrid);
}

namespace {

Status prepare(const Task& task, In y, InDouble values, InDouble ratios, CqtSpec* spec,
               ConstantQ* filters) {
  double tuning;
  if (Status status = read_cqt_spec(values, ratios, spec, &tuning); !status.ok()) return status;
  if (y.empty() && spec->pad_mode > PadMode::constant) {
    return Status::invalid("y", "at least one sample to pad from");
  }
  if (Status status = check_finite("y", y); !status.ok()) return status;
  return tuned_filters(task.part(0, 0.2), y, *spec, tuning, filters);
}

Status cqt(const Task& task, In y, InDouble values, InDouble ratios, int32_t columns, Out re,
           Out im, OutInt counts) {
  CqtSpec spec;
  ConstantQ filters;
  if (Status status = prepare(task, y, values, ratios, &spec, &filters); !status.ok())
    return status;
  const size_t stride = static_cast<size_t>(std::max(columns, 0));
  const size_t wanted = CqtPlan::columns(filters, spec.hop, y.size());
  if (wanted > stride || re.size() != spec.bins() * stride || im.size() != re.size() ||
      counts.empty()) {
    return Status::invalid("out", "planes of bins x columns values");
  }
  counts[0] = static_cast<int32_t>(wanted);
  return cochlea::cqt(task.part(0.2, 1), y, filters, spec, stride, re, im);
}

const Status UNKNOWN_MODE = Status::invalid("mode", "0, 1 or 2");

Status cqt_magnitudes(const Task& task, In y, InDouble values, InDouble ratios, int32_t mode_value,
                      int32_t columns, Out out, OutInt counts) {
  CqtSpec spec;
  ConstantQ filters;
  CqtMode mode;
  if (!read_cqt_mode(mode_value, &mode)) return UNKNOWN_MODE;
  if (Status status = prepare(task, y, values, ratios, &spec, &filters); !status.ok())
    return status;
  const size_t stride = static_cast<size_t>(std::max(columns, 0));
  const size_t wanted = magnitude_columns(filters, spec.hop, mode, y.size());
  if (wanted > stride || out.size() != spec.bins() * stride || counts.empty()) {
    return Status::invalid("out", "bins x columns values");
  }
  counts[0] = static_cast<int32_t>(wanted);
  CqtMagnitudes source(y, filters, spec, mode);
  return Pipeline(source).add<IntoMatrix>(out, Out(), stride).run(task.part(0.2, 1));
}

// counts: columns of a signal of so many samples, and the least samples that the filters take.
// lengths: of every filter at the full rate, then the cutoff in Hz.
Status cqt_measure(const Task&, InDouble values, InDouble ratios, int32_t mode_value,
                   int32_t samples, OutInt counts, OutDouble lengths) {
  CqtSpec spec;
  double tuning;
  CqtMode mode;
  if (!read_cqt_mode(mode_value, &mode)) return UNKNOWN_MODE;
  if (Status status = read_cqt_spec(values, ratios, &spec, &tuning); !status.ok()) return status;
  if (samples < 0 || counts.size() < 2 || lengths.size() != spec.bins() + 1) {
    return Status::invalid("lengths", "room for the result");
  }
  const ConstantQ filters = spec.at(std::isnan(tuning) ? 0 : tuning);
  const std::vector<double> each = filters.lengths();
  std::copy(each.begin(), each.end(), lengths.begin());
  lengths.back() = filters.cutoff();
  const auto count = [](size_t n) { return static_cast<int32_t>(std::min<size_t>(n, INT32_MAX)); };
  counts[0] = count(magnitude_columns(filters, spec.hop, mode, static_cast<size_t>(samples)));
  counts[1] = count(least_samples(filters, spec.hop, mode));
  return {};
}

// re, im: [bins][size], the filters in the time domain, centred.
Status cqt_filters(const Task&, InDouble values, InDouble ratios, int32_t size, Out re, Out im) {
  CqtSpec spec;
  double tuning;
  if (Status status = read_cqt_spec(values, ratios, &spec, &tuning); !status.ok()) return status;
  const size_t width = static_cast<size_t>(std::max(size, 0));
  if (re.size() != spec.bins() * width || im.size() != re.size()) {
    return Status::invalid("out", "planes of bins x size values");
  }
  if (!centred_wavelets(spec.at(tuning), width, re, im))
    return Status::invalid("size", "room for the longest filter");
  return {};
}

// re, im: [bins][columns], of which the first `frames` are used.
Status icqt(const Task& task, In re, In im, int32_t columns, int32_t frames, InDouble values,
            InDouble ratios, Out y) {
  CqtSpec spec;
  double tuning;
  if (Status status = read_cqt_spec(values, ratios, &spec, &tuning); !status.ok()) return status;
  const size_t width = static_cast<size_t>(std::max(columns, 0));
  if (frames < 1 || frames > columns || re.size() != spec.bins() * width ||
      im.size() != re.size() || !std::isfinite(tuning)) {
    return Status::invalid("C", "planes of bins x columns values");
  }
  if (Status status = check_finite("C.re", re); !status.ok()) return status;
  if (Status status = check_finite("C.im", im); !status.ok()) return status;
  return cochlea::icqt(task, re, im, width, static_cast<size_t>(frames), spec.at(tuning), spec.hop,
                       spec.scale, y);
}

Made<CqtStream> cqt_stream(InDouble values, InDouble ratios, bool magnitudes) {
  CqtSpec spec;
  double tuning;
  if (Status status = read_cqt_spec(values, ratios, &spec, &tuning); !status.ok())
    return {status, nullptr};
  if (!std::isfinite(tuning)) return {Status::invalid("tuning", "a finite number"), nullptr};
  const ConstantQ filters = spec.at(tuning);
  if (filters.cutoff() > filters.sample_rate / 2)
    return {Status::invalid("nBins", "filters that end below the Nyquist frequency"), nullptr};
  return {{}, std::make_unique<CqtStream>(CqtPlan::get(filters, spec.hop, spec.scale), magnitudes)};
}

Status cqt_stream_limits(CqtStream& stream, int32_t n, OutInt counts) {
  if (n < 0 || counts.size() < 2) return Status::invalid("counts", "two counts");
  counts[0] = static_cast<int32_t>(stream.most(static_cast<size_t>(n)));
  counts[1] = static_cast<int32_t>(std::min<size_t>(stream.latency(), INT32_MAX));
  return {};
}

bool room_for(const CqtStream& stream, size_t n, Out re, Out im, OutInt counts) {
  const size_t needed = stream.bins() * stream.most(n);
  return re.size() >= needed && (stream.magnitudes() || im.size() >= needed) && !counts.empty();
}

Status cqt_stream_push(CqtStream& stream, In x, Out re, Out im, OutInt counts) {
  if (!room_for(stream, std::max<size_t>(x.size(), 1), re, im, counts))
    return Status::invalid("out", "room for the result");
  if (Status status = check_finite("x", x); !status.ok()) return status;
  counts[0] = x.empty() ? 0 : static_cast<int32_t>(stream.push(x, re.data(), im.data()));
  return {};
}

Status cqt_stream_finish(CqtStream& stream, Out re, Out im, OutInt counts) {
  if (!room_for(stream, 0, re, im, counts)) return Status::invalid("out", "room for the result");
  counts[0] = static_cast<int32_t>(stream.finish(re.data(), im.data()));
  return {};
}

Status cqt_stream_reset(CqtStream& stream) {
  stream.reset();
  return {};
}

const Registration registration([](Exports& exports) {
  exports.function<&cqt>("cqt");
  exports.function<&cqt_magnitudes>("cqtMagnitudes");
  exports.function<&cqt_measure>("cqtMeasure");
  exports.function<&cqt_filters>("cqtFilters");
  exports.function<&icqt>("icqt");
  exports.constructor<&cqt_stream>("cqtStream");
  exports.method<&cqt_stream_limits>("cqtStreamLimits");
  exports.method<&cqt_stream_push>("cqtStreamPush");
  exports.method<&cqt_stream_finish>("cqtStreamFinish");
  exports.method<&cqt_stream_reset>("cqtStreamReset");
});

}  // namespace

}  // namespace cochlea::binding
