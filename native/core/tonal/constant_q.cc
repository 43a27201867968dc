#include "core/tonal/constant_q.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <utility>

#include "core/runtime/blocks.h"
#include "core/spectrum/fft.h"
#include "core/tonal/norm.h"
#include "kernels/dispatch.h"

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

// One filter in the time domain: a windowed complex exponential of 2 * floor(length / 2) + 1 values
// (`length`, if that is an even integer), of which value floor(length / 2), rounded up, is at time 0.
struct Wavelet {
  std::vector<double> re, im;

  size_t size() const { return re.size(); }
};

// False if the task was cancelled meanwhile.
bool make_wavelet(const Task& task, const ConstantQ& q, double frequency, double length,
                  Wavelet* wavelet) {
  const double begin = std::floor(-length / 2), end = std::floor(length / 2);
  const size_t n = static_cast<size_t>(std::fmax(1.0, end - begin));
  const double step = 2 * std::numbers::pi * frequency / q.sample_rate;
  auto& [re, im] = *wavelet;
  re.resize(n);
  im.resize(n);
  // The window comes first: its values are the magnitudes.
  in_blocks(task, n, [&](size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) re[i] = window_value(q.window, q.window_parameter, i, n);
  });
  const double norm = std::isnan(q.norm) ? 1 : norm_of(task, re, q.norm);
  // What cannot be divided by its norm stays as it is, as in librosa.util.normalize.
  const double scale = norm < std::numeric_limits<float>::min() ? 1 : 1 / norm;
  // The phase of value `from` + i is that of `from` and that of i: two factors exact to 3e-16, at a
  // tenth of the cost of sine and cosine.
  constexpr size_t PIECE = 1024;
  std::vector<Complex> fine(std::min(n, PIECE));
  for (size_t i = 0; i < fine.size(); ++i) fine[i] = std::polar(1.0, step * static_cast<double>(i));
  for (size_t from = 0; from < n; from += PIECE) {
    if (task.cancelled()) return false;
    const Complex coarse = std::polar(scale, step * (begin + static_cast<double>(from)));
    const size_t count = std::min(PIECE, n - from);
    for (size_t i = 0; i < count; ++i) {
      const double window = re[from + i];
      re[from + i] = window * (coarse.real() * fine[i].real() - coarse.imag() * fine[i].imag());
      im[from + i] = window * (coarse.real() * fine[i].imag() + coarse.imag() * fine[i].real());
    }
  }
  return true;
}

// Ascending, by their bits from the lowest digit to the highest: of numbers that are not negative the
// bits have the same order. What is cancelled is of no use.
void radix_sort(const Task& task, std::vector<float>& values) {
  constexpr unsigned DIGIT = 11;
  std::vector<float> sorted(values.size());
  for (unsigned shift = 0; shift < 32; shift += DIGIT) {
    const auto digit = [shift](float value) {
      return std::bit_cast<uint32_t>(value) >> shift & ((1u << DIGIT) - 1);
    };
    std::array<size_t, 1 << DIGIT> place{};
    in_blocks(task, values.size(), [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) ++place[digit(values[i])];
    });
    size_t below = 0;
    for (size_t& count : place) below += std::exchange(count, below);
    if (task.cancelled()) return;
    in_blocks(task, values.size(), [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) sorted[place[digit(values[i])]++] = values[i];
    });
    values.swap(sorted);
  }
}

// Drops the smallest values, those that make up the share `quantile` of the sum of all magnitudes. In
// single precision, as librosa: in a row of many thousand tiny values the running sum drifts, and with
// it the value at the threshold. False if the task was cancelled meanwhile.
bool sparsify(const Task& task, std::span<float> re, std::span<float> im, double quantile) {
  std::vector<float> magnitudes(re.size());
  double total = 0;
  in_blocks(task, re.size(), [&](size_t begin, size_t end) {
    kernels::active().magnitude(re.data() + begin, im.data() + begin, end - begin,
                                magnitudes.data() + begin);
    for (size_t k = begin; k < end; ++k) total += magnitudes[k];
  });
  std::vector<float> sorted = magnitudes;
  radix_sort(task, sorted);
  if (task.cancelled()) return false;
  const float norm = static_cast<float>(total);
  float sum = 0, threshold = sorted.back();
  bool found = false;
  in_blocks(task, sorted.size(), [&](size_t begin, size_t end) {
    for (size_t k = begin; k < end && !found; ++k) {
      sum += sorted[k] / norm;
      found = sum >= quantile;
      if (found) threshold = sorted[k];
    }
  });
  in_blocks(task, re.size(), [&](size_t begin, size_t end) {
    for (size_t k = begin; k < end; ++k) {
      if (magnitudes[k] < threshold) re[k] = im[k] = 0;
    }
  });
  return !task.cancelled();
}

}  // namespace

std::vector<double> ConstantQ::key(size_t hop, bool scale) const {
  // NaN would compare unequal to itself.
  const auto plain = [](double value) { return std::isnan(value) ? -1e300 : value; };
  std::vector<double> key = {sample_rate,
                             bins_per_octave,
                             filter_scale,
                             plain(gamma),
                             plain(norm),
                             sparsity,
                             static_cast<double>(window),
                             window_parameter,
                             static_cast<double>(hop),
                             static_cast<double>(scale)};
  key.insert(key.end(), frequencies.begin(), frequencies.end());
  return key;
}

double ConstantQ::bandwidth(size_t k) const {
  const size_t n = frequencies.size();
  double bins = bins_per_octave;
  if (n > 1) {
    const size_t below = k == 0 ? 0 : k - 1, above = std::min(k + 1, n - 1);
    bins = static_cast<double>(above - below) /
           (std::log2(frequencies[above]) - std::log2(frequencies[below]));
  }
  const double ratio = std::exp2(2 / bins);
  return (ratio - 1) / (ratio + 1);
}

namespace {

double gamma_of(const ConstantQ& q, double bandwidth) {
  return std::isnan(q.gamma) ? bandwidth * 24.7 / 0.108 : q.gamma;
}

}  // namespace

double ConstantQ::length(size_t k, double rate) const {
  const double width = bandwidth(k);
  return filter_scale / width * rate / (frequencies[k] + gamma_of(*this, width) / width);
}

std::vector<double> ConstantQ::lengths() const {
  std::vector<double> result(frequencies.size());
  for (size_t k = 0; k < result.size(); ++k) result[k] = length(k, sample_rate);
  return result;
}

double ConstantQ::cutoff() const {
  const double lobe = window_bandwidth(window, window_parameter);
  double highest = 0;
  for (size_t k = 0; k < frequencies.size(); ++k) {
    const double width = bandwidth(k);
    highest = std::fmax(highest, frequencies[k] * (1 + 0.5 * lobe * width / filter_scale) +
                                     0.5 * gamma_of(*this, width));
  }
  return highest;
}

Status centred_wavelets(const Task& task, const ConstantQ& q, size_t width, std::span<float> re,
                        std::span<float> im) {
  const std::vector<double> lengths = q.lengths();
  Wavelet wavelet;
  for (size_t row = 0; row < lengths.size(); ++row) {
    if (!make_wavelet(task, q, q.frequencies[row], lengths[row], &wavelet))
      return Status::cancelled();
    if (wavelet.size() > width) return Status::invalid("size", "room for the longest filter");
    const size_t begin = row * width, left = begin + (width - wavelet.size()) / 2;
    const size_t right = left + wavelet.size();
    for (const std::span<float> plane : {re, im}) {
      std::fill(plane.data() + begin, plane.data() + left, 0.0f);
      std::fill(plane.data() + right, plane.data() + begin + width, 0.0f);
    }
    std::copy(wavelet.re.begin(), wavelet.re.end(), re.data() + left);
    std::copy(wavelet.im.begin(), wavelet.im.end(), im.data() + left);
  }
  return {};
}

size_t transform_size(std::span<const double> lengths) {
  const double longest = *std::max_element(lengths.begin(), lengths.end());
  return static_cast<size_t>(std::exp2(std::ceil(std::log2(longest))));
}

namespace {

// What is left of a row without the zeros at both ends: thousands of long filters would not fit into
// memory with them.
Spectra::Row band(std::span<const float> re, std::span<const float> im) {
  size_t begin = 0, end = re.size();
  while (begin < end && re[begin] == 0 && im[begin] == 0) ++begin;
  while (end > begin && re[end - 1] == 0 && im[end - 1] == 0) --end;
  const std::span<const float> a = re.subspan(begin, end - begin), b = im.subspan(begin, a.size());
  return {begin, {a.begin(), a.end()}, {b.begin(), b.end()}};
}

}  // namespace

std::vector<double> BankRequest::lengths(const ConstantQ& q) const {
  std::vector<double> result;
  for (size_t k = begin; k < end; ++k) result.push_back(q.length(k, sample_rate));
  return result;
}

size_t BankRequest::n_fft(std::span<const double> lengths) const {
  return std::max(transform_size(lengths), min_fft);
}

bool filter_spectra(const Task& task, const ConstantQ& q, const BankRequest& request,
                    Spectra* result) {
  Spectra& spectra = *result;
  spectra.lengths = request.lengths(q);
  const size_t padded = transform_size(spectra.lengths);
  const size_t n = spectra.n_fft = request.n_fft(spectra.lengths);
  // librosa designs its filters in double precision, rounds them and transforms them in single.
  const auto fft = Fft::get(n, task);
  if (fft == nullptr) return false;
  ConstantQ at_rate = q;
  at_rate.sample_rate = request.sample_rate;
  Wavelet wavelet;
  Aligned<float> re(n), im(n), scratch(fft->scratch_size());
  for (size_t row = 0; row < spectra.lengths.size(); ++row) {
    const double length = spectra.lengths[row], share = length / static_cast<double>(n);
    if (!make_wavelet(task, at_rate, q.frequencies[request.begin + row], length, &wavelet))
      return false;
    const size_t left = (padded - std::min(padded, wavelet.size())) / 2;
    const size_t count = std::min(wavelet.size(), n - left);
    in_blocks(task, n, [&](size_t begin, size_t end) {
      std::fill(re.data() + begin, re.data() + end, 0.0f);
      std::fill(im.data() + begin, im.data() + end, 0.0f);
    });
    in_blocks(task, count, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        re[left + i] = static_cast<float>(wavelet.re[i] * share);
        im[left + i] = static_cast<float>(wavelet.im[i] * share);
      }
    });
    fft->forward(re.data(), im.data(), re.data(), im.data(), scratch.data(), task);
    const std::span<float> bins_re(re.data(), n / 2 + 1), bins_im(im.data(), n / 2 + 1);
    if (!sparsify(task, bins_re, bins_im, q.sparsity)) return false;
    spectra.rows.push_back(band(bins_re, bins_im));
  }
  return true;
}

FilterBank pack(Spectra spectra, std::span<const double> gains) {
  FilterBank bank;
  bank.n_fft = spectra.n_fft;
  size_t total = 0;
  for (const Spectra::Row& row : spectra.rows) {
    bank.first.push_back(static_cast<int32_t>(row.first));
    bank.count.push_back(static_cast<int32_t>(row.size()));
    total += row.size();
  }
  bank.coefficients = Aligned<float>(2 * total);
  float* to = bank.coefficients.data();
  for (size_t r = 0; r < spectra.rows.size(); ++r) {
    // Freed one by one: with all that is not dropped, the rows are large.
    const Spectra::Row row = std::move(spectra.rows[r]);
    for (size_t j = 0; j < row.size(); ++j) {
      *to++ = static_cast<float>(row.re[j] * gains[r]);
      *to++ = static_cast<float>(row.im[j] * gains[r]);
    }
  }
  return bank;
}

}  // namespace cochlea
