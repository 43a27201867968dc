#include "core/tonal/constant_q.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cochlea {
namespace {

using Complex = std::complex<double>;

// Width of a window's main lobe in bins, librosa's table where it has one.
double window_bandwidth(WindowShape shape, double parameter) {
  switch (shape) {
    case WindowShape::hann:
      return 1.50018310546875;
    case WindowShape::hamming:
      return 1.3629455320350348;
    case WindowShape::blackman:
      return 1.7269681554262326;
    case WindowShape::blackmanharris:
      return 2.0045975283585014;
    case WindowShape::bartlett:
      return 1.3334961334912805;
    case WindowShape::ones:
      return 1.0;
    default:
      break;
  }
  constexpr size_t N = 1000;
  const auto window = Window::get(shape, parameter, {}, N, N);
  double sum = 0, squares = 0;
  for (const double w : window->exact) {
    sum += w;
    squares += w * w;
  }
  return N * squares / (sum * sum);
}

double norm_of(const std::vector<Complex>& x, double exponent) {
  double sum = 0, largest = 0, smallest = INFINITY;
  for (const Complex& value : x) {
    const double magnitude = std::abs(value);
    largest = std::fmax(largest, magnitude);
    smallest = std::fmin(smallest, magnitude);
    sum += exponent == 0 ? (magnitude > 0 ? 1 : 0) : std::pow(magnitude, exponent);
  }
  if (std::isinf(exponent)) return exponent > 0 ? largest : smallest;
  return exponent == 0 ? sum : std::pow(sum, 1 / exponent);
}

// In place; x.size() is a power of two, `twiddles` the first half of its roots of unity. In double and
// only here: filters are designed once, the transforms of signals are float.
// False if the task was cancelled meanwhile.
bool fft(const Task& task, std::vector<Complex>& x, const std::vector<Complex>& twiddles) {
  const size_t n = x.size();
  for (size_t i = 1, j = 0; i < n; ++i) {
    size_t bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (size_t half = 1; half < n; half *= 2) {
    if (task.cancelled()) return false;
    for (size_t block = 0; block < n; block += 2 * half) {
      for (size_t k = 0; k < half; ++k) {
        const Complex w = twiddles[k * (n / 2 / half)];
        const Complex a = x[block + k], b = x[block + half + k];
        const Complex turned(b.real() * w.real() - b.imag() * w.imag(),
                             b.real() * w.imag() + b.imag() * w.real());
        x[block + k] = a + turned;
        x[block + half + k] = a - turned;
      }
    }
  }
  return true;
}

// In single precision, as librosa: in a row of many thousand tiny values the running sum drifts, and
// with it the value at the threshold.
void sparsify(std::vector<Complex>& row, double quantile) {
  std::vector<float> magnitudes(row.size());
  double total = 0;
  for (size_t k = 0; k < row.size(); ++k) {
    total += magnitudes[k] = static_cast<float>(std::abs(row[k]));
  }
  std::vector<float> sorted = magnitudes;
  std::sort(sorted.begin(), sorted.end());
  const float norm = static_cast<float>(total);
  float sum = 0, threshold = sorted.back();
  for (const float magnitude : sorted) {
    sum += magnitude / norm;
    if (sum >= quantile) {
      threshold = magnitude;
      break;
    }
  }
  for (size_t k = 0; k < row.size(); ++k) {
    if (magnitudes[k] < threshold) row[k] = 0;
  }
}

}  // namespace

std::vector<double> ConstantQ::key() const {
  // NaN would compare unequal to itself.
  const auto plain = [](double value) { return std::isnan(value) ? -1e300 : value; };
  std::vector<double> key = {sample_rate,
                             bins_per_octave,
                             filter_scale,
                             plain(gamma),
                             plain(norm),
                             sparsity,
                             static_cast<double>(window),
                             window_parameter};
  key.insert(key.end(), frequencies.begin(), frequencies.end());
  return key;
}

std::vector<double> ConstantQ::bandwidths() const {
  const size_t n = frequencies.size();
  std::vector<double> result(n);
  for (size_t k = 0; k < n; ++k) {
    double bins = bins_per_octave;
    if (n > 1) {
      const size_t below = k == 0 ? 0 : k - 1, above = std::min(k + 1, n - 1);
      bins = static_cast<double>(above - below) /
             (std::log2(frequencies[above]) - std::log2(frequencies[below]));
    }
    const double ratio = std::exp2(2 / bins);
    result[k] = (ratio - 1) / (ratio + 1);
  }
  return result;
}

namespace {

double gamma_of(const ConstantQ& q, double bandwidth) {
  return std::isnan(q.gamma) ? bandwidth * 24.7 / 0.108 : q.gamma;
}

double length_of(const ConstantQ& q, size_t k, double bandwidth, double sample_rate) {
  return q.filter_scale / bandwidth * sample_rate /
         (q.frequencies[k] + gamma_of(q, bandwidth) / bandwidth);
}

}  // namespace

std::vector<double> ConstantQ::lengths() const {
  const std::vector<double> alphas = bandwidths();
  std::vector<double> result(frequencies.size());
  for (size_t k = 0; k < result.size(); ++k)
    result[k] = length_of(*this, k, alphas[k], sample_rate);
  return result;
}

double ConstantQ::cutoff() const {
  const std::vector<double> alphas = bandwidths();
  const double width = window_bandwidth(window, window_parameter);
  double highest = 0;
  for (size_t k = 0; k < frequencies.size(); ++k) {
    const double q = filter_scale / alphas[k];
    highest = std::fmax(highest,
                        frequencies[k] * (1 + 0.5 * width / q) + 0.5 * gamma_of(*this, alphas[k]));
  }
  return highest;
}

std::vector<Complex> wavelet(const ConstantQ& q, double frequency, double length) {
  const double begin = std::floor(-length / 2), end = std::floor(length / 2);
  const size_t n = static_cast<size_t>(std::fmax(1.0, end - begin));
  const auto window = Window::get(q.window, q.window_parameter, {}, n, n);
  std::vector<Complex> values(n);
  for (size_t i = 0; i < n; ++i) {
    const double t = begin + static_cast<double>(i);
    values[i] = std::polar(window->exact[i], t * 2 * std::numbers::pi * frequency / q.sample_rate);
  }
  if (!std::isnan(q.norm)) {
    const double norm = norm_of(values, q.norm);
    for (Complex& value : values) value /= norm;
  }
  return values;
}

bool centred_wavelets(const ConstantQ& q, size_t width, std::span<float> re, std::span<float> im) {
  const std::vector<double> lengths = q.lengths();
  std::fill(re.begin(), re.end(), 0.0f);
  std::fill(im.begin(), im.end(), 0.0f);
  for (size_t row = 0; row < lengths.size(); ++row) {
    const std::vector<Complex> values = wavelet(q, q.frequencies[row], lengths[row]);
    if (values.size() > width) return false;
    const size_t left = row * width + (width - values.size()) / 2;
    for (size_t i = 0; i < values.size(); ++i) {
      re[left + i] = static_cast<float>(values[i].real());
      im[left + i] = static_cast<float>(values[i].imag());
    }
  }
  return true;
}

size_t transform_size(std::span<const double> lengths) {
  const double longest = *std::max_element(lengths.begin(), lengths.end());
  return static_cast<size_t>(std::exp2(std::ceil(std::log2(longest))));
}

namespace {

// What is left of a row without the zeros at both ends: thousands of long filters would not fit into
// memory with them.
Spectra::Row band(const std::vector<Complex>& row) {
  size_t begin = 0, end = row.size();
  while (begin < end && row[begin] == 0.0) ++begin;
  while (end > begin && row[end - 1] == 0.0) --end;
  return {begin, std::vector<Complex>(row.begin() + static_cast<std::ptrdiff_t>(begin),
                                      row.begin() + static_cast<std::ptrdiff_t>(end))};
}

}  // namespace

bool filter_spectra(const Task& task, const ConstantQ& q, const BankRequest& request,
                    Spectra* result) {
  Spectra& spectra = *result;
  const std::vector<double> alphas = q.bandwidths();
  for (size_t k = request.begin; k < request.end; ++k) {
    spectra.lengths.push_back(length_of(q, k, alphas[k], request.sample_rate));
  }
  const size_t padded = transform_size(spectra.lengths);
  const size_t n = spectra.n_fft = std::max(padded, request.min_fft);
  std::vector<Complex> twiddles(std::max<size_t>(1, n / 2));
  for (size_t i = 0; i < twiddles.size(); ++i) {
    twiddles[i] =
        std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n));
  }
  ConstantQ at_rate = q;
  at_rate.sample_rate = request.sample_rate;
  std::vector<Complex> x;
  for (size_t row = 0; row < spectra.lengths.size(); ++row) {
    const double length = spectra.lengths[row];
    const std::vector<Complex> values =
        wavelet(at_rate, q.frequencies[request.begin + row], length);
    x.assign(n, 0);
    const size_t left = (padded - std::min(padded, values.size())) / 2;
    for (size_t i = 0; i < values.size() && left + i < n; ++i) {
      x[left + i] = values[i] * (length / static_cast<double>(n));
    }
    if (!fft(task, x, twiddles)) return false;
    x.resize(n / 2 + 1);
    sparsify(x, q.sparsity);
    if (request.magnitudes) {
      for (Complex& value : x) value = std::abs(value);
    }
    spectra.rows.push_back(band(x));
  }
  return true;
}

FilterBank pack(const Spectra& spectra, std::span<const double> gains) {
  FilterBank bank;
  bank.n_fft = spectra.n_fft;
  size_t total = 0;
  for (const Spectra::Row& row : spectra.rows) {
    bank.first.push_back(static_cast<int32_t>(row.first));
    bank.count.push_back(static_cast<int32_t>(row.values.size()));
    total += row.values.size();
  }
  bank.coefficients = Aligned<float>(2 * total);
  float* to = bank.coefficients.data();
  for (size_t r = 0; r < spectra.rows.size(); ++r) {
    for (const Complex& unscaled : spectra.rows[r].values) {
      const Complex value = unscaled * gains[r];
      *to++ = static_cast<float>(value.real());
      *to++ = static_cast<float>(value.imag());
    }
  }
  return bank;
}

}  // namespace cochlea
