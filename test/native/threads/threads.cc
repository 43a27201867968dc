// What threads share: the pool, the plan caches, the tokens by which a call is cancelled. Made for
// ThreadSanitizer (node native/build.mjs --threads), which sees what one run of one schedule only
// could go wrong with; without it, still a test of what the pool promises.
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/pitch/beta_distribution.h"
#include "core/runtime/plan_cache.h"
#include "core/runtime/pool.h"
#include "core/runtime/task.h"
#include "core/spectrum/fft.h"
#include "core/spectrum/window.h"

namespace {

using cochlea::Pool;
using cochlea::Task;

int passed = 0, failed = 0;

void expect(bool holds, const char* what) {
  if (!holds) std::printf("FAIL  %s\n", what);
  ++(holds ? passed : failed);
}

// The same numbers everywhere, another sequence for each thread.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2685821657736338717u + 1) {}
  size_t below(size_t n) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<size_t>((state_ * 2685821657736338717u) >> 33) % n;
  }

 private:
  uint64_t state_;
};

template <class F>
void on_threads(size_t count, F&& run) {
  std::vector<std::thread> threads;
  for (size_t i = 0; i < count; ++i) threads.emplace_back([&run, i] { run(i); });
  for (std::thread& thread : threads) thread.join();
}

// A user's job: polls its token as a computation does between tiles, then says that it has ended.
struct Job final : Pool::Work {
  alignas(std::atomic<int32_t>) int32_t token[2] = {0, 0};
  std::atomic<bool> closing = false;
  size_t tiles = 0, computed = 0;  // plain memory: whoever waited may read it
  bool ended = false;
  std::mutex* mutex = nullptr;
  std::condition_variable* idle = nullptr;

  void run() noexcept override {
    const Task task(token, &closing);
    double sum = 0;
    for (; computed < tiles && !task.cancelled(); ++computed) {
      for (int i = 0; i < 500; ++i) sum += std::sqrt(static_cast<double>(i));
      task.progress(static_cast<double>(computed) / static_cast<double>(tiles));
    }
    if (sum < 0) std::abort();
    const std::lock_guard lock(*mutex);
    ended = true;
    idle->notify_all();
  }
};

void cancel(Job& job) {
  reinterpret_cast<std::atomic<int32_t>*>(job.token)->store(1, std::memory_order_relaxed);
}

// Users come and go; each queues jobs, cancels some, takes some back and waits for the rest, while
// the pool grows and shrinks.
void hammer_pool() {
  Pool& pool = Pool::shared();
  std::atomic<size_t> finished = 0, withdrawn = 0, cut_short = 0;
  std::atomic<bool> over = false;
  std::thread resizer([&] {
    for (Random random(99); !over;) {
      pool.resize(static_cast<unsigned>(1 + random.below(4)));
      if (pool.size() < 1) std::abort();
      std::this_thread::yield();
    }
  });
  constexpr size_t USERS = 6, ROUNDS = 60, JOBS = 8;
  on_threads(USERS, [&](size_t user) {
    Random random(user);
    for (size_t round = 0; round < ROUNDS; ++round) {
      pool.attach();
      std::mutex mutex;
      std::condition_variable idle;
      std::vector<std::unique_ptr<Job>> jobs;
      for (size_t i = 0; i < JOBS; ++i) {
        jobs.push_back(std::make_unique<Job>());
        jobs.back()->tiles = random.below(40);
        jobs.back()->mutex = &mutex;
        jobs.back()->idle = &idle;
        pool.submit(jobs.back().get());
        if (random.below(4) == 0) cancel(*jobs[random.below(i + 1)]);
        if (random.below(4) == 0) jobs[random.below(i + 1)]->closing = true;
      }
      for (const auto& job : jobs) {
        if (random.below(3) == 0 && pool.withdraw(job.get())) {
          withdrawn += 1;
          continue;
        }
        std::unique_lock lock(mutex);
        idle.wait(lock, [&] { return job->ended; });
        finished += 1;
        if (job->computed < job->tiles) cut_short += 1;
      }
      pool.detach();
    }
  });
  over = true;
  resizer.join();
  expect(finished + withdrawn == USERS * ROUNDS * JOBS, "every job runs once or is taken back");
  expect(finished > 0 && withdrawn > 0 && cut_short > 0,
         "jobs end, are taken back and are cancelled");
}

struct Plan {
  size_t key;
  std::vector<size_t> content;
  explicit Plan(size_t k) : key(k), content(10 + k % 50, k) {}
  size_t bytes() const { return content.size() * sizeof(size_t); }
};

// Threads ask for the same and for other plans, in a cache with room for a few of them: what one holds
// is dropped by another meanwhile.
void hammer_cache() {
  auto& cache = *new cochlea::PlanCache<size_t, Plan>(8 << 10);
  std::atomic<size_t> built = 0, wrong = 0;
  constexpr size_t THREADS = 8, ROUNDS = 4000;
  on_threads(THREADS, [&](size_t thread) {
    Random random(thread);
    std::vector<std::shared_ptr<const Plan>> held(4);
    for (size_t round = 0; round < ROUNDS; ++round) {
      const size_t key = random.below(random.below(2) == 0 ? 8 : 200);
      auto plan = cache.get(key, [&] {
        built += 1;
        return std::make_shared<const Plan>(key);
      });
      if (plan->key != key || plan->content.back() != key) wrong += 1;
      held[random.below(held.size())] = std::move(plan);
    }
  });
  expect(wrong == 0, "a plan is the one that was asked for");
  expect(built > 200 && built < THREADS * ROUNDS, "plans are shared, dropped and built again");
}

// The library's own caches, and plans that several threads use at once.
void hammer_transforms() {
  std::atomic<size_t> wrong = 0;
  on_threads(6, [&](size_t thread) {
    Random random(thread);
    for (size_t round = 0; round < 150; ++round) {
      const size_t n = 2 * (8 + random.below(random.below(2) == 0 ? 4 : 300));
      const auto fft = cochlea::RealFft::get(n);
      const auto whole = cochlea::Fft::get(n / 2 + 1);
      if (fft->size() != n || whole->size() != n / 2 + 1) wrong += 1;
      std::vector<float> re(whole->size(), 1.0f), im(whole->size()), scratch(whole->scratch_size());
      whole->forward(re.data(), im.data(), re.data(), im.data(), scratch.data());
      if (std::fabs(re[0] - static_cast<float>(whole->size())) > 1e-3f * re[0]) wrong += 1;
    }
  });
  expect(wrong == 0, "plans of transforms are those asked for, and right");
}

// A distribution symmetric about its mean; what threads share here belongs to the C library.
void hammer_distributions() {
  std::atomic<size_t> wrong = 0;
  on_threads(4, [&](size_t thread) {
    for (int shape = 1; shape < 50; ++shape) {
      const double a = shape + static_cast<double>(thread);
      if (std::fabs(cochlea::beta_distribution(0.5, a, a) - 0.5) > 1e-12) wrong += 1;
    }
  });
  expect(wrong == 0, "a beta distribution has half its weight on each side");
}

}  // namespace

int main() {
  hammer_pool();
  hammer_cache();
  hammer_transforms();
  hammer_distributions();
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
