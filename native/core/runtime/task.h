// What a running computation may ask of, and tell, whoever started it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace cochlea {

// A computation polls cancelled() once per tile of work, so that an abort takes effect within
// milliseconds.
class Task {
 public:
  // A call that nobody can cancel: the synchronous functions.
  Task() = default;
  // `token` is two integers that JavaScript owns: it sets the first to cancel and reads progress
  // (thousandths) in the second. `closing` is set when the environment goes away.
  Task(int32_t* token, const std::atomic<bool>* closing)
      : token_(reinterpret_cast<std::atomic<int32_t>*>(token)), closing_(closing) {}

  // One pass of several: what it reports from 0 to 1 is `from` to `to` of this task.
  Task part(double from, double to) const {
    Task pass = *this;
    pass.from_ = from_ + from * share_;
    pass.share_ = (to - from) * share_;
    return pass;
  }

  bool cancelled() const {
    return token_ != nullptr && (token_[0].load(std::memory_order_relaxed) != 0 ||
                                 closing_->load(std::memory_order_relaxed));
  }

  void progress(double fraction) const {
    if (token_ == nullptr) return;
    const auto thousandths = static_cast<int32_t>((from_ + fraction * share_) * 1000.0);
    token_[1].store(thousandths, std::memory_order_relaxed);
  }
  void progress(size_t done, size_t all) const {
    if (all > 0) progress(static_cast<double>(done) / static_cast<double>(all));
  }

 private:
  // JavaScript's Atomics work on the integers themselves.
  static_assert(sizeof(std::atomic<int32_t>) == sizeof(int32_t));
  static_assert(std::atomic<int32_t>::is_always_lock_free);

  std::atomic<int32_t>* token_ = nullptr;
  const std::atomic<bool>* closing_ = nullptr;
  double from_ = 0, share_ = 1;
};

}  // namespace cochlea
