// One JavaScript environment (the main thread or a worker) and the jobs it has under way.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

#include "binding/runtime/node.h"
#include "core/runtime/pool.h"
#include "core/runtime/status.h"

namespace cochlea::binding {

class Environment;

// One asynchronous call: owns its inputs, keeps its outputs alive, settles its promise on the
// JavaScript thread, where it is made and destroyed.
class Job : public Pool::Work {
 public:
  void run() noexcept final;

 protected:
  // On a pool thread. May throw std::bad_alloc.
  virtual Status compute(const std::atomic<bool>& closing) = 0;

 private:
  friend class Environment;
  std::shared_ptr<Environment> environment_;
  std::optional<Napi::Promise::Deferred> deferred_;
  Status status_;
  bool failed_ = false;  // compute() threw
};

class Environment : public std::enable_shared_from_this<Environment> {
 public:
  // Null with an exception pending. The environment closes itself when Node tears its JavaScript side
  // down: it cancels and waits for its jobs, whose results nobody will see.
  static std::shared_ptr<Environment> open(Napi::Env env);

  // The promise of the job, or an empty value with an exception pending.
  Napi::Value start(std::unique_ptr<Job> job);

 private:
  friend class Job;
  explicit Environment(Napi::Env env) : env_(env) {}
  void close();
  void settle(std::unique_ptr<Job> job);
  void finished(Job* job);
  static void on_finished(Napi::Env env, Napi::Function, Environment* environment, Job* job);

  const Napi::Env env_;
  Napi::TypedThreadSafeFunction<Environment, Job, &on_finished> completions_;
  std::atomic<bool> closing_ = false;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::unordered_set<Job*> jobs_;  // queued, running, or finished and not yet settled
  size_t unfinished_ = 0;
};

// An error with the `code` that lib/runtime/errors.ts lists.
template <class Error>
Error coded(Napi::Env env, const char* code, const std::string& message) {
  const Error error = Error::New(env, message);
  if (!error.IsEmpty()) error.Set("code", code);
  return error;
}

// The error for a status that is not ok.
Napi::Error make_error(Napi::Env env, const Status& status);
Napi::Error make_out_of_memory_error(Napi::Env env);

}  // namespace cochlea::binding
