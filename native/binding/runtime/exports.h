// Turns an ordinary C++ function into functions of the addon. The marshalling follows from its signature:
//   Status f(const Task&, In y, Out out, int32_t n, ...)   exports.function<&f>("f")     `f` and `fAsync`
//   Status f(T& object, In x, Out out, ...)                exports.method<&f>("f")       `f` alone, on a native object
//   Made<T> f(In a, double b, ...)                         exports.constructor<&f>("f")  `f` returns a handle
// `fAsync` takes one more argument in front, the token of core/task.h, and returns a promise.
#pragma once

#include <memory>
#include <utility>

#include "binding/runtime/args.h"
#include "binding/runtime/environment.h"
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
napi_value call_sync(napi_env env, napi_callback_info info, Body&& body) {
  napi_value argv[Arguments::count == 0 ? 1 : Arguments::count];
  size_t argc = Arguments::count;
  if (napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr) != napi_ok) return nullptr;
  napi_value error = nullptr;
  napi_value result = nullptr;
  try {
    Arguments arguments;
    if (!arguments.read(env, argv, 0, Mode::sync)) return nullptr;
    const Status status = body(arguments, &result);
    if (!status.ok()) error = make_error(env, status);
  } catch (...) {
    error = make_out_of_memory_error(env);
  }
  if (error != nullptr) napi_throw(env, error);
  return result;
}

template <auto F>
struct Function;

template <class... Args, Status (*F)(const Task&, Args...)>
struct Function<F> {
  static napi_value sync(napi_env env, napi_callback_info info) {
    return call_sync<Arguments<Args...>>(
        env, info, [](auto& arguments, napi_value*) { return arguments.call(F, Task()); });
  }

  class AsyncJob final : public Job {
   public:
    bool read(napi_env env, const napi_value* argv) {
      if (!token_.read(env, argv[0], 0, Mode::async)) return false;
      if (token_.get().size() < 2) {
        throw_argument_error(env, 0, "a token of two integers");
        return false;
      }
      return arguments_.read(env, argv + 1, 1, Mode::async);
    }
    void release(napi_env env) override {
      token_.release(env);
      arguments_.release(env);
    }

   protected:
    Status compute(const std::atomic<bool>& closing) override {
      const Task task(token_.get().data(), &closing);
      return task.cancelled() ? Status::cancelled() : arguments_.call(F, task);
    }

   private:
    Reader<OutInt> token_;
    Arguments<Args...> arguments_;
  };

  static napi_value async(napi_env env, napi_callback_info info) {
    napi_value argv[sizeof...(Args) + 1];
    size_t argc = sizeof...(Args) + 1;
    void* data;
    if (napi_get_cb_info(env, info, &argc, argv, nullptr, &data) != napi_ok) return nullptr;
    std::unique_ptr<AsyncJob> job;
    try {
      job = std::make_unique<AsyncJob>();
      if (job->read(env, argv)) return static_cast<Environment*>(data)->start(std::move(job));
    } catch (...) {
      napi_throw(env, make_out_of_memory_error(env));
    }
    if (job != nullptr) job->release(env);
    return nullptr;
  }
};

template <auto F>
struct Method;

template <class T, class... Args, Status (*F)(T&, Args...)>
struct Method<F> {
  static napi_value call(napi_env env, napi_callback_info info) {
    return call_sync<Arguments<T&, Args...>>(
        env, info, [](auto& arguments, napi_value*) { return arguments.call(F); });
  }
};

template <auto F>
struct Constructor;

template <class T, class... Args, Made<T> (*F)(Args...)>
struct Constructor<F> {
  static napi_value call(napi_env env, napi_callback_info info) {
    return call_sync<Arguments<Args...>>(env, info, [env](auto& arguments, napi_value* result) {
      Made<T> made = arguments.call(F);
      if (made.status.ok()) *result = make_handle(env, std::move(made.object));
      return made.status;
    });
  }
};

class Exports {
 public:
  Exports(napi_env env, napi_value target, Environment* environment)
      : env_(env), target_(target), environment_(environment) {}

  template <auto F>
  void function(const char* name) {
    add(name, "", &Function<F>::sync);
    add(name, "Async", &Function<F>::async);
  }
  template <auto F>
  void method(const char* name) {
    add(name, "", &Method<F>::call);
  }
  template <auto F>
  void constructor(const char* name) {
    add(name, "", &Constructor<F>::call);
  }
  void raw(const char* name, napi_callback callback) { add(name, "", callback); }

 private:
  void add(const char* name, const char* suffix, napi_callback callback);

  napi_env env_;
  napi_value target_;
  Environment* environment_;
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
