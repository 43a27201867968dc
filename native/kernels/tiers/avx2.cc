#if !defined(__AVX2__) || !(defined(__FMA__) || defined(_MSC_VER))
#error "the avx2 tier needs its own flags: AVX2 and FMA"
#endif
#if defined(__AVX512F__)
#error "the avx2 tier must not be compiled with AVX-512 flags"
#endif
#define COCHLEA_TIER avx2
#define COCHLEA_LANES 8
#define COCHLEA_FMA 1
#include "../tier.inc"
