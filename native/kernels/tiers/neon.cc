#if !defined(__aarch64__) && !defined(_M_ARM64)
#error "the neon tier needs arm64"
#endif
#define COCHLEA_TIER neon
#define COCHLEA_LANES 4
#define COCHLEA_FMA 1
#include "../tier.inc"
