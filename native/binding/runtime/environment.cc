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

std::shared_ptr<Environment> Environment::open(napi_env env) {
  const std::shared_ptr<Environment> environment(new Environment(env));
  napi_value name;
  if (napi_create_string_utf8(env, "cochlea", NAPI_AUTO_LENGTH, &name) != napi_ok) return nullptr;
  const auto on_completion = [](napi_env call_env, napi_value, void* context, void* data) {
    // Without an environment JavaScript is gone; close() has taken its jobs back already.
    if (call_env != nullptr)
      static_cast<Environment*>(context)->settle(std::unique_ptr<Job>(static_cast<Job*>(data)));
  };
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr,
                                      environment.get(), on_completion,
                                      &environment->completions_) != napi_ok) {
    return nullptr;
  }
  // Only a job under way keeps the process alive.
  napi_unref_threadsafe_function(env, environment->completions_);
  Pool::shared().attach();
  // Runs before Node closes the thread-safe function, because hooks run in reverse order of their
  // making. The hook owns one reference to the environment.
  auto* const owned = new std::shared_ptr<Environment>(environment);
  const auto on_teardown = [](void* data) {
    const std::unique_ptr<std::shared_ptr<Environment>> owner(
        static_cast<std::shared_ptr<Environment>*>(data));
    (*owner)->close();
  };
  if (napi_add_env_cleanup_hook(env, on_teardown, owned) != napi_ok) {
    on_teardown(owned);
    return nullptr;
  }
  return environment;
}

napi_value Environment::start(std::unique_ptr<Job> job) {
  napi_value promise = nullptr;
  if (napi_create_promise(env_, &job->deferred_, &promise) != napi_ok) {
    job->release(env_);
    return nullptr;
  }
  job->environment_ = shared_from_this();
  try {
    {
      const std::lock_guard lock(mutex_);
      jobs_.insert(job.get());
      ++unfinished_;
      if (jobs_.size() == 1) napi_ref_threadsafe_function(env_, completions_);
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
  if (!closing_) napi_call_threadsafe_function(completions_, job, napi_tsfn_nonblocking);
  if (--unfinished_ == 0) idle_.notify_all();
}

// Every status below is ignored on purpose: in a worker that is being terminated JavaScript can no
// longer run, each of these calls says so, and the job must be freed all the same.
void Environment::settle(std::unique_ptr<Job> job) {
  bool last;
  {
    const std::lock_guard lock(mutex_);
    jobs_.erase(job.get());
    last = jobs_.empty();
  }
  if (last) napi_unref_threadsafe_function(env_, completions_);
  job->release(env_);
  if (!job->failed_ && job->status_.ok()) {
    napi_value undefined;
    if (napi_get_undefined(env_, &undefined) == napi_ok)
      napi_resolve_deferred(env_, job->deferred_, undefined);
    return;
  }
  const napi_value error =
      job->failed_ ? make_out_of_memory_error(env_) : make_error(env_, job->status_);
  if (error != nullptr) napi_reject_deferred(env_, job->deferred_, error);
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
  for (Job* job : jobs) {
    job->release(env_);
    delete job;
  }
  napi_release_threadsafe_function(completions_, napi_tsfn_abort);
  Pool::shared().detach();
}

namespace {

napi_value create_error(napi_env env, bool type_error, const char* code, const char* message) {
  napi_value code_value, message_value, error;
  if (napi_create_string_utf8(env, code, NAPI_AUTO_LENGTH, &code_value) != napi_ok ||
      napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &message_value) != napi_ok) {
    return nullptr;
  }
  const auto create = type_error ? napi_create_type_error : napi_create_range_error;
  return create(env, code_value, message_value, &error) == napi_ok ? error : nullptr;
}

}  // namespace

napi_value make_error(napi_env env, const Status& status) {
  char message[320];
  switch (status.code) {
    case Code::not_finite:
      std::snprintf(message, sizeof message, "%s: expected %s, received %s at index %zu",
                    status.argument, status.expected,
                    std::isnan(status.value) ? "NaN"
                    : status.value > 0       ? "Infinity"
                                             : "-Infinity",
                    status.index);
      return create_error(env, false, "ERR_COCHLEA_NOT_FINITE", message);
    case Code::beyond:
      std::snprintf(message, sizeof message, "%s: expected %s, received %g at index %zu",
                    status.argument, status.expected, static_cast<double>(status.value),
                    status.index);
      return create_error(env, false, "ERR_COCHLEA_OUT_OF_RANGE", message);
    case Code::invalid:
      std::snprintf(message, sizeof message, "%s: expected %s", status.argument, status.expected);
      return create_error(env, false, "ERR_COCHLEA_OUT_OF_RANGE", message);
    case Code::cancelled:
    case Code::ok:
      break;
  }
  return create_error(env, false, "ERR_COCHLEA_CANCELLED", "the call was cancelled");
}

napi_value make_out_of_memory_error(napi_env env) {
  return create_error(env, false, "ERR_COCHLEA_OUT_OF_MEMORY", "not enough memory for this call");
}

}  // namespace cochlea::binding
