#include "core/spectrum/four_step.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/runtime/plan_cache.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

using kernels::FFT_TILE;

constexpr size_t ROW = 2 * FFT_TILE;  // floats of a complex row of a tile

// The divisor of n that makes the sides most equal; if it can be, a multiple of the tile's lanes.
size_t side_of(size_t n) {
  const size_t step = n % (FFT_TILE * FFT_TILE) == 0 ? FFT_TILE : 1;
  size_t side = static_cast<size_t>(std::sqrt(static_cast<double>(n))) / step * step;
  while (n % side != 0 || (n / side) % step != 0) side -= step;
  return side;
}

}  // namespace

FourStepFft::FourStepFft(size_t n)
    : rows_(side_of(n)),
      columns_(n / rows_),
      down_(std::make_unique<const TilePlan>(rows_, TilePlan::Order::forward, false)),
      along_(std::make_unique<const TilePlan>(columns_, TilePlan::Order::forward, false)),
      twiddles_(n),
      lane_twiddles_(rows_ * ROW) {
  for (size_t k = 0; k < rows_; ++k) {
    for (size_t l = 0; l < FFT_TILE; ++l) {
      const Twiddle w = twiddles_(k * l);
      lane_twiddles_[k * ROW + l] = w.re;
      lane_twiddles_[k * ROW + FFT_TILE + l] = w.im;
    }
  }
}

size_t FourStepFft::scratch_size() const {
  const size_t groups = (rows_ + FFT_TILE - 1) / FFT_TILE;
  return groups * along_->tile_size() + std::max(down_->tile_size(), columns_ * ROW) +
         (rows_ + FFT_TILE) * ROW;
}

size_t FourStepFft::bytes() const {
  return down_->bytes() + along_->bytes() + twiddles_.bytes() + heap_bytes(lane_twiddles_);
}

// Columns [column, column + FFT_TILE), as many as there are. Bin k goes to group k / FFT_TILE: a
// tile of rows, each in its own lane.
void FourStepFft::transform_columns(size_t column, const float* re, const float* im, float* tile,
                                    float* bins, float* groups) const {
  const auto& kernels = kernels::active();
  const size_t lanes = std::min(FFT_TILE, columns_ - column);
  for (size_t r = 0; r < rows_; ++r) {
    float* const row = tile + down_->row(r);
    const size_t at = r * columns_ + column;
    if (lanes == FFT_TILE) {
      // A few instructions, where a call of memmove would cost more than the copy.
      std::memcpy(row, re + at, FFT_TILE * sizeof(float));
      std::memcpy(row + FFT_TILE, im + at, FFT_TILE * sizeof(float));
    } else {
      std::fill_n(row, ROW, 0.0f);
      std::copy_n(re + at, lanes, row);
      std::copy_n(im + at, lanes, row + FFT_TILE);
    }
  }
  kernels.fft_tile(&down_->get(), tile, bins, ROW);
  for (size_t k = 0; k < rows_; ++k) {
    const Twiddle w = twiddles_(k * column);
    const double* const lane_re = &lane_twiddles_[k * ROW];
    const double* const lane_im = lane_re + FFT_TILE;
    float* const row = bins + k * ROW;
    for (size_t l = 0; l < FFT_TILE; ++l) {
      const float w_re = static_cast<float>(w.re * lane_re[l] - w.im * lane_im[l]);
      const float w_im = static_cast<float>(w.re * lane_im[l] + w.im * lane_re[l]);
      const float a = row[l], b = row[FFT_TILE + l];
      row[l] = a * w_re - b * w_im;
      row[FFT_TILE + l] = a * w_im + b * w_re;
    }
  }
  const size_t run = along_->get().run;
  for (size_t k = 0; k < rows_; k += FFT_TILE) {
    const size_t count = std::min(FFT_TILE, rows_ - k);
    float* const group = groups + k / FFT_TILE * along_->tile_size();
    for (size_t l = 0; l < lanes;) {
      // Rows of one run of the tile.
      const size_t piece = std::min(lanes - l, run - (column + l) % run);
      float* const to = group + along_->row(column + l);
      const float* const from = bins + k * ROW + l;
      kernels.transpose(from, ROW, count, piece, to, ROW);
      kernels.transpose(from + FFT_TILE, ROW, count, piece, to + FFT_TILE, ROW);
      l += piece;
    }
  }
}

void FourStepFft::forward(const float* re, const float* im, float* out_re, float* out_im,
                          float* scratch, const Task& task) const {
  const size_t group_count = (rows_ + FFT_TILE - 1) / FFT_TILE;
  float* const groups = scratch;
  float* const tile = groups + group_count * along_->tile_size();
  float* const bins = tile + std::max(down_->tile_size(), columns_ * ROW);
  // Lanes that no row fills must hold numbers too.
  if (rows_ % FFT_TILE != 0) {
    std::fill_n(groups + (group_count - 1) * along_->tile_size(), along_->tile_size(), 0.0f);
  }
  for (size_t column = 0; column < columns_; column += FFT_TILE) {
    if (task.cancelled()) return;
    transform_columns(column, re, im, tile, bins, groups);
  }
  for (size_t k = 0; k < rows_; k += FFT_TILE) {
    if (task.cancelled()) return;
    kernels::active().fft_tile(&along_->get(), groups + k / FFT_TILE * along_->tile_size(), tile,
                               ROW);
    const size_t count = std::min(FFT_TILE, rows_ - k);
    for (size_t c = 0; c < columns_; ++c) {
      const float* const row = tile + c * ROW;
      const size_t at = c * rows_ + k;
      if (count == FFT_TILE) {
        std::memcpy(out_re + at, row, FFT_TILE * sizeof(float));
        std::memcpy(out_im + at, row + FFT_TILE, FFT_TILE * sizeof(float));
      } else {
        std::copy_n(row, count, out_re + at);
        std::copy_n(row + FFT_TILE, count, out_im + at);
      }
    }
  }
}

}  // namespace cochlea
