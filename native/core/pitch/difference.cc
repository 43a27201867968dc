#include "core/pitch/difference.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/dispatch.h"

namespace cochlea {
namespace {

// Energies of a frame between these are far from overflow and underflow, their products with the
// longest transform and the parts that count of their squares included.
constexpr float LEAST_ENERGY = 0x1p-80f;
constexpr float MOST_ENERGY = 0x1p+80f;
// The most that an offset may have of a frame's energy before it is taken off: d loses less than a
// fifth of a bit to it.
constexpr float MOST_OFFSET = 0.125f;

struct PeakAndMean {
  float peak;
  double mean;
};

PeakAndMean peak_and_mean(const float* x, size_t n) {
  // Several of each, so that they do not wait for each other.
  constexpr size_t STREAMS = 8;
  float peaks[STREAMS] = {};
  double sums[STREAMS] = {};
  for (size_t i = 0; i < n; i += STREAMS) {
    const size_t count = std::min(STREAMS, n - i);
    for (size_t j = 0; j < count; ++j) {
      peaks[j] = std::max(peaks[j], std::fabs(x[i + j]));
      sums[j] += double{x[i + j]};
    }
  }
  const double sum = std::accumulate(sums, sums + STREAMS, 0.0);
  return {*std::max_element(peaks, peaks + STREAMS), sum / static_cast<double>(n)};
}

}  // namespace

CentredDifference::CentredDifference(const YinShape& shape)
    : shape_(shape), rows_(shape.frame_length * FFT_TILE) {}

size_t CentredDifference::bytes() const { return rows_.size() * sizeof(float); }

bool CentredDifference::dispensable(const YinShape& shape, const CorrelationTile& tile,
                                    size_t lane) {
  const float summed = tile.correlation[lane];
  const float behind =
      tile.tail == nullptr ? 0 : tile.tail[(shape.max_period - 1) * FFT_TILE + lane];
  const float energy = summed + behind;
  // NaN is neither.
  const bool in_range = energy >= LEAST_ENERGY && energy <= MOST_ENERGY;
  const float mean = tile.sum[lane] / static_cast<float>(shape.summed());
  return in_range && mean * tile.sum[lane] <= MOST_OFFSET * summed;
}

void CentredDifference::add(const Samples& samples, size_t frame, size_t lane) {
  const size_t n = shape_.frame_length;
  float* const row = rows_.data() + count_ * n;
  const float* const x = samples.read(static_cast<int64_t>(frame * shape_.hop), n, row);
  const auto [peak, mean] = peak_and_mean(x, n);
  if (peak == 0) return;
  const double scale = std::ldexp(1.0, -std::ilogb(peak));
  for (size_t i = 0; i < n; ++i) row[i] = static_cast<float>((double{x[i]} - mean) * scale);
  frames_[count_++] = {.lane = lane, .samples = row, .offset = mean * scale};
}

void CentredDifference::fill(FrameCorrelation& correlation, float* normalised, const Task& task) {
  if (count_ == 0) return;
  const float* rows[FFT_TILE];
  for (size_t l = 0; l < FFT_TILE; ++l) rows[l] = frames_[std::min(l, count_ - 1)].samples;
  const float* const r = correlation.tile(rows, task).correlation;
  const size_t lags = task.cancelled() ? 0 : shape_.max_period;
  // Lag by lag, so that the sums of the frames do not wait for each other.
  for (size_t k = 1; k <= lags; ++k) {
    for (size_t l = 0; l < count_; ++l) {
      Frame& frame = frames_[l];
      const double d = difference(frame, k, double{r[l]}, double{r[k * FFT_TILE + l]});
      frame.sum += d;
      const double quotient = d * static_cast<double>(k) / frame.sum;
      normalised[k * FFT_TILE + frame.lane] = frame.sum == 0 ? 0.0f : static_cast<float>(quotient);
    }
  }
  count_ = 0;
}

// d(k) of the frame as it was, for k = 1, 2, ... in this order.
double CentredDifference::difference(Frame& frame, size_t k, double r0, double rk) const {
  const double first = double{frame.samples[k - 1]};
  frame.head += first * first;
  const double centred = 2 * (r0 - rk) - frame.head;
  if (shape_.paper) {
    const double behind = double{frame.samples[shape_.summed() + k - 1]};
    frame.tail += behind * behind;
    return centred + frame.tail;
  }
  frame.last += double{frame.samples[shape_.frame_length - k]};
  const double offset = frame.offset;
  const double left_over = offset * (2 * frame.last + static_cast<double>(k) * offset);
  const double square = (first + offset) * (first + offset);
  return centred + left_over + (k == 1 ? square : 0);
}

NormalisedDifference::NormalisedDifference(const YinShape& shape)
    : shape_(shape), normalised_((shape.max_period + 1) * FFT_TILE) {
  if (HopCorrelation::supports(shape)) {
    hops_ = std::make_unique<HopCorrelation>(shape);
  } else {
    frames_ = std::make_unique<FrameCorrelation>(shape);
    gathered_ = Aligned<float>(shape.frame_length * FFT_TILE);
  }
}

void NormalisedDifference::reserve() {
  if (frames_ == nullptr) frames_ = std::make_unique<FrameCorrelation>(shape_);
  if (centred_ == nullptr) centred_ = std::make_unique<CentredDifference>(shape_);
}

size_t NormalisedDifference::bytes() const {
  size_t bytes = (gathered_.size() + normalised_.size()) * sizeof(float);
  if (hops_ != nullptr) bytes += hops_->bytes();
  if (frames_ != nullptr) bytes += frames_->bytes();
  if (centred_ != nullptr) bytes += centred_->bytes();
  return bytes;
}

CorrelationTile NormalisedDifference::correlate(const Samples& samples, size_t t, size_t lanes,
                                                const Task& task) {
  if (hops_ != nullptr) return hops_->tile(samples, t, lanes, task);
  const size_t n = shape_.frame_length;
  const float* rows[FFT_TILE] = {};
  for (size_t l = 0; l < FFT_TILE; ++l) {
    rows[l] = l < lanes ? samples.read(static_cast<int64_t>((t + l) * shape_.hop), n,
                                       gathered_.data() + l * n)
                        : rows[0];
  }
  return frames_->tile(rows, task);
}

const float* NormalisedDifference::tile(const Samples& samples, size_t t, size_t lanes,
                                        const Task& task) {
  const CorrelationTile tile = correlate(samples, t, lanes, task);
  const float* const result = normalised_.data() + shape_.min_period * FFT_TILE;
  if (task.cancelled()) return result;
  kernels::active().cumulative_mean_normalise(tile.correlation, tile.head, tile.tail,
                                              shape_.max_period + 1, normalised_.data());
  for (size_t l = 0; l < lanes; ++l) {
    if (CentredDifference::dispensable(shape_, tile, l)) continue;
    reserve();
    centred_->add(samples, t + l, l);
  }
  if (centred_ != nullptr) centred_->fill(*frames_, normalised_.data(), task);
  return result;
}

}  // namespace cochlea
