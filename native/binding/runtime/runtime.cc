// What the process runs on: the SIMD tiers and the pool of threads.
#include "binding/runtime/exports.h"
#include "kernels/dispatch.h"

namespace cochlea::binding {
namespace {

napi_value simd(napi_env env, napi_callback_info) {
  napi_value names;
  if (napi_create_array(env, &names) != napi_ok) return nullptr;
  const auto add = [&](uint32_t index, const char* name) {
    napi_value value;
    if (napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &value) == napi_ok) {
      napi_set_element(env, names, index, value);
    }
  };
  add(0, kernels::active().tier);
  uint32_t index = 1;
  for (const kernels::Table* table : kernels::available()) add(index++, table->tier);
  return names;
}

napi_value threads(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1], result;
  if (napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr) != napi_ok) return nullptr;
  if (argc == 1) {
    Reader<int32_t> count;
    if (!count.read(env, argv[0], 0, Mode::sync)) return nullptr;
    Pool::shared().resize(count.get() > 0 ? static_cast<unsigned>(count.get()) : 1);
  }
  return napi_create_uint32(env, Pool::shared().size(), &result) == napi_ok ? result : nullptr;
}

const Registration registration([](Exports& exports) {
  exports.raw("simd", &simd);
  exports.raw("threads", &threads);
});

}  // namespace

}  // namespace cochlea::binding
