#include "binding/runtime/environment.h"

#include <cmath>
#include <cstdio>

namespace cochlea::binding {

void Job::run() noexcept {
  try {
    status_ = compute(environment_->closing_);
  } catch (...) {
    failed_ = true;  // std::bad_alloc is all that core throws
  }
  // The JavaScript thread may delete the job as soon as it is told, so the environment is held
  // apart from it.
  const std::shared_ptr<Environment> environment = environment_;
  environment->finished(this);
}

std::shared_ptr<Environment> Environment::open(Napi::Env env) {
  const std::shared_ptr<Environment> environment(new Environment(env));
  environment->completions_ = decltype(completions_)::New(env, "cochlea", 0, 1, environment.get());
  if (env.IsExceptionPending()) return nullptr;
  // Only a job under way keeps the process alive.
  environment->completions_.Unref(env);
  Pool::shared().attach();
  // Runs before Node closes the thread-safe function, because hooks run in reverse order of their
  // making. The hook owns one reference to the environment.
  auto* const owned = new std::shared_ptr<Environment>(environment);
  const auto on_teardown = [](std::shared_ptr<Environment>* hook_owned) {
    const std::unique_ptr<std::shared_ptr<Environment>> owner(hook_owned);
    (*owner)->close();
  };
  if (env.AddCleanupHook(on_teardown, owned).IsEmpty()) {
    on_teardown(owned);
    return nullptr;
  }
  return environment;
}

Napi::Value Environment::start(std::unique_ptr<Job> job) {
  job->deferred_ = Napi::Promise::Deferred::New(env_);
  if (env_.IsExceptionPending()) return {};
  const Napi::Value promise = job->deferred_->Promise();
  job->environment_ = shared_from_this();
  try {
    {
      const std::lock_guard lock(mutex_);
      jobs_.insert(job.get());
      ++unfinished_;
      if (jobs_.size() == 1) completions_.Ref(env_);
    }
    Pool::shared().submit(job.get());
    job.release();
  } catch (...) {
    job->failed_ = true;
    {
      const std::lock_guard lock(mutex_);
      if (jobs_.contains(job.get())) --unfinished_;
    }
    settle(std::move(job));
  }
  return promise;
}

void Environment::finished(Job* job) {
  const std::lock_guard lock(mutex_);
  // Under the lock, so that close() cannot release the function between the test and the call.
  if (!closing_) completions_.NonBlockingCall(job);
  if (--unfinished_ == 0) idle_.notify_all();
}

void Environment::on_finished(Napi::Env env, Napi::Function, Environment* environment, Job* job) {
  // Without an environment JavaScript is gone; close() has taken its jobs back already.
  if (env != nullptr) environment->settle(std::unique_ptr<Job>(job));
}

// In a worker that is being terminated JavaScript can no longer run: none of the calls below has an
// effect then (node.h), and the job is freed all the same.
void Environment::settle(std::unique_ptr<Job> job) {
  bool last;
  {
    const std::lock_guard lock(mutex_);
    jobs_.erase(job.get());
    last = jobs_.empty();
  }
  if (last) completions_.Unref(env_);
  if (job->failed_) {
    job->deferred_->Reject(make_out_of_memory_error(env_).Value());
  } else if (job->status_.ok()) {
    job->deferred_->Resolve(env_.Undefined());
  } else {
    job->deferred_->Reject(make_error(env_, job->status_).Value());
  }
}

void Environment::close() {
  std::unique_lock lock(mutex_);
  closing_ = true;
  for (Job* job : jobs_) {
    if (Pool::shared().withdraw(job)) --unfinished_;
  }
  idle_.wait(lock, [this] { return unfinished_ == 0; });
  std::unordered_set<Job*> jobs = std::move(jobs_);
  jobs_.clear();
  lock.unlock();
  for (Job* job : jobs) delete job;
  completions_.Abort();
  Pool::shared().detach();
}

Napi::Error make_error(Napi::Env env, const Status& status) {
  char message[320];
  switch (status.code) {
    case Code::not_finite:
      std::snprintf(message, sizeof message, "%s: expected %s, received %s at index %zu",
                    status.argument, status.expected,
                    std::isnan(status.value) ? "NaN"
                    : status.value > 0       ? "Infinity"
                                             : "-Infinity",
                    status.index);
      return coded<Napi::RangeError>(env, "ERR_COCHLEA_NOT_FINITE", message);
    case Code::beyond:
      std::snprintf(message, sizeof message, "%s: expected %s, received %g at index %zu",
                    status.argument, status.expected, static_cast<double>(status.value),
                    status.index);
      return coded<Napi::RangeError>(env, "ERR_COCHLEA_OUT_OF_RANGE", message);
    case Code::invalid:
      std::snprintf(message, sizeof message, "%s: expected %s", status.argument, status.expected);
      return coded<Napi::RangeError>(env, "ERR_COCHLEA_OUT_OF_RANGE", message);
    case Code::cancelled:
    case Code::ok:
      break;
  }
  return coded<Napi::RangeError>(env, "ERR_COCHLEA_CANCELLED", "the call was cancelled");
}

Napi::Error make_out_of_memory_error(Napi::Env env) {
  return coded<Napi::RangeError>(env, "ERR_COCHLEA_OUT_OF_MEMORY",
                                 "not enough memory for this call");
}

}  // namespace cochlea::binding
