#include "binding/tonal/cqt.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "binding/runtime/exports.h"
#include "core/runtime/finite.h"
#include "core/spectrum/stages.h"
#include "core/tonal/cqt_stream.h"
#include "core/tonal/icqt.h"

namespace cochlea::binding {

Status ConstantQParameters::valid() const {
  const auto positive = [](double x) { return std::isfinite(x) && x > 0; };
  if (ratios.empty() || !std::all_of(ratios.begin(), ratios.end(), positive))
    return Status::invalid("ratios", "positive numbers");
  if (!positive(sample_rate)) return Status::invalid("sampleRate", "a number > 0");
  if (!positive(fmin)) return Status::invalid("fmin", "a number > 0");
  if (bins_per_octave < 1) return Status::invalid("binsPerOctave", "an integer >= 1");
  if (hop_length < 1) return Status::invalid("hopLength", "an integer >= 1");
  if (!positive(filter_scale)) return Status::invalid("filterScale", "a number > 0");
  if (gamma && !(std::isfinite(*gamma) && *gamma >= 0))
    return Status::invalid("gamma", "a number >= 0");
  if (!(sparsity >= 0 && sparsity < 1)) return Status::invalid("sparsity", "a number in [0, 1)");
  if (window.shape == WindowShape::custom) return Status::invalid("window", "a named window");
  if (tuning && !std::isfinite(*tuning)) return Status::invalid("tuning", "a finite number");
  // A transform longer than this would not be one of audio.
  for (const double length : spec().at(tuning.value_or(0)).lengths()) {
    if (!(length < 1 << 24)) return Status::invalid("fmin", "filters of less than 2^24 samples");
  }
  return {};
}

CqtSpec ConstantQParameters::spec() const {
  constexpr double NONE = std::numeric_limits<double>::quiet_NaN();
  CqtSpec spec;
  spec.filters = {.sample_rate = sample_rate,
                  .frequencies = {},
                  .bins_per_octave = static_cast<double>(bins_per_octave),
                  .filter_scale = filter_scale,
                  .gamma = gamma.value_or(NONE),
                  .norm = norm.value_or(NONE),
                  .sparsity = sparsity,
                  .window = window.shape,
                  .window_parameter = window.parameter};
  spec.fmin = fmin;
  spec.ratios.assign(ratios.begin(), ratios.end());
  spec.hop = static_cast<size_t>(hop_length);
  spec.scale = scale;
  spec.pad_mode = pad_mode;
  return spec;
}

PreparedCqt::PreparedCqt(const Task& task, In y, const ConstantQParameters& parameters,
                         CqtMode mode) {
  status = parameters.valid();
  if (status.ok()) status = check_padding(y, parameters.pad_mode);
  if (status.ok()) status = check_finite("y", y);
  if (!status.ok()) return;
  spec = parameters.spec();
  const double tuning = parameters.tuning.value_or(std::numeric_limits<double>::quiet_NaN());
  size_t peaks = 0;
  status = tuned_filters(task, y, spec, tuning, &filters, &peaks);
  if (!status.ok()) return;
  if (!parameters.tuning) peaks_ = peaks;
  size_ = design_size(filters, spec.hop, mode);
  status = check_size(size_);
}

void PreparedCqt::report(size_t columns, OutInt counts) const {
  counts[0] = count_of(columns);
  counts[1] = peaks_ ? count_of(*peaks_) : -1;
  counts[2] = count_of(size_.least_samples);
}

int32_t count_of(size_t n) { return static_cast<int32_t>(std::min<size_t>(n, INT32_MAX)); }

Status check_size(const DesignSize& size) {
  if (size.within_limits()) return {};
  return Status::invalid("fmin", "filters of at most 2^22 samples, 2^28 in all");
}

namespace {

Status cqt(const Task& task, In y, const ConstantQParameters& parameters, int32_t columns, Out re,
           Out im, OutInt counts) {
  const PreparedCqt prepared(task.part(0, 0.2), y, parameters, CqtMode::full);
  if (!prepared.status.ok()) return prepared.status;
  const CqtSpec& spec = prepared.spec;
  const ConstantQ& filters = prepared.filters;
  const size_t stride = static_cast<size_t>(std::max(columns, 0));
  const size_t wanted = CqtPlan::columns(filters, spec.hop, y.size());
  if (wanted > stride || re.size() != spec.bins() * stride || im.size() != re.size() ||
      counts.size() < PreparedCqt::COUNTS) {
    return Status::invalid("out", "planes of bins x columns values");
  }
  prepared.report(wanted, counts);
  return cochlea::cqt(task.part(0.2, 1), y, filters, spec, stride, re, im);
}

Status cqt_magnitudes(const Task& task, In y, const ConstantQParameters& parameters, CqtMode mode,
                      int32_t columns, Out out, OutInt counts) {
  const PreparedCqt prepared(task.part(0, 0.2), y, parameters, mode);
  if (!prepared.status.ok()) return prepared.status;
  const CqtSpec& spec = prepared.spec;
  const ConstantQ& filters = prepared.filters;
  const size_t stride = static_cast<size_t>(std::max(columns, 0));
  const size_t wanted = magnitude_columns(filters, spec.hop, mode, y.size());
  if (wanted > stride || out.size() != spec.bins() * stride ||
      counts.size() < PreparedCqt::COUNTS) {
    return Status::invalid("out", "bins x columns values");
  }
  prepared.report(wanted, counts);
  CqtMagnitudes source(y, filters, spec, mode);
  return Pipeline(source).add<IntoMatrix>(out, Out(), stride).run(task.part(0.2, 1));
}

void report_size(const DesignSize& size, OutDouble out) {
  out[0] = static_cast<double>(size.transform);
  out[1] = static_cast<double>(size.values);
}

// counts: columns of a signal of so many samples, and the least samples that the filters take. size:
// the longest transform, and the samples of all filters' transforms. lengths: of every filter at the
// full rate, then the cutoff in Hz.
Status cqt_measure(const Task&, const ConstantQParameters& parameters, CqtMode mode,
                   int32_t samples, OutInt counts, OutDouble size, OutDouble lengths) {
  if (Status status = parameters.valid(); !status.ok()) return status;
  const CqtSpec spec = parameters.spec();
  if (samples < 0 || counts.size() < 2 || size.size() < 2 || lengths.size() != spec.bins() + 1) {
    return Status::invalid("lengths", "room for the result");
  }
  const ConstantQ filters = spec.at(parameters.tuning.value_or(0));
  const std::vector<double> each = filters.lengths();
  std::copy(each.begin(), each.end(), lengths.begin());
  lengths.back() = filters.cutoff();
  counts[0] = count_of(magnitude_columns(filters, spec.hop, mode, static_cast<size_t>(samples)));
  counts[1] = count_of(least_samples(filters, spec.hop, mode));
  report_size(design_size(filters, spec.hop, mode), size);
  return {};
}

Status icqt_measure(const Task&, const ConstantQParameters& parameters, OutDouble size) {
  if (Status status = parameters.valid(); !status.ok()) return status;
  if (size.size() < 2) return Status::invalid("size", "room for the result");
  const CqtSpec spec = parameters.spec();
  const ConstantQ filters = spec.at(parameters.tuning.value_or(0));
  report_size(design_size(filters, InverseCqtPlan::outline(filters, spec.hop).octaves), size);
  return {};
}

// re, im: [bins][size], the filters in the time domain, centred.
Status cqt_filters(const Task& task, const ConstantQParameters& parameters, int32_t size, Out re,
                   Out im) {
  if (Status status = parameters.valid(); !status.ok()) return status;
  const CqtSpec spec = parameters.spec();
  const size_t width = static_cast<size_t>(std::max(size, 0));
  if (re.size() != spec.bins() * width || im.size() != re.size()) {
    return Status::invalid("out", "planes of bins x size values");
  }
  return centred_wavelets(task, spec.at(parameters.tuning.value_or(0)), width, re, im);
}

// re, im: [bins][columns], of which the first `frames` are used.
Status icqt(const Task& task, In re, In im, int32_t columns, int32_t frames,
            const ConstantQParameters& parameters, Out y) {
  if (Status status = parameters.valid(); !status.ok()) return status;
  if (!parameters.tuning) return Status::invalid("tuning", "a number");
  const CqtSpec spec = parameters.spec();
  const size_t width = static_cast<size_t>(std::max(columns, 0));
  if (frames < 1 || frames > columns || re.size() != spec.bins() * width ||
      im.size() != re.size()) {
    return Status::invalid("C", "planes of bins x columns values");
  }
  if (Status status = check_finite("C.re", re); !status.ok()) return status;
  if (Status status = check_finite("C.im", im); !status.ok()) return status;
  const ConstantQ filters = spec.at(*parameters.tuning);
  const std::vector<CqtOctave> octaves = InverseCqtPlan::outline(filters, spec.hop).octaves;
  if (Status status = check_size(design_size(filters, octaves)); !status.ok()) return status;
  return cochlea::icqt(task, re, im, width, static_cast<size_t>(frames), filters, spec.hop,
                       spec.scale, y);
}

Made<CqtStream> cqt_stream(const ConstantQParameters& parameters, bool magnitudes) {
  if (Status status = parameters.valid(); !status.ok()) return {status, nullptr};
  if (!parameters.tuning) return {Status::invalid("tuning", "a number"), nullptr};
  const CqtSpec spec = parameters.spec();
  const ConstantQ filters = spec.at(*parameters.tuning);
  if (filters.cutoff() > filters.sample_rate / 2)
    return {Status::invalid("nBins", "filters that end below the Nyquist frequency"), nullptr};
  if (Status status = check_size(design_size(filters, spec.hop, CqtMode::full)); !status.ok())
    return {status, nullptr};
  return {
      {},
      std::make_unique<CqtStream>(CqtPlan::get(Task(), filters, spec.hop, spec.scale), magnitudes)};
}

Status cqt_stream_limits(CqtStream& stream, int32_t n, OutInt counts) {
  if (n < 0 || counts.size() < 2) return Status::invalid("counts", "two counts");
  counts[0] = count_of(stream.max_columns(static_cast<size_t>(n)));
  counts[1] = count_of(stream.latency());
  return {};
}

bool room_for(const CqtStream& stream, size_t n, Out re, Out im, OutInt counts) {
  const size_t needed = stream.bins() * stream.max_columns(n);
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
  exports.function<&icqt_measure>("icqtMeasure");
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
