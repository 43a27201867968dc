// The vocabulary of the kernel bodies. Every body is a plain function over pointers and counts: no
// allocation, no state, any count including 0, any alignment, nothing read or written past its
// ends. The compiler vectorises it once per tier, so a body includes only this header: an inline
// function of the standard library compiled here with AVX flags could be the copy that the linker
// keeps for the whole program.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(_MSC_VER) && !defined(__clang__)
#define RESTRICT __restrict
#define ALWAYS_INLINE __forceinline
#define ALWAYS_INLINE_LAMBDA
#define NOINLINE __declspec(noinline)
#define PREFETCH(address) ((void)(address))
#else
#define RESTRICT __restrict__
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define ALWAYS_INLINE_LAMBDA __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))
#define PREFETCH(address) __builtin_prefetch(address)
#endif

// In front of a loop over lanes whose iterations do not depend on each other, though the compiler
// cannot see it: no overlap checks, and a body of any size is vectorised. Clang lets the pragma win
// over -fno-vectorize, so the scalar tier goes without.
#if COCHLEA_LANES == 1
#define LANE_LOOP
#elif defined(__clang__)
#define LANE_LOOP _Pragma("clang loop vectorize(assume_safety)")
#elif defined(_MSC_VER)
#define LANE_LOOP __pragma(loop(ivdep))
#else
#define LANE_LOOP _Pragma("GCC ivdep")
#endif

namespace cochlea::kernels::COCHLEA_TIER {
namespace {

// Floats in one vector register of this tier: for choosing block sizes, not for semantics.
constexpr int LANES = COCHLEA_LANES;

// a * b + c, fused where the tier has the instruction. Contraction is off, so this is the only
// place where rounding differs between tiers; without the instruction __builtin_fmaf would be a
// call into libm, some fifty times slower.
ALWAYS_INLINE float madd(float a, float b, float c) {
#if COCHLEA_FMA
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

// f(0) to f(N - 1) in a row. A loop would be unrolled too late for what it fills to become registers.
template <size_t N, class F>
ALWAYS_INLINE void unrolled(const F& f) {
  if constexpr (N > 0) {
    unrolled<N - 1>(f);
    f(N - 1);
  }
}

ALWAYS_INLINE float min_of(float a, float b) { return b < a ? b : a; }
ALWAYS_INLINE float max_of(float a, float b) { return a < b ? b : a; }

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
