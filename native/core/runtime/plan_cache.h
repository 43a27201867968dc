// Immutable tables (twiddles, windows, filter banks) shared by every thread and environment of the
// process.
#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

namespace cochlea {

// The heap memory of a vector. It may have reserved more than it holds.
template <class T>
size_t heap_bytes(const std::vector<T>& v) {
  return v.capacity() * sizeof(T);
}

// That of a key which has none, or is itself a vector.
template <class Key>
size_t key_bytes(const Key&) {
  return 0;
}
template <class T>
size_t key_bytes(const std::vector<T>& key) {
  return heap_bytes(key);
}

// Keeps the plans used last, up to `capacity` bytes and MOST_PLANS plans in all. A plan in use stays
// alive through its shared_ptr when it is dropped from the cache, and one that is larger than the
// whole cache is never kept. Plan must have `size_t bytes() const`: all that it keeps alive, other
// plans included, so that the sum is a bound even where plans share parts.
//
// One plan may be built twice when two threads ask for it at once: building happens outside the
// lock, so that a slow plan never stalls a call that needs another one.
template <class Key, class Plan>
class PlanCache {
 public:
  explicit PlanCache(size_t capacity) : capacity_(capacity) {}
  // Must outlive every thread: process.exit() runs the destructors of statics while jobs are still
  // computing. Hence `static auto& cache = *new PlanCache<Key, Plan>(bytes);`.
  ~PlanCache() = delete;

  // `make()` returns the plan, or null if its task was cancelled meanwhile; then so does get().
  template <class Make>
  std::shared_ptr<const Plan> get(const Key& key, Make&& make) {
    {
      const std::lock_guard lock(mutex_);
      if (auto found = find(key)) return found;
    }
    const std::shared_ptr<const Plan> plan = make();
    if (plan == nullptr) return nullptr;
    const size_t bytes = ENTRY_BYTES + key_bytes(key) + plan->bytes();
    if (bytes > capacity_) return plan;
    // All that allocates, and may throw, comes before the cache changes; what is dropped is freed
    // after the lock.
    std::list<Entry> added, dropped;
    added.push_back({key, plan, bytes});
    const std::lock_guard lock(mutex_);
    if (auto found = find(key)) return found;
    entries_.splice(entries_.begin(), added);
    bytes_ += bytes;
    while (bytes_ > capacity_ || entries_.size() > MOST_PLANS) {
      const auto oldest = std::prev(entries_.end());
      bytes_ -= oldest->bytes;
      dropped.splice(dropped.end(), entries_, oldest);
    }
    return plan;
  }

 private:
  // Few enough to be searched one by one. Ever new small plans would otherwise scatter over the heap
  // what the allocator then cannot give back.
  static constexpr size_t MOST_PLANS = 128;
  // The nodes of the list and of the shared_ptr, the plan itself, and the allocator's share.
  static constexpr size_t ENTRY_BYTES = 512;

  struct Entry {
    Key key;
    std::shared_ptr<const Plan> plan;
    size_t bytes;
  };

  std::shared_ptr<const Plan> find(const Key& key) {
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->key == key) {
        entries_.splice(entries_.begin(), entries_, entry);
        return entry->plan;
      }
    }
    return nullptr;
  }

  const size_t capacity_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  size_t bytes_ = 0;
};

}  // namespace cochlea
