#include "core/spectrum/stages.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/spectrum/spectrum.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

// Columns that a stage makes at once: what the source hands out, unless so many rows of it would
// not stay in the cache.
size_t width_for(size_t rows, size_t widest) {
  constexpr size_t ELEMENTS = size_t{1} << 16;
  const size_t fitting = ELEMENTS / std::max<size_t>(rows, 1) / FFT_TILE * FFT_TILE;
  return std::min(widest, std::max(fitting, FFT_TILE));
}

// Calls piece(offset, columns) for pieces of at most `width` columns.
template <class Piece>
void in_pieces(const Tile& tile, size_t width, Piece&& piece) {
  for (size_t c = 0; c < tile.columns; c += width) piece(c, std::min(width, tile.columns - c));
}

}  // namespace

Shape SparseFilter::begin(const Shape& in) {
  width_ = width_for(bank_->rows(), in.widest);
  out_ = Aligned<float>(bank_->rows() * width_);
  return {bank_->rows(), in.columns, width_};
}

void SparseFilter::take(const Tile& tile) {
  in_pieces(tile, width_, [&](size_t c, size_t columns) {
    const auto [out, stride] = next_->place(tile.column + c).or_else(out_.data(), width_);
    const float* weights = bank_->weights.data();
    for (size_t m = 0; m < bank_->rows(); ++m) {
      const size_t count = bank_->count[m];
      kernels::active().gemm(weights, count, tile.re + bank_->first[m] * tile.stride + c,
                             tile.stride, out + m * stride, stride, 1, columns, count, false);
      weights += count;
    }
    next_->take({out, nullptr, stride, 0, bank_->rows(), tile.column + c, columns});
  });
}

Shape Magnitudes::begin(const Shape& in) {
  width_ = width_for(in.rows, in.widest);
  out_ = Aligned<float>(in.rows * width_);
  return {in.rows, in.columns, width_, in.all_rows};
}

void Magnitudes::take(const Tile& tile) {
  in_pieces(tile, width_, [&](size_t c, size_t columns) {
    for (size_t r = 0; r < tile.rows; ++r) {
      const size_t from = r * tile.stride + c;
      kernels::active().magnitude(tile.re + from, tile.im + from, columns,
                                  out_.data() + r * width_);
    }
    next_->take({out_.data(), nullptr, width_, tile.row, tile.rows, tile.column + c, columns});
  });
}

Shape WholeMatrix::begin(const Shape& in) {
  shape_ = in;
  matrix_ = Aligned<float>(in.rows * in.columns);
  return MatrixSource(matrix_, in.rows, in.columns).shape();
}

Place WholeMatrix::place(size_t column) { return {matrix_.data() + column, shape_.columns}; }

void WholeMatrix::take(const Tile& tile) {
  if (tile.re == matrix_.data() + tile.column && tile.row == 0) return;  // made in its place
  for (size_t r = 0; r < tile.rows; ++r) {
    std::copy_n(tile.re + r * tile.stride, tile.columns,
                matrix_.data() + (tile.row + r) * shape_.columns + tile.column);
  }
}

Status WholeMatrix::end(const Task& task) {
  if (Status status = work(task.part(0, 0.5), matrix_, shape_.rows, shape_.columns); !status.ok())
    return status;
  return MatrixSource(matrix_, shape_.rows, shape_.columns).push(task.part(0.5, 1), *next_);
}

Shape DenseFilter::begin(const Shape& in) {
  bins_ = in.rows;
  columns_ = in.columns;
  summed_ = !in.all_rows;
  if (summed_) {
    width_ = columns_;
    out_ = Aligned<float>(rows_ * columns_, 0.0f);
    return MatrixSource(out_, rows_, columns_).shape();
  }
  width_ = width_for(rows_, in.widest);
  out_ = Aligned<float>(rows_ * width_);
  return {rows_, columns_, width_};
}

void DenseFilter::take(const Tile& tile) {
  const kernels::Table& kernel = kernels::active();
  if (summed_) {
    kernel.gemm(weights_.data() + tile.row, bins_, tile.re, tile.stride, out_.data() + tile.column,
                width_, rows_, tile.columns, tile.rows, true);
    return;
  }
  in_pieces(tile, width_, [&](size_t c, size_t columns) {
    const auto [out, stride] = next_->place(tile.column + c).or_else(out_.data(), width_);
    kernel.gemm(weights_.data(), bins_, tile.re + c, tile.stride, out, stride, rows_, columns,
                bins_, false);
    next_->take({out, nullptr, stride, 0, rows_, tile.column + c, columns});
  });
}

Status DenseFilter::end(const Task& task) {
  if (!summed_) return {};
  return MatrixSource(out_, rows_, columns_).push(task, *next_);
}

Shape Changing::begin(const Shape& in) {
  width_ = width_for(in.rows, in.widest);
  copy_ = Aligned<float>(in.rows * width_);
  return {in.rows, in.columns, width_, in.all_rows};
}

void Changing::take(const Tile& tile) {
  in_pieces(tile, width_, [&](size_t c, size_t columns) {
    for (size_t r = 0; r < tile.rows; ++r)
      std::copy_n(tile.re + r * tile.stride + c, columns, copy_.data() + r * width_);
    change(copy_.data(), width_, tile.rows, columns);
    next_->take({copy_.data(), nullptr, width_, tile.row, tile.rows, tile.column + c, columns});
  });
}

void Elementwise::change(float* tile, size_t stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; ++r) function_(tile + r * stride, columns);
}

namespace {

void normalise_columns(float* data, size_t stride, size_t rows, size_t columns, double exponent) {
  constexpr size_t BLOCK = 64;
  for (size_t t0 = 0; t0 < columns; t0 += BLOCK) {
    const size_t n = std::min(BLOCK, columns - t0);
    double norms[BLOCK] = {};
    for (size_t r = 0; r < rows; ++r) {
      const float* const row = data + r * stride + t0;
      for (size_t t = 0; t < n; ++t) {
        const double x = std::fabs(double{row[t]});
        if (std::isinf(exponent)) {
          norms[t] = x > norms[t] ? x : norms[t];
        } else if (exponent == 1) {
          norms[t] += x;
        } else if (exponent == 2) {
          norms[t] += x * x;
        } else {
          norms[t] += exponent == 0 ? (x > 0 ? 1 : 0) : std::pow(x, exponent);
        }
      }
    }
    for (size_t t = 0; t < n; ++t) {
      if (exponent == 2) norms[t] = std::sqrt(norms[t]);
      if (exponent != 0 && exponent != 1 && exponent != 2 && !std::isinf(exponent)) {
        norms[t] = std::pow(norms[t], 1 / exponent);
      }
      norms[t] = norms[t] < std::numeric_limits<float>::min() ? 1 : 1 / norms[t];
    }
    for (size_t r = 0; r < rows; ++r) {
      float* const row = data + r * stride + t0;
      for (size_t t = 0; t < n; ++t) row[t] = static_cast<float>(row[t] * norms[t]);
    }
  }
}

}  // namespace

Shape Normalise::begin(const Shape& in) { return std::isnan(exponent_) ? in : Changing::begin(in); }

void Normalise::take(const Tile& tile) {
  if (std::isnan(exponent_)) return next_->take(tile);
  Changing::take(tile);
}

void Normalise::change(float* tile, size_t stride, size_t rows, size_t columns) {
  normalise_columns(tile, stride, rows, columns, exponent_);
}

Status Decibels::work(const Task& task, Aligned<float>& matrix, size_t, size_t) {
  return decibels(task, matrix, 10, 1, 1e-10, top_db_, matrix);
}

Shape Flux::begin(const Shape& in) {
  lag_ = std::min(lag_, in.columns);
  width_ = width_for(in.rows, in.widest);
  stride_ = lag_ + width_;
  before_ = Aligned<float>(in.rows * stride_, std::numeric_limits<float>::infinity());
  out_ = Aligned<float>(in.rows * width_);
  return {in.rows, in.columns, width_};
}

void Flux::take(const Tile& tile) {
  const size_t below = size_ / 2, above = size_ - 1 - below;
  in_pieces(tile, width_, [&](size_t c, size_t columns) {
    for (size_t r = 0; r < tile.rows; ++r) {
      const float* const x = tile.re + r * tile.stride + c;
      float* const before = before_.data() + r * stride_;
      // Beyond the first and the last row the matrix is mirrored: that adds nothing to a maximum.
      std::copy_n(x, columns, before + lag_);
      const size_t end = std::min(tile.rows, r + above + 1);
      for (size_t i = r - std::min(r, below); i < end; ++i) {
        const float* const other = tile.re + i * tile.stride + c;
        for (size_t t = 0; t < columns; ++t)
          before[lag_ + t] = std::max(before[lag_ + t], other[t]);
      }
      float* const out = out_.data() + r * width_;
      for (size_t t = 0; t < columns; ++t) out[t] = std::max(0.0f, x[t] - before[t]);
      std::copy_n(before + columns, lag_, before);
    }
    next_->take({out_.data(), nullptr, width_, 0, tile.rows, tile.column + c, columns});
  });
}

float OverRows::mean(std::span<float> column) {
  double sum = 0;
  for (const float value : column) sum += value;
  return static_cast<float>(sum / static_cast<double>(column.size()));
}

// numpy.median: the mean of the two middle values, in single precision.
float OverRows::median(std::span<float> column) {
  const auto middle = column.begin() + static_cast<ptrdiff_t>(column.size() / 2);
  std::nth_element(column.begin(), middle, column.end());
  if (column.size() % 2 == 1) return *middle;
  return (*std::max_element(column.begin(), middle) + *middle) / 2;
}

Shape OverRows::begin(const Shape& in) {
  column_.resize(in.rows);
  row_ = Aligned<float>(in.widest);
  return {1, in.columns, in.widest};
}

void OverRows::take(const Tile& tile) {
  for (size_t t = 0; t < tile.columns; ++t) {
    for (size_t r = 0; r < tile.rows; ++r) column_[r] = tile.re[r * tile.stride + t];
    row_[t] = function_(column_);
  }
  next_->take({row_.data(), nullptr, tile.columns, 0, 1, tile.column, tile.columns});
}

void Section::take(const Tile& tile) {
  if (tile.column >= columns_) return;
  Tile part = tile;
  part.row += row_;
  part.columns = std::min(tile.columns, columns_ - tile.column);
  next_->take(part);
}

Shape IntoMatrix::begin(const Shape& in) {
  if (!stride_) stride_ = in.columns;
  columns_ = in.columns;
  return in;
}

Place IntoMatrix::place(size_t column) {
  // Columns that are dropped have no place.
  return columns_ > *stride_ ? Place{} : Place{re_.data() + column, *stride_};
}

void IntoMatrix::take(const Tile& tile) {
  if (tile.column >= *stride_) return;
  if (tile.re == re_.data() + tile.column && tile.row == 0) return;  // made in its place
  const size_t columns = std::min(tile.columns, *stride_ - tile.column);
  for (size_t r = 0; r < tile.rows; ++r) {
    const size_t to = (tile.row + r) * *stride_ + tile.column;
    std::copy_n(tile.re + r * tile.stride, columns, re_.data() + to);
    if (!im_.empty()) std::copy_n(tile.im + r * tile.stride, columns, im_.data() + to);
  }
}

}  // namespace cochlea
