// Named parameters: an object in JavaScript, a struct in C++. The struct says once which property
// fills which member; its members are of any type that args.h reads, groups included:
//
//   struct Window {
//     WindowShape shape;
//     double parameter;
//     static constexpr const char* NAME = "Window";   // of the interface in binding.d.ts
//     static constexpr auto fields() {
//       return std::tuple(Field("shape", &Window::shape), Field("parameter", &Window::parameter));
//     }
//   };
#pragma once

#include <array>
#include <map>

#include "binding/runtime/args.h"

namespace cochlea::binding {

template <class T, class Member>
struct Field {
  const char* name;
  Member T::*member;

  constexpr Field(const char* property, Member T::*to) : name(property), member(to) {}
};

template <class T>
concept Group = requires {
  T::NAME;
  T::fields();
};

// The groups of binding.d.ts: each one's fields and their types.
using GroupTypes = std::map<std::string, std::vector<std::pair<std::string, std::string>>>;

template <class Fields>
struct FieldReaders;
template <class T, class... Members>
struct FieldReaders<std::tuple<Field<T, Members>...>> {
  static constexpr size_t count = sizeof...(Members);
  using Readers = std::tuple<Reader<Members>...>;
};

template <Group T>
class Reader<T> {
  using Fields = FieldReaders<decltype(T::fields())>;
  using Indices = std::make_index_sequence<Fields::count>;

 public:
  static std::string type() { return T::NAME; }
  static void describe(GroupTypes& groups) {
    auto& fields = groups[T::NAME];
    if (!fields.empty()) return;  // has been described
    each(Indices{}, [&]<size_t I>() {
      using R = std::tuple_element_t<I, typename Fields::Readers>;
      fields.emplace_back(std::get<I>(T::fields()).name, R::type());
      if constexpr (requires { R::describe(groups); }) R::describe(groups);
      return true;
    });
  }

  // Takes the values of all fields out of the object, which may run JavaScript.
  bool gather(Napi::Value value, const Place& place) {
    if (!value.IsObject()) return refuse(value.Env(), place, "an object");
    const Napi::Object object = value.As<Napi::Object>();
    return each(Indices{}, [&]<size_t I>() {
      const char* const name = std::get<I>(T::fields()).name;
      values_[I] = object.Get(name);
      if (values_[I].IsEmpty()) return false;
      if constexpr (Gathers<std::tuple_element_t<I, typename Fields::Readers>>) {
        return std::get<I>(readers_).gather(values_[I], {place.argument, name, &place});
      }
      return true;
    });
  }
  bool read(Napi::Value, const Place& place, Mode mode) {
    return each(Indices{}, [&]<size_t I>() {
      constexpr auto field = std::get<I>(T::fields());
      auto& reader = std::get<I>(readers_);
      if (!reader.read(values_[I], {place.argument, field.name, &place}, mode)) return false;
      value_.*field.member = reader.get();
      return true;
    });
  }
  const T& get() const { return value_; }

 private:
  // Calls step.operator()<I>() in order until one is false.
  template <size_t... I, class Step>
  static bool each(std::index_sequence<I...>, Step&& step) {
    return (step.template operator()<I>() && ...);
  }

  std::array<Napi::Value, Fields::count> values_;
  typename Fields::Readers readers_;
  T value_{};
};

}  // namespace cochlea::binding
