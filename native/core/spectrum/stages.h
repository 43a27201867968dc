// The stages and sinks that features of several rooms are composed of.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/spectrum/pipeline.h"

namespace cochlea {

// A filter bank whose filters have few neighbouring bins each.
struct SparseBank {
  std::vector<size_t> first, count;  // of each filter's bins
  Aligned<float> weights;            // one filter's behind the other's

  size_t rows() const { return first.size(); }
  size_t bytes() const { return weights.size() * sizeof(float) + 2 * rows() * sizeof(size_t); }
};

// A row for each filter: the sum of its bins, weighted.
class SparseFilter final : public Stage {
 public:
  explicit SparseFilter(std::shared_ptr<const SparseBank> bank) : bank_(std::move(bank)) {}
  Shape begin(const Shape& in) override;
  void take(const Tile& tile) override;

 private:
  const std::shared_ptr<const SparseBank> bank_;
  size_t width_ = 0;
  Aligned<float> out_;
};

// |x| of a complex matrix.
class Magnitudes final : public Stage {
 public:
  Shape begin(const Shape& in) override;
  void take(const Tile& tile) override;

 private:
  size_t width_ = 0;
  Aligned<float> out_;
};

// A stage that keeps the whole matrix, and works on it when all of it is there.
class WholeMatrix : public Stage {
 public:
  Needs needs() const override { return Needs::everything; }
  Shape begin(const Shape& in) override;
  void take(const Tile& tile) override;
  Place place(size_t column) override;
  Status end(const Task& task) final;

 protected:
  // In place.
  virtual Status work(const Task& task, Aligned<float>& matrix, size_t rows, size_t columns) = 0;

 private:
  Shape shape_{};
  Aligned<float> matrix_;
};

// The product with a dense matrix [rows][in.rows]. Of a source that does not hand out all rows at
// once the products are summed, and handed on in the end.
class DenseFilter final : public Stage {
 public:
  // `weights` must outlive this.
  DenseFilter(std::span<const float> weights, size_t rows) : weights_(weights), rows_(rows) {}
  Needs needs() const override { return summed_ ? Needs::everything : Needs::the_column; }
  Shape begin(const Shape& in) override;
  void take(const Tile& tile) override;
  Status end(const Task& task) override;

 private:
  const std::span<const float> weights_;
  const size_t rows_;
  size_t bins_ = 0, columns_ = 0, width_ = 0;
  bool summed_ = false;
  Aligned<float> out_;
};

// A stage that changes copies of the tiles, so that the matrix keeps its shape.
class Changing : public Stage {
 public:
  Shape begin(const Shape& in) override;
  void take(const Tile& tile) override;

 protected:
  // In place; rows `stride` apart.
  virtual void change(float* tile, size_t stride, size_t rows, size_t columns) = 0;

 private:
  size_t width_ = 0;
  Aligned<float> copy_;
};

// Every value by itself: f(values, n) changes n of them in place.
class Elementwise final : public Changing {
 public:
  using Function = std::function<void(float* values, size_t n)>;
  explicit Elementwise(Function function) : function_(std::move(function)) {}

 protected:
  void change(float* tile, size_t stride, size_t rows, size_t columns) override;

 private:
  const Function function_;
};

// Divides each column by its norm: any exponent >= 0, infinity, or NaN for none. A column whose
// norm is below the smallest normal float stays as it is.
class Normalise final : public Changing {
 public:
  explicit Normalise(double exponent) : exponent_(exponent) {}
  Shape begin(const Shape& in) override;
  void take(const Tile& tile) override;

 protected:
  void change(float* tile, size_t stride, size_t rows, size_t columns) override;

 private:
  const double exponent_;
};

// Decibels of a power, 10 log10(max(1e-10, x)), raised to at least the matrix's maximum - top_db.
class Decibels final : public WholeMatrix {
 public:
  explicit Decibels(double top_db) : top_db_(top_db) {}

 protected:
  Status work(const Task& task, Aligned<float>& matrix, size_t rows, size_t columns) override;

 private:
  const double top_db_;
};

// What every value has more than the maximum of `size` neighbouring rows had `lag` columns before; 0
// if it has less, and for the first `lag` columns.
class Flux final : public Stage {
 public:
  Flux(size_t lag, size_t size) : lag_(lag), size_(size) {}
  Needs needs() const override { return Needs::neighbours; }
  Shape begin(const Shape& in) override;
  void take(const Tile& tile) override;

 private:
  size_t lag_;
  const size_t size_;
  size_t width_ = 0, stride_ = 0;
  Aligned<float> before_;  // maxima of the last `lag` columns, then of the tile
  Aligned<float> out_;
};

// One row: a mean or median of each column.
class OverRows final : public Stage {
 public:
  using Function = float (*)(std::span<float> column);
  static float mean(std::span<float> column);
  static float median(std::span<float> column);  // sorts the column
  explicit OverRows(Function function) : function_(function) {}
  Shape begin(const Shape& in) override;
  void take(const Tile& tile) override;

 private:
  const Function function_;
  std::vector<float> column_;
  Aligned<float> row_;
};

// Makes a source's tiles part of a larger matrix: they begin at row `row`, and columns from `columns`
// on are dropped.
class Section final : public Stage {
 public:
  Section(size_t row, size_t columns, Stage& to) : row_(row), columns_(columns) { hand_on_to(&to); }
  Shape begin(const Shape& in) override { return in; }
  void take(const Tile& tile) override;

 private:
  const size_t row_, columns_;
};

// The last stage: rows `stride` apart, which is the number of columns unless given. Columns past
// `stride` are dropped.
class IntoMatrix final : public Stage {
 public:
  explicit IntoMatrix(std::span<float> re, std::span<float> im = {},
                      std::optional<size_t> stride = {})
      : re_(re), im_(im), stride_(stride) {}
  Shape begin(const Shape& in) override;
  void take(const Tile& tile) override;
  Place place(size_t column) override;

 private:
  const std::span<float> re_, im_;
  std::optional<size_t> stride_;
  size_t columns_ = 0;
};

}  // namespace cochlea
