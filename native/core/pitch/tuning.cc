#include "core/pitch/tuning.h"

#include <algorithm>
#include <cmath>

#include "kernels/dispatch.h"

namespace cochlea {

SignalMagnitudes::SignalMagnitudes(const Frames& frames, std::shared_ptr<const Window> window)
    : analysis_(frames, std::move(window)),
      re_(analysis_.bins() * FFT_TILE, 0.0f),
      im_(analysis_.bins() * FFT_TILE, 0.0f) {}

const float* SignalMagnitudes::tile(size_t t, size_t lanes) {
  analysis_.tile(t, lanes, re_.data(), im_.data(), FFT_TILE);
  kernels::active().magnitude(re_.data(), im_.data(), re_.size(), re_.data());
  return re_.data();
}

const float* MatrixMagnitudes::tile(size_t t, size_t lanes) {
  for (size_t k = 0; k < bins_; ++k) {
    const float* const row = data_.data() + k * frames_ + t;
    for (size_t l = 0; l < lanes; ++l) tile_[k * FFT_TILE + l] = std::fabs(row[l]);
  }
  return tile_.data();
}

PeakPicker::PeakPicker(Magnitudes& magnitudes, const PeakOptions& options)
    : magnitudes_(magnitudes), options_(options) {
  // numpy.fft.rfftfreq(n_fft, 1 / sample_rate)
  const double step = 1.0 / (static_cast<double>(options.n_fft) * (1.0 / options.sample_rate));
  const double low = std::max(options.fmin, 0.0),
               high = std::min(options.fmax, options.sample_rate / 2);
  const size_t bins = magnitudes.bins();
  while (end_ < bins && static_cast<double>(end_) * step < high) ++end_;
  while (first_ < end_ && static_cast<double>(first_) * step < low) ++first_;
  first_ = std::max<size_t>(first_, 1);  // bin 0 is never a peak
  flags_ = Aligned<int32_t>((std::max(end_, first_) - first_) * FFT_TILE);
}

std::span<const Peak> PeakPicker::tile(size_t t) {
  peaks_.clear();
  if (end_ <= first_) return peaks_;
  const kernels::Table& kernel = kernels::active();
  const size_t bins = magnitudes_.bins(), lanes = std::min(FFT_TILE, magnitudes_.frames() - t);
  const float* const S = magnitudes_.tile(t, lanes);
  float floor[FFT_TILE];
  if (options_.reference < 0) {
    kernel.column_maximum(S, bins, floor);
    for (float& value : floor) value *= static_cast<float>(options_.threshold);
  } else {
    std::fill_n(floor, FFT_TILE, static_cast<float>(options_.reference));
  }
  // The last bin has no upper neighbour.
  const bool last = end_ == bins;
  kernel.find_peaks(S + first_ * FFT_TILE, end_ - first_ - (last ? 1 : 0), floor, flags_.data());
  if (last) {
    const float* const row = S + (bins - 1) * FFT_TILE;
    for (size_t l = 0; l < FFT_TILE; ++l) {
      flags_[(bins - 1 - first_) * FFT_TILE + l] =
          row[l] > floor[l] && row[l] > S[(bins - 2) * FFT_TILE + l] ? 1 : 0;
    }
  }
  for (size_t k = first_; k < end_; ++k) {
    const int32_t* const flags = flags_.data() + (k - first_) * FFT_TILE;
    for (size_t l = 0; l < lanes; ++l) {
      if (flags[l] == 0) continue;
      const float* const x = S + k * FFT_TILE + l;
      float shift = 0, gradient = 0;
      if (k + 1 < bins) {
        const float below = x[-static_cast<ptrdiff_t>(FFT_TILE)], above = x[FFT_TILE];
        const double a = double{above + below} - 2.0 * double{*x};
        const double b = double{above - below} / 2;
        if (std::fabs(b) < std::fabs(a)) shift = static_cast<float>(-b / a);
        gradient = (above - below) / 2;
      }
      const double bin = static_cast<double>(k) + double{shift};
      peaks_.push_back({.bin = k,
                        .frame = t + l,
                        .pitch = static_cast<float>(bin * options_.sample_rate /
                                                    static_cast<double>(options_.n_fft)),
                        .magnitude = *x + 0.5f * gradient * shift});
    }
  }
  return peaks_;
}

Status piptrack(const Task& task, Magnitudes& source, const PeakOptions& options,
                std::span<float> pitches, std::span<float> magnitudes) {
  std::fill(pitches.begin(), pitches.end(), 0.0f);
  std::fill(magnitudes.begin(), magnitudes.end(), 0.0f);
  const size_t frames = source.frames();
  PeakPicker picker(source, options);
  for (size_t t = 0; t < frames; t += FFT_TILE) {
    if (task.cancelled()) return Status::cancelled();
    for (const Peak& peak : picker.tile(t)) {
      pitches[peak.bin * frames + peak.frame] = peak.pitch;
      magnitudes[peak.bin * frames + peak.frame] = peak.magnitude;
    }
    task.progress(static_cast<double>(t) / static_cast<double>(frames));
  }
  return {};
}

namespace {

template <class T>
double tuning_of(std::span<const T> frequencies, double resolution, size_t bins_per_octave) {
  const size_t bins = static_cast<size_t>(std::ceil(1.0 / resolution));
  // numpy.linspace(-0.5, 0.5, bins + 1)
  const double step = 1.0 / static_cast<double>(bins);
  const auto edge = [&](size_t i) { return i == bins ? 0.5 : static_cast<double>(i) * step - 0.5; };
  std::vector<size_t> counts(bins, 0);
  bool any = false;
  for (const T f : frequencies) {
    if (!(f > 0)) continue;
    any = true;
    const T octaves = static_cast<T>(std::log2(double{f / static_cast<T>(27.5)}));
    T residual = std::fmod(static_cast<T>(bins_per_octave) * octaves, T{1});
    if (residual < 0) residual += T{1};
    if (residual >= T{0.5}) residual -= T{1};
    const double x = double{residual};
    size_t i =
        static_cast<size_t>(std::clamp((x + 0.5) / step, 0.0, static_cast<double>(bins - 1)));
    while (i > 0 && x < edge(i)) --i;
    while (i + 1 < bins && x >= edge(i + 1)) ++i;
    ++counts[i];
  }
  if (!any) return 0;
  return edge(static_cast<size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin()));
}

// numpy.median: the mean of the two middle values, in single precision.
float median(std::vector<float> x) {
  const auto middle = x.begin() + static_cast<ptrdiff_t>(x.size() / 2);
  std::nth_element(x.begin(), middle, x.end());
  if (x.size() % 2 == 1) return *middle;
  return (*std::max_element(x.begin(), middle) + *middle) / 2;
}

}  // namespace

double pitch_tuning(std::span<const float> frequencies, double resolution, size_t bins_per_octave) {
  return tuning_of(frequencies, resolution, bins_per_octave);
}

double pitch_tuning(std::span<const double> frequencies, double resolution,
                    size_t bins_per_octave) {
  return tuning_of(frequencies, resolution, bins_per_octave);
}

Status estimate_tuning(const Task& task, Magnitudes& source, const PeakOptions& options,
                       double resolution, size_t bins_per_octave, double* tuning) {
  std::vector<float> pitches, magnitudes;
  PeakPicker picker(source, options);
  const size_t frames = source.frames();
  for (size_t t = 0; t < frames; t += FFT_TILE) {
    if (task.cancelled()) return Status::cancelled();
    for (const Peak& peak : picker.tile(t)) {
      if (!(peak.pitch > 0)) continue;
      pitches.push_back(peak.pitch);
      magnitudes.push_back(peak.magnitude);
    }
    task.progress(static_cast<double>(t) / static_cast<double>(frames));
  }
  if (!pitches.empty()) {
    const float threshold = median(magnitudes);
    size_t kept = 0;
    for (size_t i = 0; i < pitches.size(); ++i) {
      if (magnitudes[i] >= threshold) pitches[kept++] = pitches[i];
    }
    pitches.resize(kept);
  }
  *tuning = pitch_tuning(std::span<const float>(pitches), resolution, bins_per_octave);
  return {};
}

Status estimate_tuning(const Task& task, std::span<const float> y, double sample_rate,
                       size_t bins_per_octave, double* tuning) {
  constexpr size_t N_FFT = 2048, HOP = 512;
  const Frames frames(y, N_FFT, HOP, PadMode::constant);
  SignalMagnitudes source(frames, Window::get(WindowShape::hann, 0, {}, N_FFT, N_FFT));
  return estimate_tuning(task, source, {.sample_rate = sample_rate, .n_fft = N_FFT}, 0.01,
                         bins_per_octave, tuning);
}

}  // namespace cochlea
