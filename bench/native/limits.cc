// What the machine can do at most, and how near the transforms come to it: the rate of multiply-adds of
// each tier on operands that never leave the first-level cache, the rate at which memory is written and
// copied, and the time of analyses that must at least read their input and write their result once.
// One JSON object a line.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "best_seconds.h"
#include "core/runtime/aligned.h"
#include "core/separation/median.h"
#include "core/spectrum/stft.h"
#include "kernels/dispatch.h"

namespace {

using namespace cochlea;

void multiply_adds() {
  constexpr size_t M = 64, N = 32, K = 64;
  const Aligned<float> a(M * K, 0.25f), b(K * N, 0.5f);
  Aligned<float> c(M * N, 0.0f);
  for (const kernels::Table* table : kernels::available()) {
    const double seconds = best_seconds([&] {
      for (int i = 0; i < 20; ++i)
        table->gemm(a.data(), 0, b.data(), N, c.data(), N, M, N, K, false);
    });
    std::printf("{\"tier\": \"%s\", \"multiplyAdds\": %g}\n", table->tier,
                20.0 * M * N * K / seconds);
  }
}

void memory() {
  constexpr size_t BYTES = size_t{1} << 28;
  std::vector<char> from(BYTES, 1), to(BYTES, 2);
  char filler = 0;
  const double write = best_seconds([&] { std::memset(to.data(), ++filler, BYTES); });
  const double copy = best_seconds([&] { std::memcpy(to.data(), from.data(), BYTES); });
  std::printf("{\"write\": %g, \"copy\": %g}\n", BYTES / write, BYTES / copy);
}

void analyses() {
  constexpr size_t N_FFT = 2048, HOP = 512;
  std::vector<float> y(30 * 22050);
  for (size_t i = 0; i < y.size(); ++i) {
    const double t = static_cast<double>(i);
    y[i] = static_cast<float>(std::sin(1e-6 * t * t));
  }
  const Frames frames(y, N_FFT, HOP, PadMode::constant);
  const auto window = Window::get(WindowShape::hann, 0, {}, N_FFT, N_FFT);
  const size_t bins = 1 + N_FFT / 2, cells = bins * frames.count();
  std::vector<float> re(cells), im(cells), out(y.size());
  const auto print = [](const char* what, double seconds, size_t floats) {
    std::printf("{\"what\": \"%s\", \"seconds\": %g, \"bytes\": %zu}\n", what, seconds,
                floats * sizeof(float));
  };
  const Task task;
  print("stft of 30 s", best_seconds([&] { (void)stft(task, frames, window, re, im); }),
        y.size() + 2 * cells);
  print("istft of 30 s", best_seconds([&] {
          (void)istft(task, re, im, frames.count(), frames.count(), N_FFT, HOP, true, window, out);
        }),
        y.size() + 2 * cells);
  for (float& x : re) x = std::fabs(x);
  MedianFilter filter({.rows = 1, .columns = 31});
  const Grid<const float> from{re.data(), bins, frames.count(), frames.count()};
  const Grid<float> to{im.data(), bins, frames.count(), frames.count()};
  print("median of 31 along time", best_seconds([&] { filter.run(from, 0, 0, to); }), 2 * cells);
}

}  // namespace

int main() {
  multiply_adds();
  memory();
  analyses();
}
