// Native objects behind JavaScript classes. The JavaScript class keeps the handle in a private
// field and passes it as an argument; a C++ function takes it as `T&`.
#pragma once

#include <memory>

#include "binding/runtime/args.h"

namespace cochlea::binding {

// Differs between types and between two copies of the addon in one process, whose objects must not
// mix. Not const: linkers may fold equal constants into one.
template <class T>
const napi_type_tag& type_tag() {
  static char identity;
  static const napi_type_tag tag = {0x636f63686c656121u, reinterpret_cast<uintptr_t>(&identity)};
  return tag;
}

// The JavaScript object that owns `object`, or null with an error pending. T has `size_t bytes()
// const`: what it holds outside V8's heap, so that the collector knows.
template <class T>
napi_value make_handle(napi_env env, std::unique_ptr<T> object) {
  napi_value handle;
  if (napi_create_object(env, &handle) != napi_ok) return nullptr;
  // Takes back what was reported, whatever the object has grown to.
  const intptr_t bytes = static_cast<intptr_t>(sizeof(T) + object->bytes());
  const auto finalize = [](napi_env finalizer_env, void* data, void* reported) {
    delete static_cast<T*>(data);
    int64_t total;
    napi_adjust_external_memory(finalizer_env, -reinterpret_cast<intptr_t>(reported), &total);
  };
  if (napi_wrap(env, handle, object.get(), finalize, reinterpret_cast<void*>(bytes), nullptr) !=
      napi_ok) {
    return nullptr;
  }
  object.release();
  int64_t total;
  if (napi_adjust_external_memory(env, bytes, &total) != napi_ok) return nullptr;
  if (napi_type_tag_object(env, handle, &type_tag<T>()) != napi_ok) return nullptr;
  return handle;
}

template <class T>
class Reader<T&> {
 public:
  bool read(napi_env env, napi_value value, size_t position, Mode) {
    napi_valuetype type;
    bool ours = false;
    void* data = nullptr;
    if (napi_typeof(env, value, &type) == napi_ok && type == napi_object &&
        napi_check_object_type_tag(env, value, &type_tag<T>(), &ours) == napi_ok && ours &&
        napi_unwrap(env, value, &data) == napi_ok) {
      object_ = static_cast<T*>(data);
      return true;
    }
    throw_argument_error(env, position, "an object made by this copy of cochlea");
    return false;
  }
  T& get() const { return *object_; }
  void release(napi_env) {}

 private:
  T* object_ = nullptr;
};

}  // namespace cochlea::binding
