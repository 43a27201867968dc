// Features as compositions: a source hands out a matrix tile by tile, stages turn tiles into tiles, the
// last stage keeps what comes out.
//
//   Pipeline(power).add<SparseFilter>(bank).add<Decibels>(80).add<IntoMatrix>(out).run(task)
//
// Rows are bins, columns are frames. What a feature does with a signal and what it does with a given
// matrix differ in the source alone. The pipeline polls for cancellation and reports progress.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/runtime/status.h"
#include "core/runtime/task.h"
#include "core/spectrum/fft.h"

namespace cochlea {

// Rows [row, row + rows) and columns [column, column + columns) of a matrix: row r of column c is
// [r * stride + c], counted from the tile's first. Valid until the next one.
struct Tile {
  const float* re;
  const float* im;  // null: the matrix is real
  size_t stride;
  size_t row, rows;
  size_t column, columns;
};

struct Shape {
  size_t rows, columns;
  // How many columns a tile has at most, and whether it has all rows. If it has, the tiles come in
  // order; otherwise only those of the same rows do.
  size_t widest;
  bool all_rows = true;
};

// Where rows of a tile may be written, `stride` apart.
struct Place {
  float* data = nullptr;
  size_t stride = 0;

  Place or_else(float* other, size_t other_stride) const {
    return data == nullptr ? Place{other, other_stride} : *this;
  }
};

class Stage {
 public:
  virtual ~Stage() = default;

  // What a stage must see to make one column.
  enum class Needs { the_column, neighbours, everything };
  virtual Needs needs() const { return Needs::the_column; }

  // Makes ready for tiles of such a matrix and tells what will be handed on; once, before them.
  virtual Shape begin(const Shape& in) = 0;
  virtual void take(const Tile& tile) = 0;
  // Where a stage that keeps what it is given would copy a tile from this column on: one with all
  // rows of a real matrix may be made there, and need not be copied.
  virtual Place place(size_t /*column*/) { return {}; }
  // All tiles have come: a stage that needs everything does its work here.
  virtual Status end(const Task&) { return {}; }

  void hand_on_to(Stage* next) { next_ = next; }

 protected:
  Stage* next_ = nullptr;
};

// Anything that tiles come from. May be pushed more than once.
class Source {
 public:
  virtual ~Source() = default;
  virtual Shape shape() const = 0;
  // Hands all tiles to `to`, which is ready for them. Polls once per tile.
  virtual Status push(const Task& task, Stage& to) = 0;
};

// A source whose columns can be had in any order, into memory that is given: up to FFT_TILE columns
// from t on, row r of column t + c to re[r * stride + c] and, if the matrix is complex, im[same].
// Columns of `re` up to FFT_TILE may be overwritten, if `stride` has room for them.
class ColumnSource : public Source {
 public:
  virtual void read(size_t t, size_t columns, float* re, float* im, size_t stride) = 0;
  virtual bool complex() const { return false; }
  Status push(const Task& task, Stage& to) override;

 private:
  Aligned<float> re_, im_;
};

// A matrix [rows][columns] that is there; nothing is copied.
class MatrixSource final : public ColumnSource {
 public:
  MatrixSource(std::span<const float> re, size_t rows, size_t columns,
               std::span<const float> im = {});
  Shape shape() const override;
  void read(size_t t, size_t columns, float* re, float* im, size_t stride) override;
  bool complex() const override { return im_ != nullptr; }
  Status push(const Task& task, Stage& to) override;

 private:
  const float* re_;
  const float* im_;
  size_t rows_, columns_;
};

// For a real source that is read twice: keeps its first columns, up to 16 MB of them.
class KeptSource final : public Source {
 public:
  explicit KeptSource(ColumnSource& source);
  Shape shape() const override { return source_.shape(); }
  Status push(const Task& task, Stage& to) override;

 private:
  const float* tile(size_t t, size_t columns);

  ColumnSource& source_;
  const size_t tile_size_, kept_;  // of a tile in floats, how many tiles there is room for
  size_t known_ = 0;               // tiles that are kept, in order
  Aligned<float> tiles_;
};

class Pipeline {
 public:
  // `source` must outlive this.
  explicit Pipeline(Source& source) : source_(source) {}

  template <class S, class... Arguments>
  Pipeline& add(Arguments&&... arguments) {
    stages_.push_back(std::make_unique<S>(std::forward<Arguments>(arguments)...));
    return *this;
  }

  // From the source to the last stage, once. A stage that needs everything has its share of the
  // progress after the source.
  Status run(const Task& task);

 private:
  Source& source_;
  std::vector<std::unique_ptr<Stage>> stages_;
};

}  // namespace cochlea
