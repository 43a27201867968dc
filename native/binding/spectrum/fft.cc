#include "core/spectrum/fft.h"

#include <algorithm>

#include "binding/runtime/exports.h"
#include "core/runtime/aligned.h"
#include "core/runtime/blocks.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {
namespace {

Status check_complex(const Task& task, const char* re_name, const char* im_name, In re, In im) {
  if (const Status finite = check_finite(re_name, re, task); !finite.ok()) return finite;
  return check_finite(im_name, im, task);
}

// An empty `im` stands for zeros.
Status fft(const Task& task, In re, In im, bool inverse, Out out_re, Out out_im) {
  const size_t n = re.size();
  if (n == 0 || (im.size() != n && !im.empty()))
    return Status::invalid("x", "planes of one length");
  if (out_re.size() != n || out_im.size() != n)
    return Status::invalid("out", "planes as long as those of x");
  if (const Status finite = check_complex(task, "x.re", "x.im", re, im); !finite.ok())
    return finite;
  const auto plan = Fft::get(n, task);
  if (plan == nullptr) return Status::cancelled();
  Aligned<float> scratch(plan->scratch_size());
  Aligned<float> zeros(im.empty() ? n : 0);
  in_blocks(task, zeros.size(), [&](size_t begin, size_t end) {
    std::fill(zeros.begin() + begin, zeros.begin() + end, 0.0f);
  });
  const float* const im_data = im.empty() ? zeros.data() : im.data();
  if (inverse) {
    plan->inverse(re.data(), im_data, out_re.data(), out_im.data(), scratch.data(), task);
  } else {
    plan->forward(re.data(), im_data, out_re.data(), out_im.data(), scratch.data(), task);
  }
  return task.cancelled() ? Status::cancelled() : Status{};
}

Status rfft(const Task& task, In x, Out re, Out im) {
  const size_t n = x.size();
  if (n == 0) return Status::invalid("x", "at least one sample");
  if (re.size() != n / 2 + 1 || im.size() != re.size())
    return Status::invalid("out", "planes of x.length / 2 + 1 values");
  if (const Status finite = check_finite("x", x, task); !finite.ok()) return finite;
  const auto plan = RealFft::get(n, task);
  if (plan == nullptr) return Status::cancelled();
  Aligned<float> scratch(plan->scratch_size());
  plan->forward(x.data(), re.data(), im.data(), scratch.data(), task);
  return task.cancelled() ? Status::cancelled() : Status{};
}

Status irfft(const Task& task, In re, In im, Out x) {
  const size_t n = x.size();
  if (n == 0 || re.size() != n / 2 + 1 || im.size() != re.size())
    return Status::invalid("X", "planes of n / 2 + 1 values");
  if (const Status finite = check_complex(task, "X.re", "X.im", re, im); !finite.ok())
    return finite;
  const auto plan = RealFft::get(n, task);
  if (plan == nullptr) return Status::cancelled();
  Aligned<float> scratch(plan->scratch_size());
  plan->inverse(re.data(), im.data(), x.data(), scratch.data(), task);
  return task.cancelled() ? Status::cancelled() : Status{};
}

const Registration registration([](Exports& exports) {
  exports.function<&fft>("fft");
  exports.function<&rfft>("rfft");
  exports.function<&irfft>("irfft");
});

}  // namespace

}  // namespace cochlea::binding
