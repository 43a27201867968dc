// What every x64 has: SSE2.
#if !defined(__SSE2__) && !defined(_M_X64)
#error "the baseline tier needs SSE2"
#endif
#if defined(__AVX__)
#error "the baseline tier must not be compiled with AVX flags"
#endif
#define COCHLEA_TIER baseline
#define COCHLEA_LANES 4
#define COCHLEA_FMA 0
#include "../tier.inc"
