// The module's entry: fills the addon with what the other files have registered.
#include <string>

#include "binding/runtime/exports.h"
#include "kernels/dispatch.h"

namespace cochlea::binding {

constinit const Registration* Registration::first_ = nullptr;

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
  Registration::all(exports);
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
