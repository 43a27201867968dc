// Every kernel of every tier that this machine can run, against the scalar reference: random
// lengths from 0, any alignment, an inaccessible page right behind the last element, the bytes
// before the first one watched. Prints, per kernel and tier, the worst error in units of the
// kernel's error class, nanoseconds per element and the speed-up over scalar. Fails when a bound is
// exceeded or a kernel of kernels.def has no case.
//   check [--seed N] [--trials N] [--kernel NAME] [--tier NAME] [--no-timing]
//   check --selftest   shows that every kernel's bound bites
#include "check.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#if defined(_WIN32)
#define NOMINMAX
#include <windows.h>
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace check {
namespace {

constexpr unsigned char BORDER = 0xa5;

#if defined(_WIN32)
size_t page_size() {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info.dwPageSize;
}
unsigned char* map_guarded(size_t usable, size_t page) {
  void* base = VirtualAlloc(nullptr, usable + page, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  DWORD before;
  VirtualProtect(static_cast<char*>(base) + usable, page, PAGE_NOACCESS, &before);
  return static_cast<unsigned char*>(base);
}
void unmap(unsigned char* base, size_t) { VirtualFree(base, 0, MEM_RELEASE); }
#else
size_t page_size() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }
unsigned char* map_guarded(size_t usable, size_t page) {
  void* base =
      mmap(nullptr, usable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED || mprotect(static_cast<char*>(base) + usable, page, PROT_NONE) != 0)
    std::abort();
  return static_cast<unsigned char*>(base);
}
void unmap(unsigned char* base, size_t mapped) { munmap(base, mapped); }
#endif

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

double nanoseconds_per_element(Timed timed, const Table& table) {
  using Clock = std::chrono::steady_clock;
  double best = 1e300;
  timed(table);  // warm-up: caches, and the wider vector unit's clock
  const auto end = Clock::now() + std::chrono::milliseconds(30);
  do {
    const auto start = Clock::now();
    const size_t elements = timed(table);
    const std::chrono::duration<double, std::nano> took = Clock::now() - start;
    best = std::min(best, took.count() / static_cast<double>(std::max<size_t>(elements, 1)));
  } while (Clock::now() < end);
  return best;
}

// The rows of kernels.def with their error classes.
struct Row {
  const char* kernel;
  Bound bound;
};

#define LIMIT(n) [](double terms) { return static_cast<void>(terms), static_cast<double>(n); }
#define EXACT \
  Bound {}
#define ULP(n) \
  Bound { Bound::Class::ulp, LIMIT(n), false }
#define SUM(n) \
  Bound { Bound::Class::sum, LIMIT(n), false }
#define NORM(n) \
  Bound { Bound::Class::norm, LIMIT(n), false }
#define SAME(error) same_bits(error)
constexpr Bound same_bits(Bound bound) {
  bound.same_bits = true;
  return bound;
}
#define KERNEL(result, name, parameters, error) {#name, error},
const Row rows[] = {
#include "kernels/kernels.def"
};
#undef KERNEL

const Bound& bound_of(std::string_view kernel) {
  for (const Row& row : rows) {
    if (kernel == row.kernel) return row.bound;
  }
  std::fprintf(stderr, "no kernel %.*s\n", static_cast<int>(kernel.size()), kernel.data());
  std::exit(2);
}

// Whether trials of the case fail on some tier of this machine when something is broken.
bool bites(const Case& c, uint64_t seed, int trials, Break broken) {
  const Table& reference = *cochlea::kernels::find("scalar");
  for (const Table* candidate : cochlea::kernels::available()) {
    for (int t = 0; t < trials; ++t) {
      Trial trial(reference, *candidate, bound_of(c.kernel), seed + static_cast<uint64_t>(t),
                  broken);
      c.trial(trial);
      if (trial.failure() != nullptr) return true;
    }
  }
  return false;
}

// Every kernel whose tiers have the same bits, with a bit turned over; every other, with a bound of 0.
int selftest(uint64_t seed, int trials) {
  int passed = 0, failed = 0;
  const auto expect = [&](const Case& c, Break broken, const char* what) {
    const bool found = bites(c, seed, trials, broken);
    if (!found) std::printf("FAIL  %s: %s was not noticed\n", c.kernel, what);
    ++(found ? passed : failed);
  };
  for (const Case& c : cases()) {
    const Bound& bound = bound_of(c.kernel);
    if (bound.same_bits) expect(c, Break::bits, "a wrong bit");
    if (bound.kind != Bound::Class::exact) expect(c, Break::bound, "an error above the bound");
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}

}  // namespace

GuardedBytes::GuardedBytes(size_t bytes) {
  const size_t page = page_size();
  const size_t usable = (bytes + page) / page * page + page;
  base_ = map_guarded(usable, page);
  mapped_ = usable + page;
  data_ = base_ + usable - bytes;
  std::memset(base_, BORDER, static_cast<size_t>(data_ - base_));
}

GuardedBytes::~GuardedBytes() {
  if (base_ != nullptr) unmap(base_, mapped_);
}

bool GuardedBytes::intact() const {
  return std::all_of(base_, data_, [](unsigned char byte) { return byte == BORDER; });
}

Register::Register(const char* kernel, void (*trial)(Trial&), Timed timed) {
  cases().push_back({kernel, trial, timed});
}

}  // namespace check

int main(int argc, char** argv) {
  using namespace check;
  uint64_t seed = 1;
  int trials = 200;
  std::string_view only_kernel, only_tier;
  bool timing = true, broken = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--no-timing") {
      timing = false;
    } else if (flag == "--selftest") {
      broken = true;
    } else if (i + 1 < argc && flag == "--seed") {
      seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (i + 1 < argc && flag == "--trials") {
      trials = std::atoi(argv[++i]);
    } else if (i + 1 < argc && flag == "--kernel") {
      only_kernel = argv[++i];
    } else if (i + 1 < argc && flag == "--tier") {
      only_tier = argv[++i];
    } else {
      std::fprintf(stderr, "unknown argument %s\n", argv[i]);
      return 2;
    }
  }

  if (broken) return selftest(seed, trials);

  int passed = 0, failed = 0;
  for (const Row& row : rows) {
    const auto covered = [&](const Case& c) { return std::string_view(c.kernel) == row.kernel; };
    if (std::none_of(cases().begin(), cases().end(), covered)) {
      std::printf("FAIL  %s has no case\n", row.kernel);
      ++failed;
    }
  }

  std::printf("seed %llu, %d trials\n%-28s %-9s %12s %12s %12s %8s\n",
              static_cast<unsigned long long>(seed), trials, "kernel", "tier", "worst error",
              "bound", "ns/element", "speed-up");
  const Table& reference = *cochlea::kernels::find("scalar");
  for (const Case& c : cases()) {
    if (!only_kernel.empty() && only_kernel != c.kernel) continue;
    const double scalar_time = timing ? nanoseconds_per_element(c.timed, reference) : 0;
    for (const Table* candidate : cochlea::kernels::available()) {
      if (!only_tier.empty() && only_tier != candidate->tier) continue;
      double share = -1, worst = 0, bound = 0;
      const char* failure = nullptr;
      for (int t = 0; t < trials && failure == nullptr; ++t) {
        const uint64_t trial_seed = seed * 1000003 + static_cast<uint64_t>(t);
        Trial trial(reference, *candidate, bound_of(c.kernel), trial_seed, Break::nothing);
        c.trial(trial);
        if (trial.share() > share) {
          share = trial.share();
          worst = trial.worst();
          bound = trial.bound();
        }
        if ((failure = trial.failure()) != nullptr) {
          std::printf("FAIL  %s %s: %s (error %g, bound %g, index %zu, trial %d)\n", c.kernel,
                      candidate->tier, failure, trial.worst(), trial.bound(), trial.worst_index(),
                      t);
        }
      }
      ++(failure == nullptr ? passed : failed);
      if (timing) {
        const double time = nanoseconds_per_element(c.timed, *candidate);
        std::printf("%-28s %-9s %12.4g %12.4g %12.4f %7.1fx\n", c.kernel, candidate->tier, worst,
                    bound, time, scalar_time / time);
      } else {
        std::printf("%-28s %-9s %12.4g %12.4g\n", c.kernel, candidate->tier, worst, bound);
      }
    }
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
