// Running medians by separable sorting networks (A. Adams, "Fast median filters using separable
// sorting networks", ACM Trans. Graph. 40(4), 2021), in one dimension.
//
// T neighbouring outputs share all but T - 1 elements of their windows. What they share, the core,
// is sorted once. Then the tile is halved again and again: each half merges the T/2 elements that
// its outputs share besides the core into it, and keeps only the ranks that can still become the
// median, which are as many as the half has outputs. The elements that come in are whole blocks of
// a power of two, so one bottom-up merge sort that keeps its levels (a pyramid) serves all halvings:
// about 22 minima or maxima per output for 31 taps, 58 for 255.
//
// Every loop over lanes surrounds straight-line scalar code, which the compiler turns into vector
// instructions. When elements are equal the networks may duplicate one and drop the other, so of +0
// and -0 in one window either may come out.
#pragma once

#include "lanes.h"
#include "median_layout.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {
namespace median {

constexpr size_t LINES = MEDIAN_WIDTH;

ALWAYS_INLINE void copy_row(const float* RESTRICT from, float* RESTRICT to) {
  LANE_LOOP
  for (size_t l = 0; l < LINES; ++l) to[l] = from[l];
}

ALWAYS_INLINE void exchange(float& a, float& b) {
  const float low = min_of(a, b);
  b = max_of(a, b);
  a = low;
}

// Batcher's odd-even merge of the sorted v[0], v[S], ... and v[N/2 * S], ...
template <int N, int S = 1>
ALWAYS_INLINE void merge_halves(float* v) {
  if constexpr (N == 2) {
    exchange(v[0], v[S]);
  } else {
    merge_halves<N / 2, 2 * S>(v);
    merge_halves<N / 2, 2 * S>(v + S);
    for (int i = 1; i + 1 < N; i += 2) exchange(v[i * S], v[(i + 1) * S]);
  }
}

// Sorts v, which first rises and then falls, or the other way round.
template <int N>
ALWAYS_INLINE void sort_bitonic(float* v) {
  if constexpr (N > 1) {
    for (int i = 0; i < N / 2; ++i) exchange(v[i], v[i + N / 2]);
    sort_bitonic<N / 2>(v);
    sort_bitonic<N / 2>(v + N / 2);
  }
}

// The widest network that is kept in registers.
constexpr int NETWORK = 8;

// The same for N rows in memory.
template <int N>
void sort_bitonic_rows(float* RESTRICT v) {
  if constexpr (N > NETWORK) {
    constexpr size_t HALF = N / 2 * LINES;
    LANE_LOOP
    for (size_t i = 0; i < HALF; ++i) exchange(v[i], v[i + HALF]);
    sort_bitonic_rows<N / 2>(v);
    sort_bitonic_rows<N / 2>(v + HALF);
  } else {
    LANE_LOOP
    for (size_t l = 0; l < LINES; ++l) {
      float x[N];
      for (int i = 0; i < N; ++i) x[i] = v[i * LINES + l];
      sort_bitonic<N>(x);
      for (int i = 0; i < N; ++i) v[i * LINES + l] = x[i];
    }
  }
}

// A pyramid of T rows: level i (blocks of 2^i rows) starts at row i * T; level 0 is the elements as
// they come.
template <int T>
constexpr size_t level(int block) {
  size_t index = 0;
  while ((1 << index) < block) ++index;
  return index * T * LINES;
}

// The lowest levels, up to blocks of B rows, of the B rows that stand at x + rows[i]; those from
// `valid` on count as infinite.
template <int T, int B>
void sort_run(const float* RESTRICT x, const size_t* RESTRICT rows, size_t valid,
              float* RESTRICT y) {
  float least[B];
  for (size_t i = 0; i < B; ++i) least[i] = i < valid ? -__builtin_inff() : __builtin_inff();
  LANE_LOOP
  for (size_t l = 0; l < LINES; ++l) {
    float v[B];
    for (int i = 0; i < B; ++i) v[i] = max_of(least[i], x[rows[i] + l]);
    for (int i = 0; i < B; ++i) y[i * LINES + l] = v[i];
    if constexpr (B >= 2) {
      for (int i = 0; i < B; i += 2) merge_halves<2>(v + i);
      for (int i = 0; i < B; ++i) y[level<T>(2) + i * LINES + l] = v[i];
    }
    if constexpr (B >= 4) {
      for (int i = 0; i < B; i += 4) merge_halves<4>(v + i);
      for (int i = 0; i < B; ++i) y[level<T>(4) + i * LINES + l] = v[i];
    }
    if constexpr (B >= 8) {
      merge_halves<8>(v);
      for (int i = 0; i < B; ++i) y[level<T>(8) + i * LINES + l] = v[i];
    }
  }
}

// Merges two sorted runs of H rows.
template <int H>
void merge_rows(const float* RESTRICT x, float* RESTRICT y) {
  if constexpr (H == NETWORK) {
    LANE_LOOP
    for (size_t l = 0; l < LINES; ++l) {
      float v[2 * H];
      for (int i = 0; i < 2 * H; ++i) v[i] = x[i * LINES + l];
      merge_halves<2 * H>(v);
      for (int i = 0; i < 2 * H; ++i) y[i * LINES + l] = v[i];
    }
  } else {
    for (int i = 0; i < H; ++i) {
      const float* RESTRICT a = x + i * LINES;
      const float* RESTRICT b = x + (2 * H - 1 - i) * LINES;
      float* RESTRICT low = y + i * LINES;
      float* RESTRICT high = y + (H + i) * LINES;
      LANE_LOOP
      for (size_t l = 0; l < LINES; ++l) {
        low[l] = min_of(a[l], b[l]);
        high[l] = max_of(a[l], b[l]);
      }
    }
    sort_bitonic_rows<H>(y);
    sort_bitonic_rows<H>(y + H * LINES);
  }
}

template <int T, int H>
void merge_level(size_t count, float* pyramid) {
  if constexpr (2 * H <= T) {
    for (size_t r = 0; r < count * LINES; r += 2 * H * LINES)
      merge_rows<H>(pyramid + level<T>(H) + r, pyramid + level<T>(2 * H) + r);
  }
}

// The pyramid of `count` rows, up to blocks of `top` rows; count is a multiple of top.
template <int T>
void build_pyramid(const float* x, const size_t* rows, size_t valid, size_t count, size_t top,
                   float* pyramid) {
  const auto sort_runs = [&]<int B>() {
    for (size_t r = 0; r < count; r += B)
      sort_run<T, B>(x, rows + r, valid > r ? valid - r : 0, pyramid + r * LINES);
  };
  if (top >= 8) {
    sort_runs.template operator()<8>();
  } else if (top == 4) {
    sort_runs.template operator()<4>();
  } else if (top == 2) {
    sort_runs.template operator()<2>();
  } else {
    sort_runs.template operator()<1>();
  }
  if (top >= 16) merge_level<T, 8>(count, pyramid);
  if (top >= 32) merge_level<T, 16>(count, pyramid);
  if (top >= 64) merge_level<T, 32>(count, pyramid);
  if (top >= 128) merge_level<T, 64>(count, pyramid);
}

// The H middle ranks of the 2 * H of `list` and the H of `block`, all sorted.
template <int H>
void narrow(const float* RESTRICT list, const float* RESTRICT block, float* RESTRICT out) {
  constexpr int N = H < NETWORK ? H : NETWORK;
  // The minimum leaves the lower two thirds, as a bitonic sequence; the maximum the upper half of
  // them.
  if constexpr (H == N) {
    LANE_LOOP
    for (size_t l = 0; l < LINES; ++l) {
      float v[H];
      for (int i = 0; i < H; ++i)
        v[i] = max_of(list[i * LINES + l],
                      min_of(list[(H + i) * LINES + l], block[(H - 1 - i) * LINES + l]));
      sort_bitonic<H>(v);
      for (int i = 0; i < H; ++i) out[i * LINES + l] = v[i];
    }
  } else {
    for (int i = 0; i < H; ++i) {
      LANE_LOOP
      for (size_t l = 0; l < LINES; ++l)
        out[i * LINES + l] = max_of(
            list[i * LINES + l], min_of(list[(H + i) * LINES + l], block[(H - 1 - i) * LINES + l]));
    }
    sort_bitonic_rows<H>(out);
  }
}

// The same in registers, down to the medians: v holds N candidates of N outputs, left and right
// point to lane l of the elements that come in on either side, T rows per level.
template <int T, int N>
ALWAYS_INLINE void finish(const float* v, const float* left, const float* right, float* out) {
  if constexpr (N == 1) {
    *out = v[0];
  } else {
    constexpr int H = N / 2;
    const float* l = left + level<T>(H);
    const float* r = right + level<T>(H);
    float a[H], b[H];
    for (int i = 0; i < H; ++i) {
      a[i] = max_of(v[i], min_of(v[H + i], l[(N - 1 - i) * LINES]));
      b[i] = max_of(v[i], min_of(v[H + i], r[(H - 1 - i) * LINES]));
    }
    sort_bitonic<H>(a);
    sort_bitonic<H>(b);
    finish<T, H>(a, left, right, out);
    finish<T, H>(b, left + H * LINES, right + H * LINES, out + H * LINES);
  }
}

template <int T, int N>
void finish_rows(const float* RESTRICT list, const float* RESTRICT left,
                 const float* RESTRICT right, float* RESTRICT out) {
  LANE_LOOP
  for (size_t l = 0; l < LINES; ++l) {
    float v[N];
    for (int i = 0; i < N; ++i) v[i] = list[i * LINES + l];
    finish<T, N>(v, left + l, right + l, out + l);
  }
}

template <int T, int N>
void descend(const float* list, const float* left, const float* right, float* scratch, float* out) {
  if constexpr (N <= NETWORK) {
    finish_rows<T, N>(list, left, right, out);
  } else {
    constexpr int H = N / 2;
    constexpr size_t ROWS = H * LINES;
    narrow<H>(list, left + level<T>(H) + ROWS, scratch);
    descend<T, H>(scratch, left, right, scratch + ROWS, out);
    narrow<H>(list, right + level<T>(H), scratch);
    descend<T, H>(scratch, left + ROWS, right + ROWS, scratch + ROWS, out + ROWS);
  }
}

template <int T>
void tiles(const float* x, const size_t* rows, size_t n, size_t size, float* scratch, float* out,
           size_t out_stride) {
  constexpr size_t ROWS = T * LINES;
  constexpr size_t PYRAMID = level<T>(T) + ROWS;
  float* left = scratch;
  float* core = left + PYRAMID;
  float* right = core + PYRAMID;
  float* const medians = right + PYRAMID;
  float* const halves = medians + ROWS;
  float* const list = halves + ROWS;
  const size_t shared = size - T + 1;
  // With T shared elements the core is itself a block, and a tile's right block the next one's core.
  const bool chained = shared == T;
  // Candidates are the ranks size / 2 - T + 1 to size / 2 of the core. Those that a core of fewer
  // elements does not have are infinite.
  float* const present = list + (T - 1 - size / 2) * LINES;
  if (chained) {
    build_pyramid<T>(x, rows, T, T, T, left);
    build_pyramid<T>(x, rows + T, T, T, T, core);
  } else {
    for (float* p = list; p < present; ++p) *p = -__builtin_inff();
    for (float* p = present; p < list + ROWS; ++p) *p = __builtin_inff();
  }
  size_t top = 1;
  while (top < shared) top *= 2;
  for (size_t t = 0; t < n; t += T, rows += T) {
    if (chained) {
      build_pyramid<T>(x, rows + 2 * T, T, T, T, right);
      descend<T, T>(core + level<T>(T), left, right, halves, medians);
    } else {
      build_pyramid<T>(x, rows, T, T, T / 2, left);
      build_pyramid<T>(x, rows + size + 1, T, T, T / 2, right);
      build_pyramid<T>(x, rows + T, shared, top, top, core);
      const float* const sorted = core + level<T>(top);
      for (size_t i = 0; i < shared; ++i) copy_row(sorted + i * LINES, present + i * LINES);
      descend<T, T>(list, left, right, halves, medians);
    }
    const size_t count = n - t < T ? n - t : T;
    for (size_t i = 0; i < count; ++i) copy_row(medians + i * LINES, out + (t + i) * out_stride);
    float* const free = left;
    left = core;
    core = right;
    right = free;
  }
}

}  // namespace median

// Medians of n outputs in each of MEDIAN_WIDTH lines: output i is element size / 2 of the sorted
// elements i to i + size - 1. Element j of the lines stands at x + rows[1 + j]; rows has
// median_rows(n, size) entries, scratch median_scratch(size) floats; size <= MEDIAN_NETWORK_SIZE.
void median_lines(const float* x, const size_t* rows, size_t n, int size, float* scratch,
                  float* out, size_t out_stride) {
  const auto run = [&]<int T>() {
    median::tiles<T>(x, rows, n, static_cast<size_t>(size), scratch, out, out_stride);
  };
  switch (median_tile(size)) {
    case 1:
      return run.template operator()<1>();
    case 2:
      return run.template operator()<2>();
    case 4:
      return run.template operator()<4>();
    case 8:
      return run.template operator()<8>();
    case 16:
      return run.template operator()<16>();
    case 32:
      return run.template operator()<32>();
    case 64:
      return run.template operator()<64>();
    case 128:
      return run.template operator()<128>();
  }
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
