#include "binding/runtime/args.h"

#include "binding/runtime/environment.h"

namespace cochlea::binding {

namespace {

std::string path(const Place& place) {
  if (place.group == nullptr) return "native argument " + std::to_string(place.argument);
  return path(*place.group) + "." + place.field;
}

}  // namespace

bool refuse(Napi::Env env, const Place& place, const std::string& expected) {
  if (!env.IsExceptionPending()) {
    coded<Napi::TypeError>(env, "ERR_COCHLEA_INVALID_TYPE", path(place) + ": expected " + expected)
        .ThrowAsJavaScriptException();
  }
  return false;
}

template <class T>
bool read_typed_array(Napi::Value value, const Place& place, std::span<T>* view) {
  const auto refused = [&](const char* what) { return refuse(value.Env(), place, what); };
  constexpr const char* expected = std::is_same_v<T, float>    ? "a Float32Array"
                                   : std::is_same_v<T, double> ? "a Float64Array"
                                                               : "an Int32Array";
  if (!value.IsTypedArray()) return refused(expected);
  auto array = value.As<Napi::TypedArrayOf<T>>();
  constexpr napi_typedarray_type wanted = std::is_same_v<T, float>    ? napi_float32_array
                                          : std::is_same_v<T, double> ? napi_float64_array
                                                                      : napi_int32_array;
  if (array.TypedArrayType() != wanted) return refused(expected);
  // Another thread may write shared memory while a kernel reads it twice.
  const Napi::ArrayBuffer buffer = array.ArrayBuffer();
  if (!buffer.IsArrayBuffer()) return refused("memory that is not shared");
  if (buffer.IsDetached()) return refused("an array whose buffer is not detached");
  const size_t length = array.ElementLength();
  // A view that fell out of its resized buffer has length 0 and a stale pointer.
  *view = {length == 0 ? nullptr : array.Data(), length};
  return true;
}

template bool read_typed_array(Napi::Value, const Place&, std::span<float>*);
template bool read_typed_array(Napi::Value, const Place&, std::span<double>*);
template bool read_typed_array(Napi::Value, const Place&, std::span<int32_t>*);

}  // namespace cochlea::binding
