// The module's entry: fills the addon with what the other files have registered.
#include <string>

#include "binding/runtime/exports.h"
#include "kernels/dispatch.h"

namespace cochlea::binding {

constinit const Registration* Registration::first_ = nullptr;

namespace {

void fill(Napi::Env env, Napi::Object target) {
  if (const std::string& name = kernels::refused_name(); !name.empty()) {
    std::string message = "COCHLEA_SIMD: expected one of";
    for (const kernels::Table* table : kernels::available())
      message += std::string(" ") + table->tier;
    coded<Napi::RangeError>(env, "ERR_COCHLEA_SIMD", message + ", received " + name)
        .ThrowAsJavaScriptException();
    return;
  }
  const std::shared_ptr<Environment> environment = Environment::open(env);
  if (environment == nullptr) return;
  Exports exports(target, environment.get());
  Registration::all(exports);
}

}  // namespace
}  // namespace cochlea::binding

static Napi::Object initialise(Napi::Env env, Napi::Object target) {
  try {
    cochlea::binding::fill(env, target);
  } catch (...) {
    cochlea::binding::make_out_of_memory_error(env).ThrowAsJavaScriptException();
  }
  return target;
}

NODE_API_MODULE(cochlea, initialise)
