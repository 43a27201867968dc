// The module's entry: one line per module of lib/, in the order of binding.d.ts.
#include <string>

#include "binding/runtime/exports.h"
#include "kernels/dispatch.h"

namespace cochlea::binding {

void register_chroma(Exports& exports);
void register_cqt(Exports& exports);
void register_fft(Exports& exports);
void register_hpss(Exports& exports);
void register_median(Exports& exports);
void register_mel(Exports& exports);
void register_resonators(Exports& exports);
void register_resample(Exports& exports);
void register_pitch(Exports& exports);
void register_runtime(Exports& exports);
void register_spectrum(Exports& exports);
void register_stft(Exports& exports);
void register_synthesis(Exports& exports);
void register_tuning(Exports& exports);
void register_tracking(Exports& exports);

void Exports::add(const char* name, const char* suffix, napi_callback callback) {
  const std::string full = std::string(name) + suffix;
  napi_value function;
  if (napi_create_function(env_, full.c_str(), full.size(), callback, environment_, &function) ==
      napi_ok) {
    napi_set_named_property(env_, target_, full.c_str(), function);
  }
}

namespace {

napi_value initialise(napi_env env, napi_value target) {
  if (const std::string& name = kernels::refused_name(); !name.empty()) {
    std::string message = "COCHLEA_SIMD: expected one of";
    for (const kernels::Table* table : kernels::available())
      message += std::string(" ") + table->tier;
    message += ", received " + name;
    napi_throw_range_error(env, "ERR_COCHLEA_SIMD", message.c_str());
    return nullptr;
  }
  const std::shared_ptr<Environment> environment = Environment::open(env);
  if (environment == nullptr) return nullptr;
  Exports exports(env, target, environment.get());
  register_resonators(exports);
  register_runtime(exports);
  register_hpss(exports);
  register_median(exports);
  register_resample(exports);
  register_cqt(exports);
  register_chroma(exports);
  register_mel(exports);
  register_fft(exports);
  register_stft(exports);
  register_pitch(exports);
  register_tuning(exports);
  register_tracking(exports);
  register_synthesis(exports);
  register_spectrum(exports);
  return target;
}

}  // namespace
}  // namespace cochlea::binding

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  try {
    return cochlea::binding::initialise(env, exports);
  } catch (...) {
    napi_throw(env, cochlea::binding::make_out_of_memory_error(env));
    return nullptr;
  }
}
