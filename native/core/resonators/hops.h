// Where the frames of a stream stand.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cochlea {

// How many multiples of hop_length lie among the next `samples` samples of a stream: its frames.
inline size_t count_hops(uint64_t position, size_t samples, size_t hop_length) {
  return static_cast<size_t>((position + samples) / hop_length - position / hop_length);
}

}  // namespace cochlea
