// Immutable tables (twiddles, windows, filter banks) shared by every thread and environment of the
// process.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>

namespace cochlea {

// Keeps the plans used last, up to `capacity` bytes in all. A plan in use stays alive through its
// shared_ptr when it is dropped from the cache. Plan must have `size_t bytes() const`. One plan may
// be built twice when two threads ask for it at once: building happens outside the lock, so that a
// slow plan never stalls a call that needs another one.
template <class Key, class Plan>
class PlanCache {
 public:
  explicit PlanCache(size_t capacity) : capacity_(capacity) {}
  // Must outlive every thread: process.exit() runs the destructors of statics while jobs are still
  // computing. Hence `static auto& cache = *new PlanCache<Key, Plan>(bytes);`.
  ~PlanCache() = delete;

  template <class Make>
  std::shared_ptr<const Plan> get(const Key& key, Make&& make) {
    {
      const std::lock_guard lock(mutex_);
      if (auto found = find(key)) return found;
    }
    std::shared_ptr<const Plan> plan = make();
    const std::lock_guard lock(mutex_);
    if (auto found = find(key)) return found;
    order_.push_front(key);
    entries_.emplace(key, Entry{plan, order_.begin()});
    bytes_ += plan->bytes();
    while (bytes_ > capacity_ && order_.size() > 1) {
      const auto oldest = entries_.find(order_.back());
      bytes_ -= oldest->second.plan->bytes();
      entries_.erase(oldest);
      order_.pop_back();
    }
    return plan;
  }

 private:
  struct Entry {
    std::shared_ptr<const Plan> plan;
    typename std::list<Key>::iterator position;
  };

  std::shared_ptr<const Plan> find(const Key& key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second.position);
    return found->second.plan;
  }

  const size_t capacity_;
  std::mutex mutex_;
  std::map<Key, Entry> entries_;
  std::list<Key> order_;  // most recently used first
  size_t bytes_ = 0;
};

}  // namespace cochlea
