#include "core/signal/decimator.h"

#include <algorithm>
#include <cstring>

#include "kernels/dispatch.h"

namespace cochlea {
namespace {

// One side of each filter, at the distances 1, 3, 5, ... from its middle, which is 0.5. libsoxr takes the longer one where
// it joins four steps and more: their errors add up.
constexpr float SHORT_TAPS[] = {3.11546524e-1f, -8.73449145e-2f, 3.68144498e-2f, -1.51891951e-2f,
                                5.45408730e-3f, -1.56439699e-3f, 3.18170303e-4f, -3.47973764e-5f};
constexpr float LONG_TAPS[] = {3.12270338e-1f,  -8.92215105e-2f, 3.91396924e-2f,
                               -1.72505501e-2f, 6.85894675e-3f,  -2.30451166e-3f,
                               6.09633871e-4f,  -1.13225837e-4f, 1.11907286e-5f};
constexpr size_t SHORT_STEPS = 3;
constexpr size_t MOST_RINGING = 2 * (2 * std::size(LONG_TAPS) - 1);

std::span<const float> half_band_taps(size_t halvings) {
  if (halvings <= SHORT_STEPS) return SHORT_TAPS;
  return LONG_TAPS;
}

ResampleQuality last_step(size_t halvings) {
  constexpr int FIRST = static_cast<int>(ResampleQuality::soxr_hq_from_4),
                LAST = static_cast<int>(ResampleQuality::soxr_hq_from_1024);
  if (halvings == 1) return ResampleQuality::soxr_hq;
  return static_cast<ResampleQuality>(std::min(FIRST + static_cast<int>(halvings) - 2, LAST));
}

}  // namespace

Decimator::HalfBand::HalfBand(std::span<const float> taps, size_t at_most) : taps_(taps) {
  // Between two calls fewer samples stay than a filter is long.
  buffer_ = Aligned<float>(at_most + 2 * reach() + 1, 0);
  out_ = Aligned<float>(max_outputs(at_most));
  reset();
}

void Decimator::HalfBand::reset() {
  size_ = reach();
  std::fill_n(buffer_.data(), size_, 0.0f);
}

std::span<const float> Decimator::HalfBand::push(std::span<const float> x) {
  std::copy(x.begin(), x.end(), buffer_.data() + size_);
  size_ += x.size();
  const size_t width = 2 * reach() + 1;
  if (size_ < width) return {};
  const size_t n = (size_ - width) / 2 + 1;
  kernels::active().half_band(buffer_.data() + reach(), taps_.data(), taps_.size(), n, out_.data());
  size_ -= 2 * n;
  std::memmove(buffer_.data(), buffer_.data() + 2 * n, size_ * sizeof(float));
  return {out_.data(), n};
}

std::span<const float> Decimator::HalfBand::finish() {
  // As long as the filter rings after the last sample.
  static constexpr float SILENCE[MOST_RINGING] = {};
  const std::span<const float> rest = push({SILENCE, 2 * reach()});
  reset();
  return rest;
}

std::shared_ptr<OverlapSave> Decimator::make_overlap_save(size_t halvings) {
  return OverlapSave::make(2, 1, last_step(halvings));
}

Decimator::Decimator(size_t halvings, size_t at_most, std::shared_ptr<OverlapSave> overlap_save)
    : last_(2, 1, last_step(halvings), std::move(overlap_save)) {
  at_most = std::max(at_most, MOST_RINGING);
  for (size_t i = 1; i < halvings; ++i) {
    half_bands_.emplace_back(half_band_taps(halvings), at_most);
    at_most = half_bands_.back().max_outputs(at_most);
  }
}

size_t Decimator::max_outputs(size_t n) const {
  // finish() gives what the steps before the last still hold, and then what the last one does.
  size_t slower = n;
  for (const HalfBand& step : half_bands_)
    slower = step.max_outputs(slower + (n == 0 ? 2 * step.reach() : 0));
  return last_.max_outputs(slower) + (n == 0 ? last_.max_outputs(0) : 0);
}

size_t Decimator::delay() const {
  size_t sum = 0, factor = 1;
  for (const HalfBand& step : half_bands_) {
    sum += factor * (step.reach() - 1);
    factor *= 2;
  }
  return sum + factor * (static_cast<size_t>(last_.reach()) - 1);
}

size_t Decimator::push(std::span<const float> x, float* out) {
  taken_ += x.size();
  for (HalfBand& step : half_bands_) x = step.push(x);
  const size_t n = last_.push(x, out);
  written_ += n;
  return n;
}

size_t Decimator::finish(float* out) {
  size_t n = 0;
  // The ringing after the last sample is not lost: every step gives all that it holds to those behind it.
  for (size_t i = 0; i < half_bands_.size(); ++i) {
    std::span<const float> rest = half_bands_[i].finish();
    for (size_t j = i + 1; j < half_bands_.size(); ++j) rest = half_bands_[j].push(rest);
    n += last_.push(rest, out + n);
  }
  n += last_.finish(out + n);
  const size_t halvings = half_bands_.size() + 1;
  const uint64_t factor = uint64_t{1} << halvings, begun = taken_ % factor;
  const uint64_t total = taken_ / factor + (begun > 0 ? 1 : 0);
  n = static_cast<size_t>(std::min<uint64_t>(n, total - written_));
  // libsoxr rounds the number of samples where librosa rounds up, and librosa then appends a zero.
  if (begun > 0 && 2 * begun < factor) out[n - 1] = 0;
  reset();
  return n;
}

void Decimator::reset() {
  for (HalfBand& step : half_bands_) step.reset();
  last_.reset();
  taken_ = written_ = 0;
}

size_t Decimator::bytes() const {
  size_t sum = last_.bytes();
  for (const HalfBand& step : half_bands_) sum += step.bytes();
  return sum;
}

}  // namespace cochlea
