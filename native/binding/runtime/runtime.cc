// What the process runs on: the SIMD tiers and the pool of threads.
#include "binding/runtime/exports.h"
#include "kernels/dispatch.h"

namespace cochlea::binding {
namespace {

Napi::Value simd(const Napi::CallbackInfo& info) {
  Napi::Array names = Napi::Array::New(info.Env());
  uint32_t index = 0;
  names.Set(index++, kernels::active().tier);
  for (const kernels::Table* table : kernels::available()) names.Set(index++, table->tier);
  return names;
}

Napi::Value threads(const Napi::CallbackInfo& info) {
  if (info.Length() > 0) {
    Reader<int32_t> count;
    if (!count.read(info[0], Place{0}, Mode::sync)) return {};
    Pool::shared().resize(count.get() > 0 ? static_cast<unsigned>(count.get()) : 1);
  }
  return Napi::Number::New(info.Env(), Pool::shared().size());
}

Napi::Value contract(const Napi::CallbackInfo& info) {
  Contract all;
  Exports exports(&all);
  Registration::all(exports);
  Napi::Object functions = Napi::Object::New(info.Env());
  for (const auto& [name, types] : all.functions) {
    Napi::Array list = Napi::Array::New(info.Env());
    for (const std::string& type : types) list.Set(list.Length(), type);
    functions.Set(name, list);
  }
  Napi::Object groups = Napi::Object::New(info.Env());
  for (const auto& [name, fields] : all.groups) {
    Napi::Object group = Napi::Object::New(info.Env());
    for (const auto& [field, type] : fields) group.Set(field, type);
    groups.Set(name, group);
  }
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("functions", functions);
  result.Set("groups", groups);
  return result;
}

const Registration registration([](Exports& exports) {
  exports.raw<&simd>("simd");
  exports.raw<&threads>("threads");
  exports.raw<&contract>("contract");
});

}  // namespace

}  // namespace cochlea::binding
