// What the FFT kernels read: the radices of a transform, level by level, and its tables. Built by
// core/spectrum/tile_plan.cc. Nothing but plain data: tier objects include it.
#pragma once

#include <stddef.h>

namespace cochlea::kernels {

// Transforms in a tile, side by side: the same on every tier, so that a row is one cache line.
constexpr size_t FFT_TILE = 16;
// Those of the double-precision transform (fft64.h).
constexpr size_t FFT64_TILE = 8;
// The radix of the next pass of a double-precision transform that has a product of `left` to do: radix
// 2 is the last one.
static constexpr size_t fft64_radix(size_t left) {
  if (left % 4 == 0) return 4;
  if (left % 3 == 0) return 3;
  return left % 5 == 0 ? 5 : 2;
}
// A level is a transform of at most this length, which is done inside the first-level cache.
constexpr size_t FFT_LEVEL = 64;
// Floats between two runs of rows of a tile: one complex row.
constexpr size_t FFT_PADDING = 2 * FFT_TILE;

struct FftPass {
  int radix;
  // (radix - 1) complex factors for each residue of the pass, for each block of the level;
  // nullptr where all are 1.
  const float* twiddles;
};

struct FftLevel {
  size_t size;    // its length, the product of its radices
  size_t before;  // product of the sizes of the levels before: its number of blocks
  size_t after;   // product of the sizes of the levels behind: columns in a block
  int passes;
  FftPass pass[4];
};

struct FftPlan {
  size_t size;
  int levels;
  FftLevel level[12];
  // For each block of the last level, the residue modulo `before` of the bins it yields; and for
  // each residue the block that yields it.
  const size_t* residue;
  const size_t* block;
  // exp(-pi i k / size) / 2 for k <= size: turns the complex transform of interleaved real
  // samples into the real one. nullptr in plans that are not used so.
  const float* split;
  // A tile's rows come in runs with padding between them (core/spectrum/fft.h says why): complex rows in a
  // run, floats from one run to the next.
  size_t run;
  size_t run_stride;
};

}  // namespace cochlea::kernels
