#include "core/resonators/features.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/runtime/finite.h"
#include "core/spectrum/dct.h"
#include "core/spectrum/spectrum.h"

namespace cochlea {

Status resonator_chroma(const Task& task, std::span<const float> power, size_t frames,
                        std::span<const int32_t> classes, std::span<const double> weights,
                        bool normalize, std::span<float> out) {
  constexpr size_t TILE = 64;
  constexpr double LARGEST = std::numeric_limits<float>::max();
  if (frames == 0) return {};
  const size_t rows = out.size() / frames;
  // In double, where sums of powers do not overflow.
  std::vector<double> sums(rows * TILE);
  for (size_t first = 0; first < frames; first += TILE) {
    if (task.cancelled()) return Status::cancelled();
    const size_t columns = std::min(TILE, frames - first);
    std::fill(sums.begin(), sums.end(), 0.0);
    for (size_t k = 0; k < classes.size(); ++k) {
      const double weight = weights.empty() ? 1 : weights[k];
      const float* const from = &power[k * frames + first];
      double* const to = &sums[static_cast<size_t>(classes[k]) * TILE];
      for (size_t t = 0; t < columns; ++t) to[t] += weight * from[t];
    }
    double largest[TILE] = {};
    for (size_t row = 0; normalize && row < rows; ++row) {
      for (size_t t = 0; t < columns; ++t) largest[t] = std::max(largest[t], sums[row * TILE + t]);
    }
    for (size_t row = 0; row < rows; ++row) {
      for (size_t t = 0; t < columns; ++t) {
        const double divisor = largest[t] > 0 ? largest[t] : 1;
        const double share = sums[row * TILE + t] / divisor;
        if (!(std::abs(share) <= LARGEST))
          return Status::invalid(weights.empty() ? "power" : "weights",
                                 "sums of powers within single precision");
        out[row * frames + first + t] = static_cast<float>(share);
      }
    }
    task.progress(first + columns, frames);
  }
  return {};
}

Status resonator_mfcc(const Task& task, std::span<const float> power, size_t bins,
                      std::span<const double> weights, double top_db, std::span<float> out) {
  constexpr double MIN_POWER = 1e-10;
  if (power.empty()) return {};
  const size_t frames = power.size() / bins;
  Aligned<float> levels(power.size());
  for (size_t k = 0; k < bins; ++k) {
    if (task.cancelled()) return Status::cancelled();
    const double weight = weights.empty() ? 1 : weights[k];
    for (size_t i = k * frames; i < (k + 1) * frames; ++i)
      levels[i] = static_cast<float>(weight * power[i]);
  }
  if (!weights.empty() && !check_finite("weights", levels).ok())
    return Status::invalid("weights", "weighted powers within single precision");
  const std::optional<double> limit = top_db < 0 ? std::nullopt : std::optional<double>(top_db);
  const Task levelling = task.part(0, 0.5);
  if (Status status = decibels(levelling, levels, 10, {}, MIN_POWER, limit, levels); !status.ok())
    return status;
  return dct(task.part(0.5, 1), levels, bins, frames, out);
}

namespace {

// Of the rows between these edges, the one that holds the frequency; edges.size() if none does.
size_t row_of(std::span<const double> edges, double frequency) {
  const auto above = std::upper_bound(edges.begin(), edges.end(), frequency);
  if (above == edges.begin() || above == edges.end()) return edges.size();
  return static_cast<size_t>(above - edges.begin()) - 1;
}

}  // namespace

Status super_resolution(const Task& task, const TrackedFrames& tracked, size_t bins,
                        std::span<const double> edges, Collision collision,
                        std::span<const double> natural, std::span<float> re, std::span<float> im) {
  const bool complex = !tracked.re.empty(), sum = collision == Collision::sum;
  const size_t rows = edges.size() - 1;
  const size_t frames = bins == 0 ? 0 : tracked.magnitude.size() / bins;
  // As many columns at a time as keep the rows of the result within the cache.
  const size_t tile = std::clamp<size_t>((size_t{1} << 18) / rows, 16, 4096);
  // How good the value is that each cell holds: larger is better.
  std::vector<float> merits(rows * std::min(tile, frames));
  for (size_t first = 0; first < frames; first += tile) {
    const size_t columns = std::min(tile, frames - first);
    std::fill(merits.begin(), merits.end(), -std::numeric_limits<float>::infinity());
    for (size_t row = 0; row < rows; ++row) {
      std::fill_n(&re[row * frames + first], columns, 0.0f);
      if (complex) std::fill_n(&im[row * frames + first], columns, 0.0f);
    }
    for (size_t k = 0; k < bins; ++k) {
      if (task.cancelled()) return Status::cancelled();
      for (size_t t = 0; t < columns; ++t) {
        const size_t i = k * frames + first + t;
        const float magnitude = tracked.magnitude[i], frequency = tracked.frequency[i];
        const size_t row = row_of(edges, frequency);
        if (row == edges.size()) continue;
        const size_t cell = row * frames + first + t;
        if (sum && complex) {
          re[cell] += tracked.re[i];
          im[cell] += tracked.im[i];
          if (!(std::isfinite(re[cell]) && std::isfinite(im[cell])))
            return Status::invalid("tracked.complex", "sums within single precision");
        } else if (sum) {
          const double root =
              std::hypot(static_cast<double>(re[cell]), static_cast<double>(magnitude));
          if (root > std::numeric_limits<float>::max())
            return Status::invalid("tracked.magnitude.data", "sums within single precision");
          re[cell] = static_cast<float>(root);
        } else {
          float& best = merits[row * columns + t];
          const float merit = collision == Collision::max
                                  ? magnitude
                                  : static_cast<float>(-std::abs(frequency - natural[k]));
          if (!(merit > best)) continue;
          best = merit;
          re[cell] = complex ? tracked.re[i] : magnitude;
          if (complex) im[cell] = tracked.im[i];
        }
      }
    }
    task.progress(first + columns, frames);
  }
  return {};
}

}  // namespace cochlea
