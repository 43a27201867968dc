#include "core/separation/sliding_median.h"

#include <algorithm>
#include <bit>

namespace cochlea {
namespace {

// Ranks of the histogram that are skipped at once.
constexpr size_t RANKS = 64;
// Steps along a line whose elements are ranked together; more for a longer window, so that most of
// what is ranked is new.
constexpr size_t STEPS = 4096;

// An integer that orders as the float does, with -0 before +0.
uint32_t key_of(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  return bits >> 31 != 0 ? ~bits : bits | 0x80000000u;
}
float value_of(uint32_t key) {
  return std::bit_cast<float>(key >> 31 != 0 ? key & 0x7fffffffu : ~key);
}

// Sorts by the upper half, digit by digit; `spare` is as long.
void radix_sort(const Task& task, std::vector<uint64_t>& keys, std::vector<uint64_t>& spare) {
  constexpr int DIGIT_BITS = 11;
  constexpr size_t DIGITS = size_t{1} << DIGIT_BITS;
  for (int shift = 32; shift < 64; shift += DIGIT_BITS) {
    const auto digit = [shift](uint64_t key) { return (key >> shift) % DIGITS; };
    size_t start[DIGITS] = {};
    in_blocks(task, keys.size(), [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) ++start[digit(keys[i])];
    });
    size_t sum = 0;
    for (size_t& first : start) {
      const size_t count = first;
      first = sum;
      sum += count;
    }
    in_blocks(task, sum, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) spare[start[digit(keys[i])]++] = keys[i];
    });
    std::swap(keys, spare);
  }
}

// Notes a visit to an element of an axis.
template <class Seen>
void see(std::vector<Seen>& seen, std::vector<int32_t>& places, int64_t source, int64_t times) {
  int32_t& place = places[static_cast<size_t>(source)];
  if (place < 0) {
    place = static_cast<int32_t>(seen.size());
    seen.push_back({source, 0});
  }
  seen[static_cast<size_t>(place)].times += times;
}

}  // namespace

// What the windows of `steps` steps see, and how often the first of them does.
void SlidingMedian::see_along(const Task& task, const Axis& along, int64_t first, size_t steps) {
  place_along_.assign(static_cast<size_t>(along.length), -1);
  along_.clear();
  const int64_t last = static_cast<int64_t>(steps) - 1;
  const auto visit = [&](int64_t begin, int64_t count, bool counted) {
    visit_sources(task, begin, count, along.length, window_.boundary,
                  [&](int64_t source, int64_t times) {
                    if (source != OUTSIDE) see(along_, place_along_, source, counted ? times : 0);
                  });
  };
  visit(first, along.size, true);
  visit(first + along.size, last, false);
  leaving_.resize(steps);
  coming_.resize(steps);
  const auto place = [&](int64_t i) -> int64_t {
    const int64_t source = source_of(i, along.length, window_.boundary);
    return source == OUTSIDE ? OUTSIDE : place_along_[static_cast<size_t>(source)];
  };
  for (int64_t i = 0; i < last && !task.cancelled(); ++i) {
    leaving_[static_cast<size_t>(i)] = place(first + i);
    coming_[static_cast<size_t>(i)] = place(first + i + along.size);
  }
}

void SlidingMedian::see_across(const Task& task, const Axis& across, int64_t first) {
  place_across_.resize(static_cast<size_t>(across.length), -1);
  across_.clear();
  outside_across_ = 0;
  visit_sources(task, first, across.size, across.length, window_.boundary,
                [&](int64_t source, int64_t times) {
                  if (source == OUTSIDE) {
                    outside_across_ += times;
                  } else {
                    see(across_, place_across_, source, times);
                  }
                });
  for (const Seen& seen : across_) place_across_[static_cast<size_t>(seen.source)] = -1;
}

void SlidingMedian::rank(const Task& task, const float* x, const Axis& along, const Axis& across) {
  const size_t width = across_.size(), size = along_.size() * width + 1;
  keys_.resize(size);
  sorted_.resize(size);
  rank_.resize(size);
  for (size_t a = 0; a < along_.size() && !task.cancelled(); ++a) {
    const float* const line = x + static_cast<size_t>(along_[a].source) * along.stride;
    for (size_t c = 0; c < width; ++c) {
      const float value = line[static_cast<size_t>(across_[c].source) * across.stride];
      const size_t place = a * width + c;
      keys_[place] = uint64_t{key_of(value)} << 32 | place;
    }
  }
  keys_[size - 1] = uint64_t{key_of(window_.outside)} << 32 | (size - 1);
  radix_sort(task, keys_, sorted_);
  if (task.cancelled()) return;
  in_blocks(task, size, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) rank_[keys_[i] & UINT32_MAX] = static_cast<uint32_t>(i);
  });
}

void SlidingMedian::count(size_t rank, int64_t change) {
  counts_[rank] += change;
  sums_[rank / RANKS] += change;
  if (rank < at_) below_ += change;
}

// The elements of a line across the window.
void SlidingMedian::count_line(int64_t along, int64_t sign, int64_t across_size) {
  const size_t width = across_.size();
  if (along == OUTSIDE) return count(rank_.back(), sign * across_size);
  const uint32_t* const ranks = rank_.data() + static_cast<size_t>(along) * width;
  for (size_t c = 0; c < width; ++c) count(ranks[c], sign * across_[c].times);
  if (outside_across_ > 0) count(rank_.back(), sign * outside_across_);
}

// The window of the first step.
void SlidingMedian::fill(const Task& task, const Axis& along, const Axis& across) {
  counts_.assign(keys_.size(), 0);
  sums_.assign(keys_.size() / RANKS + 1, 0);
  at_ = 0;
  below_ = 0;
  int64_t outside = along.size;
  for (size_t a = 0; a < along_.size() && !task.cancelled(); ++a) {
    if (along_[a].times == 0) continue;
    count_line(static_cast<int64_t>(a), along_[a].times, across.size);
    outside -= along_[a].times;
  }
  if (outside > 0) count_line(OUTSIDE, outside, across.size);
}

// Moves to the rank at which the median stands now.
void SlidingMedian::settle() {
  while (below_ > middle_) {
    if (at_ % RANKS == 0 && below_ - sums_[at_ / RANKS - 1] > middle_) {
      at_ -= RANKS;
      below_ -= sums_[at_ / RANKS];
    } else {
      --at_;
      below_ -= counts_[at_];
    }
  }
  while (below_ + counts_[at_] <= middle_) {
    if (at_ % RANKS == 0 && below_ + sums_[at_ / RANKS] <= middle_) {
      below_ += sums_[at_ / RANKS];
      at_ += RANKS;
    } else {
      below_ += counts_[at_];
      ++at_;
    }
  }
}

void SlidingMedian::slide(const Task& task, const Axis& across, size_t steps, float* out,
                          size_t stride) {
  const size_t steps_between_looks = 1 + (size_t{1} << 14) / across_.size();
  for (size_t t = 0; t < steps; ++t) {
    if (t % steps_between_looks == 0 && task.cancelled()) return;
    if (t > 0) {
      count_line(leaving_[t - 1], -1, across.size);
      count_line(coming_[t - 1], 1, across.size);
    }
    settle();
    out[t * stride] = value_of(static_cast<uint32_t>(keys_[at_] >> 32));
  }
}

void SlidingMedian::run(Grid<const float> x, size_t row, size_t column, Grid<float> out,
                        const Task& task) {
  const bool down = window_.rows >= window_.columns;
  const Axis vertical{static_cast<int64_t>(window_.rows), static_cast<int64_t>(x.rows), x.stride};
  const Axis horizontal{static_cast<int64_t>(window_.columns), static_cast<int64_t>(x.columns), 1};
  const Axis& along = down ? vertical : horizontal;
  const Axis& across = down ? horizontal : vertical;
  const size_t length = down ? out.rows : out.columns, lines = down ? out.columns : out.rows;
  const size_t out_step = down ? out.stride : 1, out_line = down ? 1 : out.stride;
  const int64_t first_along = static_cast<int64_t>(down ? row : column) - along.size / 2;
  const int64_t first_across = static_cast<int64_t>(down ? column : row) - across.size / 2;
  middle_ = along.size * across.size / 2;
  const size_t most = std::max(STEPS, 2 * static_cast<size_t>(along.size));
  for (size_t begin = 0; begin < length; begin += most) {
    const size_t steps = std::min(most, length - begin);
    see_along(task, along, first_along + static_cast<int64_t>(begin), steps);
    for (size_t line = 0; line < lines; ++line) {
      see_across(task, across, first_across + static_cast<int64_t>(line));
      rank(task, x.data, along, across);
      if (task.cancelled()) return;
      fill(task, along, across);
      if (task.cancelled()) return;
      slide(task, across, steps, out.data + begin * out_step + line * out_line, out_step);
    }
  }
}

}  // namespace cochlea
