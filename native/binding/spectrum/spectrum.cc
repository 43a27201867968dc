#include "core/spectrum/spectrum.h"

#include "binding/runtime/exports.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {
namespace {

// The first thing wrong with two input planes and any number of output planes of the same size.
template <class... Planes>
Status check_planes(const Task& task, In re, In im, Planes... planes) {
  if (re.size() != im.size() || ((re.size() != planes.size()) || ...)) {
    return Status::invalid("out", "planes of one size");
  }
  if (const Status finite = check_finite("D.re", re, task); !finite.ok()) return finite;
  return check_finite("D.im", im, task);
}

Status magnitude(const Task& task, In re, In im, double power, Out out) {
  if (const Status status = check_planes(task, re, im, out); !status.ok()) return status;
  return cochlea::magnitude(task, re, im, power, out);
}

Status phase(const Task& task, In re, In im, Out out) {
  if (const Status status = check_planes(task, re, im, out); !status.ok()) return status;
  return cochlea::phase(task, re, im, out);
}

Status magphase(const Task& task, In re, In im, double power, Out magnitude, Out cosine, Out sine) {
  if (const Status status = check_planes(task, re, im, magnitude, cosine, sine); !status.ok())
    return status;
  return cochlea::magphase(task, re, im, power, magnitude, cosine, sine);
}

struct DecibelParameters {
  double scale;
  std::optional<double> reference;  // none: the largest magnitude
  double amin;
  std::optional<double> top_db;  // none: no limit

  static constexpr const char* NAME = "DecibelParameters";
  static constexpr auto fields() {
    return std::tuple(Field("scale", &DecibelParameters::scale),
                      Field("reference", &DecibelParameters::reference),
                      Field("amin", &DecibelParameters::amin),
                      Field("topDb", &DecibelParameters::top_db));
  }
};

Status decibels(const Task& task, In x, const DecibelParameters& parameters, Out out) {
  if (x.size() != out.size()) return Status::invalid("out", "a plane of the size of S");
  if (const Status finite = check_finite("S.data", x, task); !finite.ok()) return finite;
  const auto& [scale, reference, amin, top_db] = parameters;
  return cochlea::decibels(task, x, scale, reference, amin, top_db, out);
}

const Registration registration([](Exports& exports) {
  exports.function<&magnitude>("magnitude");
  exports.function<&phase>("phase");
  exports.function<&magphase>("magphase");
  exports.function<&decibels>("decibels");
});

}  // namespace

}  // namespace cochlea::binding
