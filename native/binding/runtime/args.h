// The only place that looks into a JavaScript value. Meaning (ranges, relations, defaults) is
// checked in lib/; here stands what memory safety needs: the type, the bounds, and that the memory
// is ours to read or write.
//
// A C++ parameter type decides how its JavaScript argument is read:
//   In, InDouble, InInt       typed array that the function reads
//   Out, OutDouble, OutInt    typed array that the function writes; nothing else may hold it during an async call
//   double, int32_t, bool     plain values
//   T&                        native object made by this copy of the addon (handle.h); synchronous functions only
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "binding/runtime/node.h"
#include "core/runtime/denormals.h"

namespace cochlea::binding {

using In = std::span<const float>;
using InDouble = std::span<const double>;
using InInt = std::span<const int32_t>;
using Out = std::span<float>;
using OutDouble = std::span<double>;
using OutInt = std::span<int32_t>;

enum class Mode {
  sync,   // spans view JavaScript's memory for the length of the call
  async,  // inputs are copied, because JavaScript may change, detach or shrink them; outputs are
          // kept alive
};

void throw_argument_error(napi_env env, size_t position, const char* expected);

// Reads a typed array's memory once. False, with a JavaScript error pending, unless it is of that
// type and not shared.
bool read_typed_array(napi_env env, napi_value value, size_t position, napi_typedarray_type type,
                      void** data, size_t* length);

template <class T>
constexpr napi_typedarray_type typed_array_type() {
  if constexpr (std::is_same_v<T, float>) return napi_float32_array;
  if constexpr (std::is_same_v<T, double>) return napi_float64_array;
  if constexpr (std::is_same_v<T, int32_t>) return napi_int32_array;
}

template <class T>
class Reader;

template <class T>
class Reader<std::span<const T>> {
 public:
  bool read(napi_env env, napi_value value, size_t position, Mode mode) {
    void* data;
    size_t length;
    if (!read_typed_array(env, value, position, typed_array_type<T>(), &data, &length))
      return false;
    view_ = {static_cast<const T*>(data), length};
    if (mode == Mode::async) {
      copy_.assign(view_.begin(), view_.end());
      view_ = copy_;
    }
    return true;
  }
  std::span<const T> get() const { return view_; }
  void release(napi_env) {}

 private:
  std::span<const T> view_;
  std::vector<T> copy_;
};

template <class T>
class Reader<std::span<T>> {
 public:
  bool read(napi_env env, napi_value value, size_t position, Mode mode) {
    void* data;
    size_t length;
    if (!read_typed_array(env, value, position, typed_array_type<T>(), &data, &length))
      return false;
    view_ = {static_cast<T*>(data), length};
    return mode == Mode::sync || napi_create_reference(env, value, 1, &reference_) == napi_ok;
  }
  std::span<T> get() const { return view_; }
  void release(napi_env env) {
    if (reference_ != nullptr) napi_delete_reference(env, reference_);
    reference_ = nullptr;
  }

 private:
  std::span<T> view_;
  napi_ref reference_ = nullptr;
};

template <>
class Reader<double> {
 public:
  bool read(napi_env env, napi_value value, size_t position, Mode) {
    if (napi_get_value_double(env, value, &value_) == napi_ok) return true;
    throw_argument_error(env, position, "a number");
    return false;
  }
  double get() const { return value_; }
  void release(napi_env) {}

 private:
  double value_ = 0;
};

template <>
class Reader<int32_t> {
 public:
  bool read(napi_env env, napi_value value, size_t position, Mode) {
    double number;
    if (napi_get_value_double(env, value, &number) == napi_ok && number >= -2147483648.0 &&
        number <= 2147483647.0 && number == std::trunc(number)) {
      value_ = static_cast<int32_t>(number);
      return true;
    }
    throw_argument_error(env, position, "a 32-bit integer");
    return false;
  }
  int32_t get() const { return value_; }
  void release(napi_env) {}

 private:
  int32_t value_ = 0;
};

template <>
class Reader<bool> {
 public:
  bool read(napi_env env, napi_value value, size_t position, Mode) {
    if (napi_get_value_bool(env, value, &value_) == napi_ok) return true;
    throw_argument_error(env, position, "a boolean");
    return false;
  }
  bool get() const { return value_; }
  void release(napi_env) {}

 private:
  bool value_ = false;
};

// The arguments of one call, read in order, beginning at argv[0].
template <class... Args>
class Arguments {
 public:
  static constexpr size_t count = sizeof...(Args);

  // False with a JavaScript error pending.
  bool read(napi_env env, const napi_value* argv, size_t first_position, Mode mode) {
    return read(env, argv, first_position, mode, std::index_sequence_for<Args...>{});
  }
  // Every call into core, on whatever thread, goes through here.
  template <class Function, class... Before>
  auto call(Function&& function, Before&&... before) {
    const FlushDenormals flush_denormals;
    return std::apply(
        [&](auto&... readers) {
          return function(std::forward<Before>(before)..., readers.get()...);
        },
        readers_);
  }
  void release(napi_env env) {
    std::apply([env](auto&... readers) { (readers.release(env), ...); }, readers_);
  }

 private:
  template <size_t... I>
  bool read(napi_env env, const napi_value* argv, size_t first_position, Mode mode,
            std::index_sequence<I...>) {
    return (std::get<I>(readers_).read(env, argv[I], first_position + I, mode) && ...);
  }

  std::tuple<Reader<Args>...> readers_;
};

}  // namespace cochlea::binding
