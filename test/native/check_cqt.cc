#include <complex>

#include "check.h"
#include "kernels/fft_plan.h"

namespace check {
namespace {

using cochlea::kernels::FFT_TILE;

struct Bank {
  size_t rows, bins, total;
  Guarded<int32_t> first, count;
  Guarded<float> coefficients;

  Bank(size_t rows, size_t bins, Random& random)
      : rows(rows),
        bins(bins),
        first(rows),
        count(rows),
        coefficients(fill(rows, bins, random), random) {}

 private:
  size_t fill(size_t n, size_t width, Random& random) {
    total = 0;
    for (size_t r = 0; r < n; ++r) {
      count[r] = static_cast<int32_t>(random.below(width + 1));
      first[r] = static_cast<int32_t>(random.below(width - static_cast<size_t>(count[r]) + 1));
      total += static_cast<size_t>(count[r]);
    }
    return 2 * total;
  }
};

void band_products_trial(Trial& t) {
  const Bank bank(t.random.below(20), 1 + t.random.below(60), t.random);
  const size_t lanes = 1 + t.random.below(FFT_TILE), stride = lanes + t.random.below(5);
  const size_t size = bank.rows == 0 ? 0 : (bank.rows - 1) * stride + lanes;
  const Guarded<float> re(bank.bins * FFT_TILE, t.random), im(bank.bins * FFT_TILE, t.random);
  const Guarded<float> out_re(size, t.random), out_im(size, t.random);
  std::vector<float> expected_re(out_re.data(), out_re.data() + size);
  std::vector<float> expected_im(out_im.data(), out_im.data() + size);
  std::vector<float> magnitude(size, 0.0f);
  const float* coefficient = bank.coefficients.data();
  for (size_t r = 0; r < bank.rows; ++r) {
    for (size_t l = 0; l < lanes; ++l) {
      std::complex<double> sum = 0;
      for (size_t j = 0; j < static_cast<size_t>(bank.count[r]); ++j) {
        const size_t at = (static_cast<size_t>(bank.first[r]) + j) * FFT_TILE + l;
        const std::complex<double> c(coefficient[2 * j], coefficient[2 * j + 1]), x(re[at], im[at]);
        sum += c * x;
        magnitude[r * stride + l] += static_cast<float>(2 * std::abs(c) * std::abs(x));
      }
      expected_re[r * stride + l] = static_cast<float>(sum.real());
      expected_im[r * stride + l] = static_cast<float>(sum.imag());
    }
    coefficient += 2 * bank.count[r];
  }
  t.candidate.band_products(re.data(), im.data(), bank.first.data(), bank.count.data(),
                            bank.coefficients.data(), bank.rows, out_re.data(), out_im.data(),
                            stride, lanes);
  const double terms = static_cast<double>(bank.bins);
  t.sum(expected_re.data(), out_re.data(), magnitude.data(), size, terms);
  t.sum(expected_im.data(), out_im.data(), magnitude.data(), size, terms);
  t.intact(out_re);
  t.intact(out_im);
}

size_t time_band_products(const Table& table) {
  constexpr size_t ROWS = 12, BINS = 129;
  static Random random(1);
  static const Bank bank(ROWS, BINS, random);
  static const Guarded<float> re(BINS * FFT_TILE, random), im(BINS * FFT_TILE, random);
  static const Guarded<float> out_re(ROWS * FFT_TILE), out_im(ROWS * FFT_TILE);
  table.band_products(re.data(), im.data(), bank.first.data(), bank.count.data(),
                      bank.coefficients.data(), ROWS, out_re.data(), out_im.data(), FFT_TILE,
                      FFT_TILE);
  return bank.total * FFT_TILE;
}

void spread_bands_trial(Trial& t) {
  const Bank bank(t.random.below(20), 1 + t.random.below(60), t.random);
  const size_t lanes = 1 + t.random.below(FFT_TILE), stride = lanes + t.random.below(5);
  const size_t size = bank.rows == 0 ? 0 : (bank.rows - 1) * stride + lanes;
  const size_t tile = bank.bins * FFT_TILE;
  const Guarded<float> re(size, t.random), im(size, t.random);
  Guarded<float> out_re(tile, t.random), out_im(tile, t.random);
  std::vector<std::complex<double>> sums(tile);
  std::vector<float> magnitude(tile), expected_re(tile), expected_im(tile);
  for (size_t i = 0; i < tile; ++i) {
    sums[i] = {out_re[i], out_im[i]};
    magnitude[i] = static_cast<float>(2 * std::abs(sums[i]));
  }
  const float* coefficient = bank.coefficients.data();
  for (size_t r = 0; r < bank.rows; ++r) {
    for (size_t j = 0; j < static_cast<size_t>(bank.count[r]); ++j) {
      const std::complex<double> c(coefficient[2 * j], -coefficient[2 * j + 1]);
      for (size_t l = 0; l < lanes; ++l) {
        const size_t to = (static_cast<size_t>(bank.first[r]) + j) * FFT_TILE + l;
        const std::complex<double> x(re[r * stride + l], im[r * stride + l]);
        sums[to] += c * x;
        magnitude[to] += static_cast<float>(2 * std::abs(c) * std::abs(x));
      }
    }
    coefficient += 2 * bank.count[r];
  }
  for (size_t i = 0; i < tile; ++i) {
    expected_re[i] = static_cast<float>(sums[i].real());
    expected_im[i] = static_cast<float>(sums[i].imag());
  }
  t.candidate.spread_bands(re.data(), im.data(), stride, lanes, bank.first.data(),
                           bank.count.data(), bank.coefficients.data(), bank.rows, out_re.data(),
                           out_im.data());
  const double terms = static_cast<double>(bank.rows);
  t.sum(expected_re.data(), out_re.data(), magnitude.data(), tile, terms);
  t.sum(expected_im.data(), out_im.data(), magnitude.data(), tile, terms);
  t.intact(out_re);
  t.intact(out_im);
}

size_t time_spread_bands(const Table& table) {
  constexpr size_t ROWS = 12, BINS = 129;
  static Random random(1);
  static const Bank bank(ROWS, BINS, random);
  static const Guarded<float> re(ROWS * FFT_TILE, random), im(ROWS * FFT_TILE, random);
  static Guarded<float> out_re(BINS * FFT_TILE), out_im(BINS * FFT_TILE);
  for (size_t i = 0; i < BINS * FFT_TILE; ++i) out_re.data()[i] = out_im.data()[i] = 0;
  table.spread_bands(re.data(), im.data(), FFT_TILE, FFT_TILE, bank.first.data(), bank.count.data(),
                     bank.coefficients.data(), ROWS, out_re.data(), out_im.data());
  return bank.total * FFT_TILE;
}

const Register band_products("band_products", &band_products_trial, &time_band_products);
const Register spread_bands("spread_bands", &spread_bands_trial, &time_spread_bands);

}  // namespace
}  // namespace check
