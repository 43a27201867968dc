// The process-wide pool of threads behind the promise functions: one job per call, one thread per
// job, never nested. It is separate from libuv's four threads, which file system and DNS calls
// share.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace cochlea {

class Pool {
 public:
  class Work {
   public:
    virtual ~Work() = default;
    // Called on a pool thread. Must not throw.
    virtual void run() noexcept = 0;
  };

  static Pool& shared();

  // Every user of the pool holds it from attach() to detach(). The last detach() joins all threads,
  // because after it the system may unmap this library's code. No work may be queued or running for
  // a user that detaches.
  void attach();
  void detach();

  // How many jobs run at once. Shrinking takes effect as jobs end.
  void resize(unsigned threads);
  unsigned size() const;

  // Queues the work behind what is queued; the caller keeps ownership. Throws if no thread can be
  // started.
  void submit(Work* work);
  // Takes work back that has not started. False if it runs or has run.
  bool withdraw(Work* work);

 private:
  Pool();
  void start_thread();
  void loop();

  std::mutex lifecycle_;  // held through attach() and detach(), so that nobody attaches while
                          // threads are joined
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work*> queue_;
  std::vector<std::thread> threads_;
  unsigned users_ = 0;
  unsigned limit_;
  unsigned busy_ = 0;
  bool stopping_ = false;
};

}  // namespace cochlea
