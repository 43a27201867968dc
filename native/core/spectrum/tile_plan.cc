#include "core/spectrum/tile_plan.h"

#include <algorithm>

#include "core/runtime/plan_cache.h"
#include "core/spectrum/twiddles.h"

namespace cochlea {
namespace {

using kernels::FFT_TILE;
using kernels::FftLevel;

constexpr size_t ROW = 2 * FFT_TILE;  // floats of a complex row of a tile

// The radices of n, level by level, or nothing if it has another factor than 2, 3 and 5. See
// kernels/fft.h for why so.
std::vector<std::vector<size_t>> levels_of(size_t n) {
  size_t twos = 0;
  while (n % 2 == 0) {
    n /= 2;
    ++twos;
  }
  std::vector<size_t> radices;
  if (twos % 2 == 1) {
    radices.push_back(twos > 1 ? 8 : 2);
    twos -= twos > 1 ? 3 : 1;
  }
  for (const size_t radix : {5, 3}) {
    while (n % radix == 0) {
      n /= radix;
      radices.push_back(radix);
    }
  }
  if (n != 1) return {};
  radices.insert(radices.end(), twos / 2, 4);

  // Filled from the back, so that what is left over makes the first level, whose first pass has no
  // twiddles, the short one.
  std::vector<std::vector<size_t>> levels(1);
  size_t size = 1;
  while (!radices.empty()) {
    const size_t radix = radices.back();
    if (size * radix > kernels::FFT_LEVEL) {
      levels.insert(levels.begin(), std::vector<size_t>());
      size = 1;
    }
    size *= radix;
    levels.front().insert(levels.front().begin(), radix);
    radices.pop_back();
  }
  return levels;
}

}  // namespace

bool TilePlan::supports(size_t n) {
  for (const size_t factor : {2, 3, 5}) {
    while (n % factor == 0) n /= factor;
  }
  return n == 1;
}

TilePlan::TilePlan(size_t n, Order order, bool real) : residue_{0} {
  auto levels = levels_of(n);
  if (order == Order::reversed) std::reverse(levels.begin(), levels.end());
  plan_.size = n;
  plan_.levels = static_cast<int>(levels.size());
  size_t before = 1;
  for (size_t d = 0; d < levels.size(); ++d) {
    FftLevel& level = plan_.level[d];
    level.size = 1;
    level.before = before;
    level.passes = static_cast<int>(levels[d].size());
    for (size_t p = 0; p < levels[d].size(); ++p) {
      const size_t radix = levels[d][p];
      level.pass[p] = {static_cast<int>(radix), nullptr};
      const size_t done = before * level.size;
      if (done > 1) {
        std::vector<float>& table = twiddles_.emplace_back();
        table.reserve(done * (radix - 1) * 2);
        for (size_t block = 0; block < before; ++block) {
          for (size_t k = 0; k < level.size; ++k) {
            for (size_t i = 1; i < radix; ++i) {
              const Twiddle w = twiddle((residue_[block] + before * k) * i, done * radix);
              table.push_back(static_cast<float>(w.re));
              table.push_back(static_cast<float>(w.im));
            }
          }
        }
        level.pass[p].twiddles = table.data();
      }
      level.size *= radix;
    }
    level.after = n / (before * level.size);
    if (d + 1 < levels.size()) {
      std::vector<size_t> next;
      next.reserve(before * level.size);
      for (const size_t residue : residue_) {
        for (size_t k = 0; k < level.size; ++k) next.push_back(residue + before * k);
      }
      residue_ = std::move(next);
      before *= level.size;
    }
  }
  block_.resize(before);
  for (size_t block = 0; block < before; ++block) block_[residue_[block]] = block;
  plan_.residue = residue_.data();
  plan_.block = block_.data();
  if (levels.size() == 1) {
    plan_.run = n;
    plan_.run_stride = n * ROW;
  } else {
    plan_.run = plan_.level[0].after;
    plan_.run_stride = plan_.run * ROW + kernels::FFT_PADDING;
  }
  if (real) {
    split_.reserve(2 * (n + 1));
    for (size_t k = 0; k <= n; ++k) {
      const Twiddle w = twiddle(k, 2 * n);
      split_.push_back(static_cast<float>(0.5 * w.re));
      split_.push_back(static_cast<float>(0.5 * w.im));
    }
    plan_.split = split_.data();
  }
}

size_t TilePlan::bytes() const {
  size_t bytes = heap_bytes(residue_) + heap_bytes(block_) + heap_bytes(split_);
  for (const auto& table : twiddles_) bytes += heap_bytes(table);
  return bytes + heap_bytes(twiddles_);
}

}  // namespace cochlea
