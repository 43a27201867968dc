#include "binding/runtime/args.h"

#include <cstdio>

namespace cochlea::binding {

void throw_argument_error(napi_env env, size_t position, const char* expected) {
  char message[160];
  std::snprintf(message, sizeof message, "native argument %zu: expected %s", position, expected);
  napi_throw_type_error(env, "ERR_COCHLEA_INVALID_TYPE", message);
}

bool read_typed_array(napi_env env, napi_value value, size_t position, napi_typedarray_type type,
                      void** data, size_t* length) {
  static constexpr const char* EXPECTED[] = {"a Float32Array", "a Float64Array", "an Int32Array"};
  const char* const expected = EXPECTED[type == napi_float32_array   ? 0
                                        : type == napi_float64_array ? 1
                                                                     : 2];
  bool is_typed_array = false;
  napi_typedarray_type actual;
  napi_value buffer;
  if (napi_is_typedarray(env, value, &is_typed_array) != napi_ok || !is_typed_array ||
      napi_get_typedarray_info(env, value, &actual, length, data, &buffer, nullptr) != napi_ok ||
      actual != type) {
    throw_argument_error(env, position, expected);
    return false;
  }
  // Another thread may write shared memory while a kernel reads it twice.
  bool is_array_buffer = false;
  if (napi_is_arraybuffer(env, buffer, &is_array_buffer) != napi_ok || !is_array_buffer) {
    throw_argument_error(env, position, "memory that is not shared");
    return false;
  }
  bool detached = false;
  if (napi_is_detached_arraybuffer(env, buffer, &detached) != napi_ok || detached) {
    throw_argument_error(env, position, "an array whose buffer is not detached");
    return false;
  }
  if (*length == 0)
    *data = nullptr;  // a view that fell out of its resized buffer has length 0 and a stale pointer
  return true;
}

}  // namespace cochlea::binding
