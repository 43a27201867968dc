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

// The JavaScript object that owns `object`, or an empty value with an exception pending. T has
// `size_t bytes() const`: what it holds outside V8's heap, so that the collector knows.
template <class T>
Napi::Value make_handle(Napi::Env env, std::unique_ptr<T> object) {
  const Napi::Object handle = Napi::Object::New(env);
  if (handle.IsEmpty()) return {};
  handle.TypeTag(&type_tag<T>());
  // Takes back what was reported, whatever the object has grown to.
  const int64_t bytes = static_cast<int64_t>(sizeof(T) + object->bytes());
  const auto finalize = [](napi_env finalizer_env, void* data, void* reported) {
    delete static_cast<T*>(data);
    Napi::MemoryManagement::AdjustExternalMemory(Napi::BasicEnv(finalizer_env),
                                                 -reinterpret_cast<intptr_t>(reported));
  };
  // Raw: Napi::ObjectWrap makes a JavaScript class for every T, with a constructor that anyone could
  // call, and the tag of a Napi::External is not looked at by every Node 20.
  if (env.IsExceptionPending() ||
      napi_wrap(env, handle, object.get(), finalize,
                reinterpret_cast<void*>(static_cast<intptr_t>(bytes)), nullptr) != napi_ok) {
    return {};
  }
  object.release();
  Napi::MemoryManagement::AdjustExternalMemory(Napi::BasicEnv(env), bytes);
  return handle;
}

template <class T>
class Reader<T&> {
 public:
  static std::string type() { return "Handle"; }
  bool read(Napi::Value value, const Place& place, Mode) {
    void* data = nullptr;
    if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&type_tag<T>()) ||
        napi_unwrap(value.Env(), value, &data) != napi_ok) {
      return refuse(value.Env(), place, "an object made by this copy of cochlea");
    }
    object_ = static_cast<T*>(data);
    return true;
  }
  T& get() const { return *object_; }

 private:
  T* object_ = nullptr;
};

}  // namespace cochlea::binding
