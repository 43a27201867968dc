// The FFT kernels against the scalar tier, every lane, and against a discrete Fourier transform in
// double, one lane. The unit of error is epsilon times the Euclidean norm of the transform's input.
#include <algorithm>
#include <complex>
#include <numbers>

#include "check.h"
#include "core/spectrum/fft.h"

namespace check {
namespace {

using cochlea::FFT_TILE;
using cochlea::TilePlan;
using Complex = std::complex<double>;

// A length with no factor but 2, 3 and 5: mostly short, sometimes of two levels, rarely of three.
size_t random_size(Random& random) {
  const size_t longest = random.below(16) == 0 ? 10000 : random.below(3) == 0 ? 1200 : 70;
  for (;;) {
    const size_t n = 1 + random.below(longest);
    if (TilePlan::supports(n)) return n;
  }
}

float* row(const cochlea::kernels::FftPlan& plan, float* tile, size_t i) {
  return tile + i / plan.run * plan.run_stride + i % plan.run * 2 * FFT_TILE;
}

std::vector<Complex> dft(const std::vector<Complex>& x, double sign) {
  const size_t n = x.size();
  std::vector<Complex> w(n), y(n);
  for (size_t i = 0; i < n; ++i)
    w[i] = std::polar(1.0, sign * 2 * std::numbers::pi * static_cast<double>(i) / double(n));
  for (size_t k = 0; k < n; ++k)
    for (size_t i = 0; i < n; ++i) y[k] += x[i] * w[i * k % n];
  return y;
}

float norm_of(const float* x, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += double{x[i]} * double{x[i]};
  // One lane's share of a tile of like signals.
  return static_cast<float>(std::sqrt(sum / FFT_TILE));
}

// Compares `n` rows of FFT_TILE, `stride` floats apart.
void compare_rows(Trial& t, const Guarded<float>& expected, const Guarded<float>& actual, size_t n,
                  size_t stride, float norm) {
  for (size_t i = 0; i < n; ++i) t.norm(&expected[i * stride], &actual[i * stride], norm, FFT_TILE);
}

void compare(Trial& t, Complex expected, float re, float im, float norm) {
  const float parts[] = {static_cast<float>(expected.real()), static_cast<float>(expected.imag())};
  const float actual[] = {re, im};
  t.norm(parts, actual, norm, 2);
}

void copy(const Guarded<float>& from, const Guarded<float>& to) {
  std::copy_n(from.data(), from.size(), to.data());
}

void trial_complex(Trial& t) {
  const size_t n = random_size(t.random);
  const TilePlan tile(n, TilePlan::Order::forward, false);
  const auto& plan = tile.get();
  const size_t step = 2 * FFT_TILE + t.random.below(40), size = (n - 1) * step + 2 * FFT_TILE;
  const Guarded<float> x(tile.tile_size(), t.random), work(x.size()), expected(size), actual(size);
  copy(x, work);
  t.reference.fft_tile(&plan, work.data(), expected.data(), step);
  copy(x, work);
  t.candidate.fft_tile(&plan, work.data(), actual.data(), step);
  const float norm = norm_of(x.data(), x.size());
  for (size_t part = 0; part < 2; ++part) {
    for (size_t i = 0; i < n; ++i) {
      const size_t at = i * step + part * FFT_TILE;
      t.norm(&expected[at], &actual[at], norm, FFT_TILE);
    }
  }
  t.intact(work);
  t.intact(actual);
  if (n > 1200) return;
  const size_t lane = t.random.below(FFT_TILE);
  std::vector<Complex> signal(n);
  for (size_t i = 0; i < n; ++i)
    signal[i] = {row(plan, x.data(), i)[lane], row(plan, x.data(), i)[FFT_TILE + lane]};
  const auto bins = dft(signal, -1);
  for (size_t k = 0; k < n; ++k)
    compare(t, bins[k], actual[k * step + lane], actual[k * step + FFT_TILE + lane], norm);
}

void trial_real(Trial& t) {
  const size_t n = random_size(t.random);
  const TilePlan tile(n, TilePlan::Order::forward, true);
  const auto& plan = tile.get();
  const size_t stride = FFT_TILE + t.random.below(40), size = n * stride + FFT_TILE;
  const Guarded<float> x(tile.tile_size(), t.random), work(x.size());
  const Guarded<float> expected_re(size), expected_im(size), re(size), im(size);
  copy(x, work);
  t.reference.rfft_tile(&plan, work.data(), expected_re.data(), expected_im.data(), stride);
  copy(x, work);
  t.candidate.rfft_tile(&plan, work.data(), re.data(), im.data(), stride);
  const float norm = norm_of(x.data(), x.size());
  compare_rows(t, expected_re, re, n + 1, stride, norm);
  compare_rows(t, expected_im, im, n + 1, stride, norm);
  t.intact(work);
  t.intact(re);
  t.intact(im);
  if (n > 1200) return;
  const size_t lane = t.random.below(FFT_TILE);
  std::vector<Complex> signal(2 * n);
  for (size_t i = 0; i < 2 * n; ++i)
    signal[i] = row(plan, x.data(), i / 2)[i % 2 * FFT_TILE + lane];
  const auto bins = dft(signal, -1);
  for (size_t k = 0; k <= n; ++k)
    compare(t, bins[k], re[k * stride + lane], im[k * stride + lane], norm);
}

void trial_inverse(Trial& t) {
  const size_t n = random_size(t.random);
  const TilePlan tile(n, TilePlan::Order::reversed, true);
  const TilePlan layout(n, TilePlan::Order::forward, true);
  const size_t stride = FFT_TILE + t.random.below(40), size = n * stride + FFT_TILE;
  const float scale = t.random.uniform(0.1f, 2.0f) / static_cast<float>(2 * n);
  const Guarded<float> re(size, t.random), im(size, t.random), work(tile.tile_size());
  const Guarded<float> expected(layout.tile_size()), actual(layout.tile_size());
  t.reference.irfft_tile(&tile.get(), re.data(), im.data(), stride, scale, work.data(),
                         expected.data());
  t.candidate.irfft_tile(&tile.get(), re.data(), im.data(), stride, scale, work.data(),
                         actual.data());
  const float norm =
      2 * scale * static_cast<float>(n) * std::sqrt(4.0f / 3.0f / static_cast<float>(2 * n));
  for (size_t i = 0; i < n; ++i) {
    t.norm(row(layout.get(), expected.data(), i), row(layout.get(), actual.data(), i), norm,
           2 * FFT_TILE);
  }
  t.intact(work);
  t.intact(actual);
  if (n > 1200) return;
  const size_t lane = t.random.below(FFT_TILE);
  std::vector<Complex> bins(2 * n);
  for (size_t k = 0; k <= n; ++k) {
    bins[k] = {re[k * stride + lane], k % n == 0 ? 0 : im[k * stride + lane]};
    bins[(2 * n - k) % (2 * n)] = std::conj(bins[k]);
  }
  const auto signal = dft(bins, 1);
  for (size_t i = 0; i < 2 * n; i += 2) {
    const float* const samples = row(layout.get(), actual.data(), i / 2) + lane;
    compare(t, double{scale} * Complex(signal[i].real(), signal[i + 1].real()), samples[0],
            samples[FFT_TILE], norm);
  }
}

// Elements are samples: nanoseconds per element times the length is the time of one transform.
constexpr size_t TIMED = 2048;

size_t timed_complex(const Table& table) {
  static const TilePlan plan(TIMED, TilePlan::Order::forward, false);
  static const Guarded<float> x(plan.tile_size()), y(2 * TIMED * FFT_TILE);
  table.fft_tile(&plan.get(), x.data(), y.data(), 2 * FFT_TILE);
  return TIMED * FFT_TILE;
}

size_t timed_real(const Table& table) {
  static const TilePlan plan(TIMED / 2, TilePlan::Order::forward, true);
  static const Guarded<float> x(plan.tile_size()), re((TIMED / 2 + 1) * FFT_TILE), im(re.size());
  table.rfft_tile(&plan.get(), x.data(), re.data(), im.data(), FFT_TILE);
  return TIMED * FFT_TILE;
}

size_t timed_inverse(const Table& table) {
  static const TilePlan plan(TIMED / 2, TilePlan::Order::reversed, true);
  static const Guarded<float> re((TIMED / 2 + 1) * FFT_TILE), im(re.size());
  static const Guarded<float> work(plan.tile_size()), x(plan.tile_size() + 64 * 2 * FFT_TILE);
  table.irfft_tile(&plan.get(), re.data(), im.data(), FFT_TILE, 1.0f, work.data(), x.data());
  return TIMED * FFT_TILE;
}

const Register complex("fft_tile", &trial_complex, &timed_complex);
const Register real("rfft_tile", &trial_real, &timed_real);
const Register inverse("irfft_tile", &trial_inverse, &timed_inverse);

}  // namespace
}  // namespace check
