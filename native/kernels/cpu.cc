#include "kernels/cpu.h"

#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#define COCHLEA_X64 1
#if defined(_MSC_VER) && !defined(__clang__)
#include <immintrin.h>
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#endif

namespace cochlea::kernels {

#if COCHLEA_X64
namespace {

struct Registers {
  uint32_t eax, ebx, ecx, edx;
};

Registers cpuid(uint32_t leaf, uint32_t subleaf) {
  Registers r{};
#if defined(_MSC_VER) && !defined(__clang__)
  int values[4];
  __cpuidex(values, static_cast<int>(leaf), static_cast<int>(subleaf));
  r = {static_cast<uint32_t>(values[0]), static_cast<uint32_t>(values[1]),
       static_cast<uint32_t>(values[2]), static_cast<uint32_t>(values[3])};
#else
  __cpuid_count(leaf, subleaf, r.eax, r.ebx, r.ecx, r.edx);
#endif
  return r;
}

uint64_t xcr0() {
#if defined(_MSC_VER) && !defined(__clang__)
  return _xgetbv(0);
#else
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<uint64_t>(high) << 32) | low;
#endif
}

constexpr bool bit(uint32_t word, int index) { return (word >> index) & 1u; }

}  // namespace

Cpu detect_cpu() {
  Cpu cpu{};
  if (cpuid(0, 0).eax < 7) return cpu;
  const Registers one = cpuid(1, 0);
  // A feature bit alone says what the silicon has; under a hypervisor or an old kernel the
  // registers may still not be saved across a context switch, and using them faults.
  const bool osxsave = bit(one.ecx, 27);
  if (!osxsave || !bit(one.ecx, 28)) return cpu;
  constexpr uint64_t YMM = 0x6, ZMM = 0xe6;
  const uint64_t saved = xcr0();
  const Registers seven = cpuid(7, 0);
  cpu.avx2 = (saved & YMM) == YMM && bit(one.ecx, 12) && bit(seven.ebx, 5);
  cpu.avx512 = cpu.avx2 && (saved & ZMM) == ZMM && bit(seven.ebx, 16) && bit(seven.ebx, 17) &&
               bit(seven.ebx, 30) && bit(seven.ebx, 31);
  return cpu;
}
#else
Cpu detect_cpu() { return {}; }
#endif

}  // namespace cochlea::kernels
