// Real transforms against FFTW 3 (single precision, FFTW_PATIENT, one thread), in turn in one
// process: seconds per transform, one JSON object a line. Results are compared before anything is
// timed.
//   bench_fft [n ...]
//
// FFTW's ways: `one` runs a plan of one contiguous transform again and again on the same memory,
// which for these lengths never leaves the first-level cache; `batch` is one plan of FFT_TILE
// contiguous transforms; `lanes` is one plan of FFT_TILE interleaved ones, the layout used here.
// Ours: `tile` writes its bins to a small matrix, `rows` to one with as many columns as half a
// minute of signal has frames, as stft does. Both read a tile just written by somebody else.
#include <cstdio>

#if !defined(COCHLEA_FFTW)

int main() {
  std::puts("{\"leftOut\": \"FFTW: libfftw3f was not found (apt-get install libfftw3-dev)\"}");
}

#else

#include <fftw3.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/spectrum/fft.h"
#include "kernels/dispatch.h"

namespace {

using cochlea::Aligned;
using cochlea::Fft;
using cochlea::FFT_TILE;
using cochlea::TilePlan;

constexpr size_t FRAMES = 1292;
constexpr int ROUNDS = 5;

struct Contender {
  const char* name;
  const char* tier;
  std::function<void()> prepare, run;
  size_t transforms;
  double best = 1e30;
};

// All contenders in turn, several rounds, so that a slow moment of the machine hits them alike.
void measure(std::vector<Contender>& contenders) {
  using Clock = std::chrono::steady_clock;
  for (int round = 0; round < ROUNDS; ++round) {
    for (Contender& c : contenders) {
      const auto end = Clock::now() + std::chrono::milliseconds(20);
      do {
        c.prepare();
        const auto start = Clock::now();
        c.run();
        const std::chrono::duration<double> took = Clock::now() - start;
        c.best = std::min(c.best, took.count() / static_cast<double>(c.transforms));
      } while (Clock::now() < end);
    }
  }
}

void fill(Aligned<float>& x) {
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(std::rand()) / RAND_MAX - 0.5f;
}

void print(const char* kind, size_t n, const std::vector<Contender>& contenders) {
  for (const Contender& c : contenders) {
    std::printf(
        "{\"kind\": \"%s\", \"n\": %zu, \"way\": \"%s\", \"tier\": \"%s\", \"seconds\": %g}\n",
        kind, n, c.name, c.tier, c.best);
  }
  std::fflush(stdout);
}

void require_close(double error, double norm) {
  if (error <= 1e-12 * norm) return;
  std::fprintf(stderr, "results differ: relative error %g\n", std::sqrt(error / norm));
  std::exit(1);
}

void bench_real(size_t n) {
  const int length = static_cast<int>(n), lanes = FFT_TILE, bins = length / 2 + 1;
  Aligned<float> x(n * FFT_TILE), in(x.size());
  Aligned<float> out(size_t(bins) * FFT_TILE * 2);
  fill(x);
  const auto complex = reinterpret_cast<fftwf_complex*>(out.data());
  const fftwf_plan plans[] = {
      fftwf_plan_dft_r2c_1d(length, in.data(), complex, FFTW_PATIENT),
      fftwf_plan_many_dft_r2c(1, &length, lanes, in.data(), nullptr, 1, length, complex, nullptr, 1,
                              bins, FFTW_PATIENT),
      fftwf_plan_many_dft_r2c(1, &length, lanes, in.data(), nullptr, lanes, 1, complex, nullptr,
                              lanes, 1, FFTW_PATIENT)};
  std::copy(x.begin(), x.end(), in.begin());

  const TilePlan plan(n / 2, TilePlan::Order::forward, true);
  Aligned<float> tile(plan.tile_size());
  Aligned<float> re(size_t(bins) * FRAMES, 0.0f), im(re.size(), 0.0f);
  const auto load = [&] {
    const auto& p = plan.get();
    for (size_t r = 0; r < n / 2 / p.run; ++r)
      std::copy_n(&x[r * p.run * 2 * FFT_TILE], p.run * 2 * FFT_TILE, &tile[r * p.run_stride]);
  };
  std::vector<Contender> contenders;
  const auto nothing = [] {};
  contenders.push_back({"fftw one", "", nothing,
                        [&] {
                          for (size_t i = 0; i < FFT_TILE; ++i) fftwf_execute(plans[0]);
                        },
                        FFT_TILE});
  contenders.push_back({"fftw batch", "", nothing, [&] { fftwf_execute(plans[1]); }, FFT_TILE});
  contenders.push_back({"fftw lanes", "", nothing, [&] { fftwf_execute(plans[2]); }, FFT_TILE});
  size_t column = 0;
  for (const auto* table : cochlea::kernels::available()) {
    fftwf_execute(plans[2]);
    load();
    table->rfft_tile(&plan.get(), tile.data(), re.data(), im.data(), FFT_TILE);
    double error = 0, norm = 0;
    for (size_t i = 0; i < size_t(bins) * FFT_TILE; ++i) {
      error += std::pow(double{re[i]} - double{complex[i][0]}, 2) +
               std::pow(double{im[i]} - double{complex[i][1]}, 2);
      norm += std::pow(double{re[i]}, 2) + std::pow(double{im[i]}, 2);
    }
    require_close(error, norm);
    contenders.push_back(
        {"tile", table->tier, load,
         [&, table] { table->rfft_tile(&plan.get(), tile.data(), re.data(), im.data(), FFT_TILE); },
         FFT_TILE});
    contenders.push_back({"rows", table->tier, load,
                          [&, table] {
                            table->rfft_tile(&plan.get(), tile.data(), &re[column], &im[column],
                                             FRAMES);
                            column = column + 2 * FFT_TILE > FRAMES ? 0 : column + FFT_TILE;
                          },
                          FFT_TILE});
  }
  measure(contenders);
  print("real", n, contenders);
  for (const auto p : plans) fftwf_destroy_plan(p);
}

void bench_single(size_t n) {
  Aligned<float> re(n), im(n), out_re(n), out_im(n), in(2 * n), out(2 * n);
  const auto from = reinterpret_cast<fftwf_complex*>(in.data());
  const auto to = reinterpret_cast<fftwf_complex*>(out.data());
  const fftwf_plan plan =
      fftwf_plan_dft_1d(static_cast<int>(n), from, to, FFTW_FORWARD, FFTW_MEASURE);
  fill(re);
  fill(im);
  for (size_t i = 0; i < n; ++i) in[2 * i] = re[i], in[2 * i + 1] = im[i];
  const auto fft = Fft::get(n);
  Aligned<float> scratch(fft->scratch_size());
  const auto ours = [&] {
    fft->forward(re.data(), im.data(), out_re.data(), out_im.data(), scratch.data());
  };
  fftwf_execute(plan);
  ours();
  double error = 0, norm = 0;
  for (size_t i = 0; i < n; ++i) {
    error += std::pow(double{out_re[i]} - double{out[2 * i]}, 2) +
             std::pow(double{out_im[i]} - double{out[2 * i + 1]}, 2);
    norm += std::pow(double{out[2 * i]}, 2) + std::pow(double{out[2 * i + 1]}, 2);
  }
  require_close(error, norm);
  std::vector<Contender> contenders;
  contenders.push_back({"fftw one", "", [] {}, [&] { fftwf_execute(plan); }, 1});
  contenders.push_back({"single", cochlea::kernels::active().tier, [] {}, ours, 1});
  measure(contenders);
  print("complex", n, contenders);
  fftwf_destroy_plan(plan);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<size_t> lengths;
  for (int i = 1; i < argc; ++i) lengths.push_back(std::strtoul(argv[i], nullptr, 10));
  if (lengths.empty()) lengths = {512, 1024, 2048, 4096, 8192};
  for (const size_t n : lengths) {
    if (n % 2 != 0 || n == 0 || !TilePlan::supports(n / 2)) {
      std::fprintf(stderr, "%zu: not twice a product of 2, 3 and 5\n", n);
      return 2;
    }
    bench_real(n);
  }
  if (argc == 1)
    for (const size_t n : {1024, 65536, 65537}) bench_single(n);
}

#endif
