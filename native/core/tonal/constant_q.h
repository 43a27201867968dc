// Constant-Q and variable-Q filters as librosa 0.11 makes them: a windowed complex exponential for
// each frequency, of a length that is `Q` periods of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/runtime/plan_cache.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/window.h"

namespace cochlea {

struct ConstantQ {
  double sample_rate = 0;
  std::vector<double> frequencies;  // ascending, Hz
  double bins_per_octave = 12;      // tells the bandwidth of a single frequency
  double filter_scale = 1;
  double gamma = 0;  // bandwidth added to all filters, Hz; NaN: as the ear's (ERB)
  double norm = 1;   // exponent of the norm that each filter is divided by; NaN: none
  double sparsity = 0.01;
  WindowShape window = WindowShape::hann;
  double window_parameter = 0;

  // Everything, for the key of a plan's cache.
  std::vector<double> key(size_t hop, bool scale) const;

  // Relative bandwidth of filter k, from the distance of its neighbours.
  double bandwidth(size_t k) const;
  // Its length in samples, not rounded, at any sample rate.
  double length(size_t k, double rate) const;
  // The lengths of all filters at `sample_rate`.
  std::vector<double> lengths() const;
  // Where the highest pass band ends, Hz.
  double cutoff() const;
};

// Filters in the frequency domain, row by row, for band_products of kernels/cqt.h: of each
// spectrum's bins 0 to n_fft / 2 only a band is not zero.
struct FilterBank {
  size_t n_fft = 0;
  std::vector<int32_t> first, count;
  Aligned<float> coefficients;

  size_t rows() const { return first.size(); }
  size_t bytes() const {
    return coefficients.size() * sizeof(float) + heap_bytes(first) + heap_bytes(count);
  }
};

// All filters in the time domain, centred in rows of `width` values. Not ok if one is longer.
Status centred_wavelets(const Task& task, const ConstantQ& q, size_t width, std::span<float> re,
                        std::span<float> im);

// The smallest power of two that no filter is longer than.
size_t transform_size(std::span<const double> lengths);

// What it takes to design filters and to transform with them: the longest of their transforms, and the
// samples of all of them, filters times transform. Beyond these limits it would take more than some
// ten seconds, or more memory than a GB.
struct DesignSize {
  static constexpr size_t MAX_TRANSFORM = size_t{1} << 22, MAX_VALUES = size_t{1} << 28;
  size_t transform = 0, values = 0;
  // Samples of a signal below which one of the transforms is longer than the signal at its rate.
  size_t least_samples = 0;

  bool within_limits() const { return transform <= MAX_TRANSFORM && values <= MAX_VALUES; }
  // At the rate of the signal divided by `slower`.
  void add(size_t filters, size_t n_fft, size_t slower = 1) {
    transform = std::max(transform, n_fft);
    values += filters * n_fft;
    least_samples = std::max(least_samples, (n_fft - 1) * slower + 1);
  }
};

// Filters [begin, end) of q at another sample rate, by a transform of at least min_fft samples.
struct BankRequest {
  size_t begin, end;
  double sample_rate;
  size_t min_fft = 1;

  std::vector<double> lengths(const ConstantQ& q) const;
  size_t n_fft(std::span<const double> lengths) const;
};
// Spectra of the filters, sparse: each row without the smallest values that make up the share
// `sparsity` of the sum of its magnitudes.
struct Spectra {
  size_t n_fft = 0;
  std::vector<double> lengths;
  struct Row {
    size_t first;  // bin; those below and behind the values are 0
    std::vector<float> re, im;

    size_t size() const { return re.size(); }
  };
  std::vector<Row> rows;
};
// False if the task was cancelled meanwhile.
bool filter_spectra(const Task& task, const ConstantQ& q, const BankRequest& request,
                    Spectra* spectra);
// Row r times gains[r].
FilterBank pack(Spectra spectra, std::span<const double> gains);

}  // namespace cochlea
