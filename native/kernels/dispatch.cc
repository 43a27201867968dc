#include "kernels/dispatch.h"

#include <cstdlib>

#include "kernels/cpu.h"

namespace cochlea::kernels {

#define DECLARE_TIER(tier)  \
  namespace tier {          \
  extern const Table table; \
  }
DECLARE_TIER(scalar)
DECLARE_TIER(baseline)
DECLARE_TIER(avx2)
DECLARE_TIER(avx512)
DECLARE_TIER(neon)
#undef DECLARE_TIER

namespace {

struct Choice {
  const Table* tiers[5];
  size_t count = 0;
  const Table* active;
  std::string refused;

  Choice() {
    [[maybe_unused]] const Cpu cpu = detect_cpu();
    tiers[count++] = &scalar::table;
#if defined(COCHLEA_HAVE_BASELINE)
    tiers[count++] = &baseline::table;
#endif
#if defined(COCHLEA_HAVE_AVX2)
    if (cpu.avx2) tiers[count++] = &avx2::table;
#endif
#if defined(COCHLEA_HAVE_AVX512)
    if (cpu.avx512) tiers[count++] = &avx512::table;
#endif
#if defined(COCHLEA_HAVE_NEON)
    tiers[count++] = &neon::table;
#endif
    active = tiers[count - 1];
    const char* forced = std::getenv("COCHLEA_SIMD");
    if (forced == nullptr || *forced == '\0') return;
    for (size_t i = 0; i < count; ++i) {
      if (std::string_view(forced) == tiers[i]->tier) {
        active = tiers[i];
        return;
      }
    }
    refused = forced;
  }
};

const Choice& choice() {
  // Never destroyed: process.exit() runs the destructors of statics while jobs still compute.
  static const Choice& chosen = *new Choice();
  return chosen;
}

}  // namespace

std::span<const Table* const> available() { return {choice().tiers, choice().count}; }

const Table* find(std::string_view tier) {
  for (const Table* table : available()) {
    if (tier == table->tier) return table;
  }
  return nullptr;
}

const Table& active() { return *choice().active; }

const std::string& refused_name() { return choice().refused; }

}  // namespace cochlea::kernels
