#include "core/tonal/cqt_stream.h"

#include <algorithm>
#include <cstring>

#include "kernels/dispatch.h"

namespace cochlea {

CqtStream::CqtStream(std::shared_ptr<const CqtPlan> plan, bool magnitudes)
    : engine_(plan, PadMode::constant, false),
      hop_(plan->octaves.front().hop << plan->early),
      bins_(plan->octaves.front().end),
      magnitudes_(magnitudes),
      // What may wait, twice, so that it is moved seldom.
      stride_(2 * (max_columns(0) + PIECE / hop_ + 2)),
      re_(bins_ * stride_),
      im_(bins_ * stride_) {}

size_t CqtStream::max_columns(size_t n) const {
  return n == 0 ? engine_.latency() / hop_ + 4 : n / hop_ + 2;
}

void CqtStream::Waiting::take(const Tile& tile) {
  const size_t end = stream.origin_ + stream.stride_;
  if (tile.column >= end) return;
  const size_t columns = std::min(tile.columns, end - tile.column);
  for (size_t r = 0; r < tile.rows; ++r) {
    const size_t to = (tile.row + r) * stream.stride_ + tile.column - stream.origin_;
    std::copy_n(tile.re + r * tile.stride, columns, stream.re_.data() + to);
    std::copy_n(tile.im + r * tile.stride, columns, stream.im_.data() + to);
  }
}

size_t CqtStream::push(std::span<const float> x, float* re, float* im) {
  const size_t room = max_columns(x.size());
  Waiting waiting(*this);
  size_t written = 0;
  for (size_t i = 0; i < x.size(); i += PIECE) {
    engine_.push(Task(), x.subspan(i, std::min(PIECE, x.size() - i)), waiting);
    hand_out(room, &written, re, im);
  }
  close_gaps(room, written, re, im);
  return written;
}

size_t CqtStream::finish(float* re, float* im) {
  if (engine_.empty()) return 0;
  const size_t room = max_columns(0);
  Waiting waiting(*this);
  size_t written = 0;
  engine_.finish(Task(), waiting);
  hand_out(room, &written, re, im);
  close_gaps(room, written, re, im);
  reset();
  return written;
}

void CqtStream::reset() {
  engine_.reset();
  origin_ = done_ = 0;
}

// Rows `room` apart become rows that follow each other.
void CqtStream::close_gaps(size_t room, size_t written, float* re, float* im) const {
  for (size_t r = 1; r < bins_; ++r) {
    std::memmove(re + r * written, re + r * room, written * sizeof(float));
    if (!magnitudes_) std::memmove(im + r * written, im + r * room, written * sizeof(float));
  }
}

// Appends the complete columns to the rows of the result, which are `room` apart.
void CqtStream::hand_out(size_t room, size_t* written, float* re, float* im) {
  const size_t n = std::min(engine_.complete() - done_, room - *written);
  for (size_t r = 0; r < bins_; ++r) {
    const size_t from = r * stride_ + done_ - origin_, to = r * room + *written;
    if (magnitudes_) {
      kernels::active().magnitude(re_.data() + from, im_.data() + from, n, re + to);
    } else {
      std::copy_n(re_.data() + from, n, re + to);
      std::copy_n(im_.data() + from, n, im + to);
    }
  }
  *written += n;
  done_ += n;
  const size_t waiting = std::max(engine_.furthest(), done_) - done_;
  if (done_ + waiting + PIECE / hop_ + 2 <= origin_ + stride_ - max_columns(0)) return;
  for (size_t r = 0; r < bins_; ++r) {
    float* const a = re_.data() + r * stride_;
    float* const b = im_.data() + r * stride_;
    std::memmove(a, a + (done_ - origin_), waiting * sizeof(float));
    std::memmove(b, b + (done_ - origin_), waiting * sizeof(float));
  }
  origin_ = done_;
}

}  // namespace cochlea
