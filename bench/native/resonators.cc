// What bounds the resonator bank: the machine's rate of multiply-adds, the dense product in its cache,
// and the whole bank on the same signal; best of many short runs in one process. The dense form takes
// 4 multiply-adds per resonator and sample; the share counts these, so that a bank whose kernels share
// a basis can come above 100 %. Also the bank's memory per resonator and sample of block. One JSON object
// a line.
#include <cmath>
#include <cstdio>
#include <vector>

#include "best_seconds.h"
#include "core/resonators/bank.h"
#include "core/runtime/aligned.h"
#include "kernels/dispatch.h"

namespace {

using namespace cochlea;

constexpr double SAMPLE_RATE = 48000;

}  // namespace

int main() {
  const kernels::Table& kernel = kernels::active();
  std::vector<float> signal(1 << 15);
  uint32_t state = 1;
  for (float& x : signal) {
    state = state * 1664525u + 1013904223u;
    x = static_cast<float>(state) / 2147483648.0f - 1.0f;
  }

  // The peak: one tile of the product, whose operands never leave the first-level cache and whose rows
  // are one row again and again (lda 0), so that nothing but multiply-adds is left.
  constexpr size_t M = 64, N = 32, K = 64;
  const Aligned<float> b(K * N, 0.5f);
  Aligned<float> c(M * N, 0.0f);
  const double peak_time = best_seconds([&] {
    for (int i = 0; i < 100; ++i)
      kernel.gemm(signal.data(), 0, b.data(), N, c.data(), N, M, N, K, false);
  });
  const double peak = 100.0 * M * N * K / peak_time / 1e9;
  const double product_time = best_seconds([&] {
    for (int i = 0; i < 8; ++i)
      kernel.gemm(signal.data() + i * M * K, K, b.data(), N, c.data(), N, M, N, K, false);
  });
  const double product = 8.0 * M * N * K / product_time / 1e9;
  std::printf("{\"tier\": \"%s\", \"peak\": %g, \"product\": %g}\n", kernel.tier, peak * 1e9,
              product * 1e9);
  for (const size_t bins : {88, 264, 440, 880}) {
    std::vector<double> frequencies(bins), alphas(bins);
    for (size_t k = 0; k < bins; ++k) {
      frequencies[k] = 30 * std::pow(8000.0 / 30, static_cast<double>(k) / (bins - 1));
      alphas[k] = -std::expm1(-frequencies[k] / std::log10(1 + frequencies[k]) / SAMPLE_RATE);
    }
    ResonatorBank bank(Task(), {SAMPLE_RATE, frequencies, alphas, alphas}, 1);
    constexpr size_t HOP = 256;
    Aligned<float> re(bins * signal.size() / HOP, 0.0f), im(re.size(), 0.0f);
    const double time = best_seconds([&] {
      bank.reset(0, 0);
      (void)bank.resonate(Task(), 0, signal, HOP, ResonatorOutput::complex, re, im);
    });
    const double each = time / static_cast<double>(bins * signal.size());
    std::printf("{\"bins\": %zu, \"seconds\": %g, \"bytes\": %g}\n", bins, each,
                static_cast<double>(bank.bytes()) / static_cast<double>(bins * 64));
  }
}
