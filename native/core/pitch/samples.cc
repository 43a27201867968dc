#include "core/pitch/samples.h"

#include <algorithm>
#include <cstring>

namespace cochlea {

const float* PaddedSamples::read(int64_t start, size_t count, float* scratch) const {
  const int64_t size = static_cast<int64_t>(signal_.size());
  const int64_t pad = static_cast<int64_t>(pad_);
  const int64_t first = start - pad;
  const int64_t end = first + static_cast<int64_t>(count);
  if (first >= 0 && end <= size) return signal_.data() + first;
  for (int64_t p = first; p < end;) {
    if (p >= 0 && p < size) {
      const int64_t stop = std::min(end, size);
      std::memcpy(scratch + (p - first), signal_.data() + p,
                  static_cast<size_t>(stop - p) * sizeof(float));
      p = stop;
    } else {
      const bool inside = p >= -pad && p < size + pad;
      scratch[p - first] = inside ? padded_sample(signal_, p, pad_, mode_) : 0.0f;
      ++p;
    }
  }
  return scratch;
}

}  // namespace cochlea
