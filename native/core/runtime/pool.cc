#include "core/runtime/pool.h"

#include <algorithm>

#if defined(__linux__)
#include <sched.h>
#endif

namespace cochlea {

namespace {

// The processors that this process may use, which may be fewer than the machine has.
unsigned available_parallelism() {
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&allowed)));
  }
#endif
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

// Never destroyed: process.exit() runs the destructors of statics while jobs still compute.
Pool& Pool::shared() {
  static Pool* const pool = new Pool();
  return *pool;
}

Pool::Pool() : limit_(available_parallelism()) {}

void Pool::attach() {
  const std::lock_guard lifecycle(lifecycle_);
  const std::lock_guard lock(mutex_);
  ++users_;
}

void Pool::detach() {
  const std::lock_guard lifecycle(lifecycle_);
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    if (--users_ > 0) return;
    stopping_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads) thread.join();
  const std::lock_guard lock(mutex_);
  stopping_ = false;
}

void Pool::resize(unsigned threads) {
  {
    const std::lock_guard lock(mutex_);
    limit_ = std::max(1u, threads);
    try {
      // A thread that started while the others are told to stop would stop, too, and yet be counted.
      while (!stopping_ && threads_.size() < std::min<size_t>(limit_, busy_ + queue_.size()))
        start_thread();
    } catch (...) {
      // What waits in the queue already has a thread to wait for.
    }
  }
  wake_.notify_all();
}

unsigned Pool::size() const {
  const std::lock_guard lock(mutex_);
  return limit_;
}

void Pool::submit(Work* work) {
  {
    const std::lock_guard lock(mutex_);
    // Threads start when they are first needed and stay; those beyond a lowered limit sleep.
    if (threads_.size() < limit_ && busy_ + queue_.size() >= threads_.size()) {
      try {
        start_thread();
      } catch (...) {
        if (threads_.empty())
          throw;  // the system gives no thread at all; with one, the work only waits longer
      }
    }
    queue_.push_back(work);
  }
  wake_.notify_one();
}

bool Pool::withdraw(Work* work) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find(queue_.begin(), queue_.end(), work);
  if (found == queue_.end()) return false;
  queue_.erase(found);
  return true;
}

void Pool::start_thread() {
  threads_.emplace_back([this] { loop(); });
}

void Pool::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || (!queue_.empty() && busy_ < limit_); });
    if (stopping_) return;
    Work* const work = queue_.front();
    queue_.pop_front();
    ++busy_;
    lock.unlock();
    work->run();
    lock.lock();
    --busy_;
    if (!queue_.empty()) wake_.notify_one();
  }
}

}  // namespace cochlea
