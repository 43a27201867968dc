// What the median kernel and its caller agree on. No code that could be emitted: tier objects
// include it.
#pragma once

#include <stddef.h>

namespace cochlea::kernels {

// Medians are computed for this many neighbouring lines at once, on every tier: one cache line.
static constexpr size_t MEDIAN_WIDTH = 16;
// The longest window that the networks take.
static constexpr int MEDIAN_NETWORK_SIZE = 255;

// Outputs per tile: the largest power of two not above the window's size.
static constexpr size_t median_tile(int size) {
  size_t tile = 1;
  while (tile * 2 <= static_cast<size_t>(size)) tile *= 2;
  return tile;
}

// Entries of the table of rows for n outputs. Entry 0 and those past n + size - 1 may point to
// anything readable.
static constexpr size_t median_rows(size_t n, int size) {
  const size_t tile = median_tile(size);
  return (n + tile - 1) / tile * tile + static_cast<size_t>(size) + 1;
}

// Floats of scratch: three blocks with a row per element and level, and three tiles of lists.
static constexpr size_t median_scratch(int size) {
  const size_t tile = median_tile(size);
  size_t levels = 1;
  while ((size_t{1} << levels) <= tile) ++levels;
  return (3 * levels + 3) * tile * MEDIAN_WIDTH;
}

}  // namespace cochlea::kernels
