#include "core/pitch/pitch_tracker.h"

#include <algorithm>
#include <cstring>

namespace cochlea {
namespace {

// Whole frames in one piece of memory.
class BufferedSamples final : public Samples {
 public:
  explicit BufferedSamples(const float* first) : first_(first) {}
  const float* read(int64_t start, size_t, float*) const override { return first_ + start; }

 private:
  const float* first_;
};

}  // namespace

PitchTracker::PitchTracker(const YinShape& shape, size_t lead, double sample_rate, double threshold)
    : shape_(shape),
      lead_(lead),
      sample_rate_(sample_rate),
      threshold_(threshold),
      difference_(shape),
      buffer_(capacity() + FFT_TILE * shape.hop + shape.max_period, 0.0f) {
  difference_.reserve();
  reset();
}

void PitchTracker::reset() {
  std::fill_n(buffer_.data(), lead_, 0.0f);
  filled_ = lead_;
  started_ = false;
}

// Null x: zeros.
size_t PitchTracker::append(const float* x, size_t count, float* f0, float* aperiodicity) {
  size_t written = 0;
  while (count > 0) {
    const size_t taken = std::min(count, capacity() - filled_);
    if (x == nullptr) {
      std::fill_n(buffer_.data() + filled_, taken, 0.0f);
    } else {
      std::memcpy(buffer_.data() + filled_, x, taken * sizeof(float));
      x += taken;
    }
    filled_ += taken;
    count -= taken;
    if (filled_ < shape_.frame_length) continue;
    const size_t lanes = (filled_ - shape_.frame_length) / shape_.hop + 1;
    YinPitch pitch[FFT_TILE];
    const float* const tile = difference_.tile(BufferedSamples(buffer_.data()), 0, lanes);
    pick_pitch(shape_, tile, lanes, sample_rate_, threshold_, pitch);
    for (size_t l = 0; l < lanes; ++l, ++written) {
      f0[written] = pitch[l].f0;
      if (aperiodicity != nullptr) aperiodicity[written] = pitch[l].aperiodicity;
    }
    filled_ -= lanes * shape_.hop;
    std::memmove(buffer_.data(), buffer_.data() + lanes * shape_.hop, filled_ * sizeof(float));
  }
  return written;
}

size_t PitchTracker::push(std::span<const float> x, float* f0, float* aperiodicity) {
  started_ = started_ || !x.empty();
  return append(x.data(), x.size(), f0, aperiodicity);
}

size_t PitchTracker::finish(float* f0, float* aperiodicity) {
  const size_t written = started_ ? append(nullptr, lead_, f0, aperiodicity) : 0;
  reset();
  return written;
}

}  // namespace cochlea
