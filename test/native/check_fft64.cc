#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <utility>

#include "check.h"
#include "kernels/fft_plan.h"

namespace check {
namespace {

using cochlea::kernels::FFT64_TILE;
using cochlea::kernels::FFT_TILE;

std::vector<double> roots_of(size_t n) {
  std::vector<double> roots;
  for (size_t k = 0; k < n; ++k) {
    const auto w = std::polar(1.0, -2 * std::numbers::pi * double(k) / double(n));
    roots.push_back(w.real());
    roots.push_back(w.imag());
  }
  return roots;
}

void window_trial(Trial& t) {
  const size_t n = t.random.length(300);
  const Guarded<float> tile(n * FFT_TILE, t.random);
  const Guarded<double> window(n, t.random), actual(n * FFT64_TILE);
  t.candidate.window_to_tile64(tile.data(), window.data(), n, actual.data());
  t.intact(actual);
  for (size_t i = 0; i < actual.size(); ++i) {
    const size_t row = i / FFT64_TILE;
    const double truth = double{tile[row * FFT_TILE + i % FFT64_TILE]} * window[row];
    t.exact(&truth, &actual[i], 1);
  }
}

// A length of no factor but 2, 3 and 5, mostly a short one.
size_t smooth_length(Random& random) {
  size_t n = size_t{1} << random.below(random.below(8) == 0 ? 10 : 6);
  for (const size_t factor : {3, 3, 5, 5}) {
    if (n < 200 && random.below(3) == 0) n *= factor;
  }
  return n;
}

// All passes of the transforms of n rows; in x or y, whichever is returned.
double* transform(const Table& table, const std::vector<double>& roots, size_t n, double* x,
                  double* y) {
  for (size_t done = 1; done < n;) {
    const size_t left = n / done;
    table.fft64_pass(roots.data(), roots.size() / 2, done, left, x, y);
    done *= cochlea::kernels::fft64_radix(left);
    std::swap(x, y);
  }
  return x;
}

// A bin of one of the signals that x holds, as the sum which defines it; compensated, so that its own
// error is that of the terms.
std::complex<double> bin_of(const std::vector<double>& roots, size_t n, size_t k,
                            auto&& sample_at) {
  std::complex<double> bin = 0, lost = 0;
  for (size_t i = 0; i < n; ++i) {
    const std::complex root(roots[2 * (i * k % n)], roots[2 * (i * k % n) + 1]);
    const std::complex<double> term = sample_at(i) * root - lost;
    const std::complex<double> next = bin + term;
    lost = (next - bin) - term;
    bin = next;
  }
  return bin;
}

void pass_trial(Trial& t) {
  constexpr size_t ROW = 2 * FFT64_TILE;
  const size_t n = smooth_length(t.random);
  const std::vector<double> roots = roots_of(n);
  const Guarded<double> x(n * ROW, t.random), work(x.size()), scratch(x.size());
  const Guarded<double> other(x.size()), other_scratch(x.size());
  std::copy_n(x.data(), x.size(), other.data());
  const double* const expected =
      transform(t.reference, roots, n, other.data(), other_scratch.data());
  std::copy_n(x.data(), x.size(), work.data());
  const double* const actual = transform(t.candidate, roots, n, work.data(), scratch.data());
  t.exact(expected, actual, x.size());
  t.intact(work);
  t.intact(scratch);
  const size_t lane = t.random.below(FFT64_TILE), k = t.random.below(n);
  double energy = 0;
  const auto bin = bin_of(roots, n, k, [&](size_t i) {
    const std::complex sample(x[i * ROW + lane], x[i * ROW + FFT64_TILE + lane]);
    energy += std::norm(sample);
    return sample;
  });
  const std::complex found(actual[k * ROW + lane], actual[k * ROW + FFT64_TILE + lane]);
  // Bounds are in epsilons of single precision, and so is the error then.
  constexpr double UNITS =
      double{std::numeric_limits<float>::epsilon()} / std::numeric_limits<double>::epsilon();
  const float none[2] = {};
  const float error[] = {static_cast<float>(UNITS * (found - bin).real()),
                         static_cast<float>(UNITS * (found - bin).imag())};
  t.norm(none, error, static_cast<float>(std::sqrt(energy)), 2);
}

void split_trial(Trial& t) {
  const size_t n = 2 * smooth_length(t.random);
  const size_t lanes = 1 + t.random.below(FFT64_TILE), stride = lanes + t.random.below(9);
  const size_t bins = n / 2 + 1, size = (bins - 1) * stride + lanes;
  const std::vector<double> roots = roots_of(n);
  const Guarded<double> x(n * FFT64_TILE, t.random), work(x.size()), scratch(x.size());
  const Guarded<float> expected_re(size), expected_im(size), re(size), im(size);
  std::copy_n(x.data(), x.size(), work.data());
  const double* const pairs = transform(t.reference, roots, n / 2, work.data(), scratch.data());
  t.reference.rfft64_split(roots.data(), n, pairs, expected_re.data(), expected_im.data(), stride,
                           lanes);
  t.candidate.rfft64_split(roots.data(), n, pairs, re.data(), im.data(), stride, lanes);
  t.exact(expected_re.data(), re.data(), size);
  t.exact(expected_im.data(), im.data(), size);
  t.intact(re);
  t.intact(im);
  t.intact(scratch);
  const size_t lane = t.random.below(lanes), k = t.random.below(bins);
  const auto bin = bin_of(roots, n, k, [&](size_t i) { return x[i * FFT64_TILE + lane]; });
  // The last rounding is all that may be seen, and it would not be in a truth that is rounded, too.
  const float none[2] = {};
  const float error[] = {static_cast<float>(double{re[k * stride + lane]} - bin.real()),
                         static_cast<float>(double{im[k * stride + lane]} - bin.imag())};
  t.sum(none, error, static_cast<float>(std::abs(bin)), 2);
}

constexpr size_t N = 2048;

size_t window_timed(const Table& table) {
  static Random random(1);
  static const Guarded<float> tile(N * FFT_TILE, random);
  static const Guarded<double> window(N, random), x(N * FFT64_TILE);
  table.window_to_tile64(tile.data(), window.data(), N, x.data());
  return x.size();
}

size_t split_timed(const Table& table) {
  static Random random(1);
  static const std::vector<double> roots = roots_of(N);
  static const Guarded<double> x(N * FFT64_TILE, random);
  static const Guarded<float> re((N / 2 + 1) * FFT64_TILE), im(re.size());
  table.rfft64_split(roots.data(), N, x.data(), re.data(), im.data(), FFT64_TILE, FFT64_TILE);
  return x.size();
}

size_t pass_timed(const Table& table) {
  static Random random(1);
  static const std::vector<double> roots = roots_of(N);
  static const Guarded<double> x(2 * N * FFT64_TILE, random), y(x.size());
  table.fft64_pass(roots.data(), N, 4, N / 4, x.data(), y.data());
  return x.size();
}

const Register window("window_to_tile64", &window_trial, &window_timed);
const Register pass("fft64_pass", &pass_trial, &pass_timed);
const Register split("rfft64_split", &split_trial, &split_timed);

}  // namespace
}  // namespace check
