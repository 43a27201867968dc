#include "core/spectrum/frames.h"

#include <algorithm>
#include <cstring>

namespace cochlea {

size_t Frames::count(size_t samples, size_t length, size_t hop, PadMode mode) {
  const size_t padded = samples + (mode == PadMode::none ? 0 : length / 2 * 2);
  return padded < length ? 0 : 1 + (padded - length) / hop;
}

Frames::Frames(std::span<const float> signal, size_t length, size_t hop, PadMode mode)
    : signal_(signal),
      length_(length),
      hop_(hop),
      pad_(mode == PadMode::none ? 0 : length / 2),
      count_(count(signal.size(), length, hop, mode)),
      mode_(mode),
      tail_frame_(count_),
      tail_start_(0) {
  const size_t head_frames = (pad_ + hop - 1) / hop;
  const size_t inside = signal.size() + pad_;
  const size_t first_past_end = inside < length ? 0 : (inside - length) / hop + 1;
  if (first_past_end > head_frames) {
    tail_frame_ = first_past_end;
    tail_start_ = first_past_end * hop - pad_;
  }
}

const float* Frames::read(size_t t, float* scratch) const {
  const int64_t size = static_cast<int64_t>(signal_.size());
  const int64_t start = static_cast<int64_t>(t * hop_) - static_cast<int64_t>(pad_);
  const int64_t end = start + static_cast<int64_t>(length_);
  if (start >= 0 && end <= size) return signal_.data() + start;
  const int64_t inside_start = std::clamp<int64_t>(start, 0, size),
                inside_end = std::clamp<int64_t>(end, 0, size);
  const size_t first = t >= tail_frame_ ? tail_start_ : 0;
  const auto padded = [&](int64_t p) {
    return padded_sample(signal_.subspan(first), p - static_cast<int64_t>(first), pad_, mode_);
  };
  for (int64_t p = start; p < std::min<int64_t>(end, 0); ++p) scratch[p - start] = padded(p);
  if (inside_end > inside_start) {
    std::memcpy(scratch + (inside_start - start), signal_.data() + inside_start,
                static_cast<size_t>(inside_end - inside_start) * sizeof(float));
  }
  for (int64_t p = std::max<int64_t>(start, size); p < end; ++p) scratch[p - start] = padded(p);
  return scratch;
}

float padded_sample(std::span<const float> x, int64_t p, size_t pad, PadMode mode) {
  const int64_t size = static_cast<int64_t>(x.size());
  const auto at = [x](int64_t i) { return x[static_cast<size_t>(i)]; };
  const auto wrap = [p](int64_t period) { return ((p % period) + period) % period; };
  switch (mode) {
    case PadMode::none:
    case PadMode::constant:
      return 0;
    case PadMode::edge:
      return at(p < 0 ? 0 : size - 1);
    case PadMode::reflect: {
      if (size == 1) return x[0];
      const int64_t q = wrap(2 * (size - 1));
      return at(std::min(q, 2 * (size - 1) - q));
    }
    case PadMode::symmetric: {
      const int64_t q = wrap(2 * size);
      return at(std::min(q, 2 * size - 1 - q));
    }
    case PadMode::linear_ramp: {
      const double n = static_cast<double>(pad);
      return p < 0 ? static_cast<float>(double{x[0]} * (n + static_cast<double>(p)) / n)
                   : static_cast<float>(double{x[x.size() - 1]} *
                                        (n - 1 - static_cast<double>(p - size)) / n);
    }
  }
  return 0;
}

}  // namespace cochlea
