// The reference: baseline instructions, vectoriser off (see CMakeLists.txt).
#define COCHLEA_TIER scalar
#define COCHLEA_LANES 1
#define COCHLEA_FMA 0
#include "../tier.inc"
