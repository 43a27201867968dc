// One JavaScript environment (the main thread or a worker) and the jobs it has under way.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "binding/runtime/node.h"
#include "core/runtime/pool.h"
#include "core/runtime/status.h"

namespace cochlea::binding {

class Environment;

// One asynchronous call: owns its inputs, keeps its outputs alive, settles its promise on the
// JavaScript thread.
class Job : public Pool::Work {
 public:
  void run() noexcept final;

 protected:
  // On a pool thread. May throw std::bad_alloc.
  virtual Status compute(const std::atomic<bool>& closing) = 0;
  // On the JavaScript thread, once, whether or not the job ran.
  virtual void release(napi_env env) = 0;

 private:
  friend class Environment;
  std::shared_ptr<Environment> environment_;
  napi_deferred deferred_ = nullptr;
  Status status_;
  bool failed_ = false;  // compute() threw
};

class Environment : public std::enable_shared_from_this<Environment> {
 public:
  // Null with an error pending. The environment closes itself when Node tears its JavaScript side
  // down: it cancels and waits for its jobs, whose results nobody will see.
  static std::shared_ptr<Environment> open(napi_env env);

  // The promise of the job, or null with an error pending. Consumes the job either way.
  napi_value start(std::unique_ptr<Job> job);

 private:
  friend class Job;
  explicit Environment(napi_env env) : env_(env) {}
  void close();
  void settle(std::unique_ptr<Job> job);
  void finished(Job* job);

  const napi_env env_;
  napi_threadsafe_function completions_ = nullptr;
  std::atomic<bool> closing_ = false;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::unordered_set<Job*> jobs_;  // queued, running, or finished and not yet settled
  size_t unfinished_ = 0;
};

// The JavaScript error for a status that is not ok: TypeError or RangeError with `code`.
napi_value make_error(napi_env env, const Status& status);
napi_value make_out_of_memory_error(napi_env env);

}  // namespace cochlea::binding
