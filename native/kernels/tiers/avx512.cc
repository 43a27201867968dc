#if !defined(__AVX512F__) || !defined(__AVX512BW__) || !defined(__AVX512DQ__) || \
    !defined(__AVX512VL__)
#error "the avx512 tier needs its own flags: AVX-512 F, BW, DQ and VL"
#endif
#define COCHLEA_TIER avx512
#define COCHLEA_LANES 16
#define COCHLEA_FMA 1
#include "../tier.inc"
