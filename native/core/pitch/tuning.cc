#include "core/pitch/tuning.h"

#include <algorithm>
#include <cmath>

#include "core/pitch/pitch_tuning.h"
#include "core/runtime/blocks.h"
#include "core/spectrum/spectrogram.h"
#include "kernels/dispatch.h"

namespace cochlea {

Shape PeakPicker::begin(const Shape& in) {
  bins_ = in.rows;
  // What a spectrogram hands out can be looked at where it is; no value of it is negative.
  in_place_ = in.widest == FFT_TILE;
  // numpy.fft.rfftfreq(n_fft, 1 / sample_rate)
  const double step = 1.0 / (static_cast<double>(options_.n_fft) * (1.0 / options_.sample_rate));
  const double low = std::max(options_.fmin, 0.0),
               high = std::min(options_.fmax, options_.sample_rate / 2);
  while (end_ < bins_ && static_cast<double>(end_) * step < high) ++end_;
  while (first_ < end_ && static_cast<double>(first_) * step < low) ++first_;
  first_ = std::max<size_t>(first_, 1);  // bin 0 is never a peak
  if (end_ < first_) end_ = first_;
  flags_ = Aligned<int32_t>((end_ - first_) * FFT_TILE);
  if (!in_place_) tile_ = Aligned<float>(bins_ * FFT_TILE, 0.0f);
  return in;
}

void PeakPicker::take(const Tile& tile) {
  if (end_ == first_) return;
  if (in_place_) return find(tile.re, tile.column, tile.columns);
  for (size_t c = 0; c < tile.columns; c += FFT_TILE) {
    const size_t lanes = std::min(FFT_TILE, tile.columns - c);
    for (size_t k = 0; k < bins_; ++k) {
      const float* const row = tile.re + k * tile.stride + c;
      for (size_t l = 0; l < lanes; ++l) tile_[k * FFT_TILE + l] = std::fabs(row[l]);
    }
    find(tile_.data(), tile.column + c, lanes);
  }
}

void PeakPicker::find(const float* S, size_t t, size_t lanes) {
  peaks_.clear();
  const kernels::Table& kernel = kernels::active();
  const size_t bins = bins_;
  float floor[FFT_TILE];
  if (!options_.reference) {
    kernel.column_maximum(S, bins, floor);
    for (float& value : floor) value *= static_cast<float>(options_.threshold);
  } else {
    std::fill_n(floor, FFT_TILE, static_cast<float>(*options_.reference));
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
    // Most rows have no peak.
    int32_t any = 0;
    for (size_t l = 0; l < FFT_TILE; ++l) any |= flags[l];
    if (any == 0) continue;
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
  found_(peaks_);
}

Status piptrack(const Task& task, Source& source, const PeakOptions& options,
                std::span<float> pitches, std::span<float> magnitudes) {
  for (const std::span<float> plane : {pitches, magnitudes}) {
    in_blocks(task, plane.size(), [&](size_t begin, size_t end) {
      std::fill(plane.data() + begin, plane.data() + end, 0.0f);
    });
  }
  const size_t frames = source.shape().columns;
  return Pipeline(source)
      .add<PeakPicker>(options,
                       [&](std::span<const Peak> peaks) {
                         for (const Peak& peak : peaks) {
                           pitches[peak.bin * frames + peak.frame] = peak.pitch;
                           magnitudes[peak.bin * frames + peak.frame] = peak.magnitude;
                         }
                       })
      .run(task);
}

namespace {

// numpy.median: the mean of the two middle values, in single precision.
float median(std::vector<float> x) {
  const auto middle = x.begin() + static_cast<ptrdiff_t>(x.size() / 2);
  std::nth_element(x.begin(), middle, x.end());
  if (x.size() % 2 == 1) return *middle;
  return (*std::max_element(x.begin(), middle) + *middle) / 2;
}

}  // namespace

Status estimate_tuning(const Task& task, Source& source, const PeakOptions& options,
                       double resolution, size_t bins_per_octave, double* tuning,
                       size_t* peaks_heard) {
  std::vector<float> pitches, magnitudes;
  const Status status = Pipeline(source)
                            .add<PeakPicker>(options,
                                             [&](std::span<const Peak> peaks) {
                                               for (const Peak& peak : peaks) {
                                                 if (!(peak.pitch > 0)) continue;
                                                 pitches.push_back(peak.pitch);
                                                 magnitudes.push_back(peak.magnitude);
                                               }
                                             })
                            .run(task);
  if (!status.ok()) return status;
  if (!pitches.empty()) {
    const float threshold = median(magnitudes);
    size_t kept = 0;
    for (size_t i = 0; i < pitches.size(); ++i) {
      if (magnitudes[i] >= threshold) pitches[kept++] = pitches[i];
    }
    pitches.resize(kept);
  }
  if (peaks_heard != nullptr) *peaks_heard = pitches.size();
  return pitch_tuning(task, std::span<const float>(pitches), resolution, bins_per_octave, tuning);
}

Status estimate_tuning(const Task& task, std::span<const float> y, double sample_rate,
                       size_t bins_per_octave, double* tuning, size_t* peaks) {
  constexpr size_t N_FFT = 2048, HOP = 512;
  const Frames frames(y, N_FFT, HOP, PadMode::constant);
  Spectrogram source(frames, Window::get(WindowShape::hann, 0, {}, N_FFT, N_FFT), 1);
  return estimate_tuning(task, source, {.sample_rate = sample_rate, .n_fft = N_FFT}, 0.01,
                         bins_per_octave, tuning, peaks);
}

}  // namespace cochlea
