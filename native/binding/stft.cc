#include "binding/exports.h"
#include "core/finite.h"

namespace cochlea::binding {
namespace {

Status stft(const Task& task, In y, In window, int32_t hop_length, int32_t pad_mode, Out re,
            Out im) {
  (void)task, (void)window, (void)hop_length, (void)pad_mode, (void)re, (void)im;
  return check_finite("y", y);
}

}  // namespace

void register_stft(Exports& exports) { exports.function<&stft>("stft"); }

}  // namespace cochlea::binding
