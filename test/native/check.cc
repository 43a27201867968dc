// Every kernel of every tier that this machine can run, against the scalar reference: random
// lengths from 0, any alignment, an inaccessible page right behind the last element, the bytes
// before the first one watched. Prints, per kernel and tier, the worst error in units of the
// kernel's error class, nanoseconds per element and the speed-up over scalar. Fails when a bound is
// exceeded or a kernel of kernels.def has no case.
//   check [--seed N] [--trials N] [--kernel NAME] [--tier NAME] [--no-timing]
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
  bool timing = true;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--no-timing") {
      timing = false;
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

  int passed = 0, failed = 0;
  for (const char* kernel : {
#define KERNEL(result, name, parameters, error) #name,
#include "kernels/kernels.def"
#undef KERNEL
       }) {
    const auto covered = [kernel](const Case& c) { return std::string_view(c.kernel) == kernel; };
    if (std::none_of(cases().begin(), cases().end(), covered)) {
      std::printf("FAIL  %s has no case\n", kernel);
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
      double worst = 0, bound = 0;
      const char* failure = nullptr;
      for (int t = 0; t < trials && failure == nullptr; ++t) {
        const uint64_t trial_seed = seed * 1000003 + static_cast<uint64_t>(t);
        Trial trial(reference, *candidate, trial_seed);
        c.trial(trial);
        worst = std::max(worst, trial.worst());
        bound = std::max(bound, trial.bound());
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
