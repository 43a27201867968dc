// Turns an ordinary C++ function into functions of the addon. The marshalling follows from its signature:
//   Status f(const Task&, In y, Out out, int32_t n, ...)   exports.function<&f>("f")     `f` and `fAsync`
//   Status f(T& object, In x, Out out, ...)                exports.method<&f>("f")       `f` alone, on a native object
//   Made<T> f(In a, double b, ...)                         exports.constructor<&f>("f")  `f` returns a handle
// `fAsync` takes one more argument in front, the token of core/task.h, and returns a promise.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "binding/runtime/args.h"
#include "binding/runtime/environment.h"
#include "binding/runtime/group.h"
#include "binding/runtime/handle.h"
#include "core/runtime/task.h"

namespace cochlea::binding {

template <class T>
struct Made {
  Status status;
  std::unique_ptr<T> object;
};

// Reads the arguments, runs `body`, which may throw std::bad_alloc, and throws what went wrong into
// JavaScript last, when nothing is left to destroy.
template <class Arguments, class Body>
Napi::Value call_sync(const Napi::CallbackInfo& info, Body&& body) {
  const Napi::Env env = info.Env();
  Napi::Error error;
  Napi::Value result;
  try {
    Arguments arguments;
    if (!arguments.read(info, 0, Mode::sync)) return {};
    const Status status = body(arguments, &result);
    if (!status.ok()) error = make_error(env, status);
  } catch (...) {
    error = make_out_of_memory_error(env);
  }
  if (!error.IsEmpty()) error.ThrowAsJavaScriptException();
  return result;
}

template <auto F>
struct Function;

template <class... Args, Status (*F)(const Task&, Args...)>
struct Function<F> {
  using Read = Arguments<Args...>;

  static Napi::Value sync(const Napi::CallbackInfo& info) {
    return call_sync<Read>(info,
                           [](auto& arguments, Napi::Value*) { return arguments.call(F, Task()); });
  }

  class AsyncJob final : public Job {
   public:
    bool read(const Napi::CallbackInfo& info) {
      const Place place{0};
      if (!token_.read(info[0], place, Mode::async)) return false;
      if (token_.get().size() < 2) return refuse(info.Env(), place, "a token of two integers");
      return arguments_.read(info, 1, Mode::async);
    }

   protected:
    Status compute(const std::atomic<bool>& closing) override {
      const Task task(token_.get().data(), &closing);
      return task.cancelled() ? Status::cancelled() : arguments_.call(F, task);
    }

   private:
    Reader<OutInt> token_;
    Read arguments_;
  };

  static Napi::Value async(const Napi::CallbackInfo& info) {
    try {
      auto job = std::make_unique<AsyncJob>();
      if (!job->read(info)) return {};
      return static_cast<Environment*>(info.Data())->start(std::move(job));
    } catch (...) {
      make_out_of_memory_error(info.Env()).ThrowAsJavaScriptException();
      return {};
    }
  }
};

template <auto F>
struct Method;

template <class T, class... Args, Status (*F)(T&, Args...)>
struct Method<F> {
  using Read = Arguments<T&, Args...>;

  static Napi::Value call(const Napi::CallbackInfo& info) {
    return call_sync<Read>(info, [](auto& arguments, Napi::Value*) { return arguments.call(F); });
  }
};

template <auto F>
struct Constructor;

template <class T, class... Args, Made<T> (*F)(Args...)>
struct Constructor<F> {
  using Read = Arguments<Args...>;

  static Napi::Value call(const Napi::CallbackInfo& info) {
    return call_sync<Read>(info, [&info](auto& arguments, Napi::Value* result) {
      Made<T> made = arguments.call(F);
      if (made.status.ok()) *result = make_handle(info.Env(), std::move(made.object));
      return made.status;
    });
  }
};

// What the addon reads, for the test that compares it with binding.d.ts.
struct Contract {
  std::map<std::string, std::vector<std::string>> functions;  // types of the arguments
  GroupTypes groups;
};

// Adds functions to the addon, or to the contract.
class Exports {
 public:
  Exports(Napi::Object target, Environment* environment)
      : target_(target), environment_(environment) {}
  explicit Exports(Contract* contract) : contract_(contract) {}

  template <auto F>
  void function(const char* name) {
    add<&Function<F>::sync, typename Function<F>::Read>(name, "");
    add<&Function<F>::async, typename Function<F>::Read>(name, "Async");
  }
  template <auto F>
  void method(const char* name) {
    add<&Method<F>::call, typename Method<F>::Read>(name, "");
  }
  template <auto F>
  void constructor(const char* name) {
    add<&Constructor<F>::call, typename Constructor<F>::Read>(name, "");
  }
  // A function that reads its arguments itself.
  template <Napi::Value (*F)(const Napi::CallbackInfo&)>
  void raw(const char* name) {
    add<F, Arguments<>>(name, "");
  }

 private:
  template <Napi::Value (*Callback)(const Napi::CallbackInfo&), class Read>
  void add(const char* stem, const char* suffix) {
    const std::string name = std::string(stem) + suffix;
    if (contract_ == nullptr) {
      target_.Set(name, Napi::Function::New<Callback>(target_.Env(), name, environment_));
    } else {
      contract_->functions[name] = Read::types();
      Read::describe(contract_->groups);
    }
  }

  Napi::Object target_;
  Environment* environment_ = nullptr;
  Contract* contract_ = nullptr;
};

// Each file of the binding has one, which adds its functions to the addon when Node loads it. The
// registrations find each other when the library is loaded; they have no destructor, because
// process.exit() would run it while the pool computes.
class Registration {
 public:
  using Register = void (*)(Exports&);

  explicit Registration(Register add) : add_(add), next_(first_) { first_ = this; }
  static void all(Exports& exports) {
    for (const Registration* each = first_; each != nullptr; each = each->next_)
      each->add_(exports);
  }

 private:
  // Initialised before any code runs, so before the first registration.
  static constinit const Registration* first_;

  const Register add_;
  const Registration* const next_;
};

}  // namespace cochlea::binding
