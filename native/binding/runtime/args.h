// The only place that looks into a JavaScript value. Meaning (ranges, relations, defaults) is
// checked in lib/; here stands what memory safety needs: the type, the bounds, and that the memory
// is ours to read or write.
//
// A C++ parameter type decides how its JavaScript argument is read:
//   In, InDouble, InInt       typed array that the function reads
//   Out, OutDouble, OutInt    typed array that the function writes; nothing else may hold it during an async call
//   double, int32_t, bool     plain values
//   std::optional<X>          X, or null
//   an enum with Words        one of its words, a string
//   a group (group.h)         an object with named fields, each of any type that may be read
//   T&                        native object made by this copy of the addon (handle.h); synchronous functions only
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
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

// Where a value stands, for messages: an argument, or a field of a group that stands somewhere.
struct Place {
  size_t argument = 0;
  const char* field = nullptr;
  const Place* group = nullptr;
};

// Throws the TypeError into JavaScript, unless an exception is pending already. Returns false.
bool refuse(Napi::Env env, const Place& place, const std::string& expected);

// How `T` reads in binding.d.ts, and how a value of it is read:
//   static std::string type();
//   bool read(Napi::Value value, const Place& place, Mode mode);   false with an exception pending
//   T get() const;                                                 as long as the reader lives
// A reader is destroyed on the JavaScript thread, and never moved after it has read.
template <class T>
class Reader;

// The memory of a typed array, read once. False, with an exception pending, unless it is of that type
// and its memory belongs to this thread alone.
template <class T>
bool read_typed_array(Napi::Value value, const Place& place, std::span<T>* view);
extern template bool read_typed_array(Napi::Value, const Place&, std::span<float>*);
extern template bool read_typed_array(Napi::Value, const Place&, std::span<double>*);
extern template bool read_typed_array(Napi::Value, const Place&, std::span<int32_t>*);

template <class T>
constexpr const char* typed_array_name() {
  if constexpr (std::is_same_v<T, float>) return "Float32Array";
  if constexpr (std::is_same_v<T, double>) return "Float64Array";
  if constexpr (std::is_same_v<T, int32_t>) return "Int32Array";
}

template <class T>
class Reader<std::span<const T>> {
 public:
  static std::string type() { return typed_array_name<T>(); }
  bool read(Napi::Value value, const Place& place, Mode mode) {
    std::span<T> view;
    if (!read_typed_array(value, place, &view)) return false;
    view_ = view;
    if (mode == Mode::async) {
      copy_.assign(view_.begin(), view_.end());
      view_ = copy_;
    }
    return true;
  }
  std::span<const T> get() const { return view_; }

 private:
  std::span<const T> view_;
  std::vector<T> copy_;
};

template <class T>
class Reader<std::span<T>> {
 public:
  static std::string type() { return typed_array_name<T>(); }
  bool read(Napi::Value value, const Place& place, Mode mode) {
    if (!read_typed_array(value, place, &view_)) return false;
    if (mode == Mode::sync) return true;
    reference_ = Napi::Persistent(value.As<Napi::Object>());
    return !reference_.IsEmpty();
  }
  std::span<T> get() const { return view_; }

 private:
  std::span<T> view_;
  Napi::ObjectReference reference_;
};

template <>
class Reader<double> {
 public:
  static std::string type() { return "number"; }
  bool read(Napi::Value value, const Place& place, Mode) {
    if (!value.IsNumber()) return refuse(value.Env(), place, "a number");
    value_ = value.As<Napi::Number>().DoubleValue();
    return true;
  }
  double get() const { return value_; }

 private:
  double value_ = 0;
};

template <>
class Reader<int32_t> {
 public:
  static std::string type() { return "number"; }
  bool read(Napi::Value value, const Place& place, Mode) {
    const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
    if (!(number >= INT32_MIN && number <= INT32_MAX && number == std::trunc(number)))
      return refuse(value.Env(), place, "a 32-bit integer");
    value_ = static_cast<int32_t>(number);
    return true;
  }
  int32_t get() const { return value_; }

 private:
  int32_t value_ = 0;
};

template <>
class Reader<bool> {
 public:
  static std::string type() { return "boolean"; }
  bool read(Napi::Value value, const Place& place, Mode) {
    if (!value.IsBoolean()) return refuse(value.Env(), place, "a boolean");
    value_ = value.As<Napi::Boolean>().Value();
    return true;
  }
  bool get() const { return value_; }

 private:
  bool value_ = false;
};

// A reader whose value is an object first takes all that is in it. That may run JavaScript, which
// could detach an array; so every argument is looked into before the first is read.
template <class R>
concept Gathers = requires(R reader, Napi::Value value, const Place& place) {
  reader.gather(value, place);
};

template <class T>
class Reader<std::optional<T>> {
 public:
  static std::string type() { return Reader<T>::type() + " | null"; }
  template <class Groups>
  requires requires(Groups& groups) { Reader<T>::describe(groups); }
  static void describe(Groups& groups) { Reader<T>::describe(groups); }
  bool gather(Napi::Value value, const Place& place) requires Gathers<Reader<T>> {
    return value.IsNull() || reader_.gather(value, place);
  }
  bool read(Napi::Value value, const Place& place, Mode mode) {
    given_ = !value.IsNull();
    return !given_ || reader_.read(value, place, mode);
  }
  std::optional<T> get() const { return given_ ? std::optional<T>(reader_.get()) : std::nullopt; }

 private:
  Reader<T> reader_;
  bool given_ = false;
};

// The words that stand for the values of an enum in JavaScript, in the order of the values from 0:
//   template <> struct Words<Fruit> { static constexpr const char* LIST[] = {"apple", "pear"}; };
template <class E>
struct Words;

template <class E>
requires std::is_enum_v<E>
class Reader<E> {
 public:
  static std::string type() {
    std::string all;
    for (const char* word : Words<E>::LIST)
      all += (all.empty() ? "'" : " | '") + std::string(word) + "'";
    return all;
  }
  bool read(Napi::Value value, const Place& place, Mode) {
    // The methods of streams take words too: Napi::String would call twice and allocate.
    char given[MAX_WORD + 2];  // one more character than any word has, and the zero
    size_t length;
    if (napi_get_value_string_utf8(value.Env(), value, given, sizeof given, &length) == napi_ok) {
      for (size_t i = 0; i < std::size(Words<E>::LIST); ++i) {
        if (std::string_view(given, length) != Words<E>::LIST[i]) continue;
        value_ = static_cast<E>(i);
        return true;
      }
    }
    return refuse(value.Env(), place, type());
  }
  E get() const { return value_; }

 private:
  static constexpr size_t MAX_WORD = [] {
    size_t longest = 0;
    for (const std::string_view word : Words<E>::LIST) longest = std::max(longest, word.size());
    return longest;
  }();

  E value_{};
};

// A `const X&` is read as X.
template <class A>
using ReaderOf = Reader<
    std::conditional_t<std::is_const_v<std::remove_reference_t<A>>, std::remove_cvref_t<A>, A>>;

// The arguments of one call, read in order, beginning with number `first`.
template <class... Args>
class Arguments {
 public:
  // Their types in binding.d.ts.
  static std::vector<std::string> types() { return {ReaderOf<Args>::type()...}; }
  // Adds the groups among them, and those in these.
  template <class Groups>
  static void describe(Groups& groups) {
    (describe<ReaderOf<Args>>(groups), ...);
  }

  // False with a JavaScript exception pending.
  bool read(const Napi::CallbackInfo& info, size_t first, Mode mode) {
    return read(info, first, mode, std::index_sequence_for<Args...>{});
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

 private:
  template <size_t... I>
  bool read(const Napi::CallbackInfo& info, size_t first, Mode mode, std::index_sequence<I...>) {
    return (gather(std::get<I>(readers_), info[first + I], Place{first + I}) && ...) &&
           (std::get<I>(readers_).read(info[first + I], Place{first + I}, mode) && ...);
  }
  template <class R, class Groups>
  static void describe(Groups& groups) {
    if constexpr (requires { R::describe(groups); }) R::describe(groups);
  }
  template <class R>
  static bool gather(R& reader, Napi::Value value, const Place& place) {
    if constexpr (Gathers<R>) return reader.gather(value, place);
    return true;
  }

  std::tuple<ReaderOf<Args>...> readers_;
};

}  // namespace cochlea::binding
