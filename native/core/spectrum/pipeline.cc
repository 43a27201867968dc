#include "core/spectrum/pipeline.h"

#include <algorithm>

namespace cochlea {

Status ColumnSource::push(const Task& task, Stage& to) {
  const Shape all = shape();
  const size_t size = all.rows * FFT_TILE;
  if (re_.size() < size) re_ = Aligned<float>(size, 0.0f);
  if (complex() && im_.size() < size) im_ = Aligned<float>(size, 0.0f);
  for (size_t t = 0; t < all.columns; t += FFT_TILE) {
    if (task.cancelled()) return Status::cancelled();
    const size_t columns = std::min(FFT_TILE, all.columns - t);
    read(t, columns, re_.data(), im_.data(), FFT_TILE);
    if (task.cancelled()) return Status::cancelled();
    to.take({re_.data(), complex() ? im_.data() : nullptr, FFT_TILE, 0, all.rows, t, columns});
    task.progress(t + columns, all.columns);
  }
  return {};
}

MatrixSource::MatrixSource(std::span<const float> re, size_t rows, size_t columns,
                           std::span<const float> im)
    : re_(re.data()), im_(im.empty() ? nullptr : im.data()), rows_(rows), columns_(columns) {}

Shape MatrixSource::shape() const {
  // Wide enough that a row's piece is worth a page, and no more than some milliseconds of work.
  constexpr size_t WIDEST = 256, ELEMENTS = size_t{1} << 20;
  const size_t widest = ELEMENTS / std::max<size_t>(rows_, 1) / FFT_TILE * FFT_TILE;
  return {rows_, columns_, std::clamp(widest, 2 * FFT_TILE, WIDEST)};
}

void MatrixSource::read(size_t t, size_t columns, float* re, float* im, size_t stride) {
  for (size_t r = 0; r < rows_; ++r) {
    std::copy_n(re_ + r * columns_ + t, columns, re + r * stride);
    if (im_ != nullptr) std::copy_n(im_ + r * columns_ + t, columns, im + r * stride);
  }
}

Status MatrixSource::push(const Task& task, Stage& to) {
  const size_t widest = shape().widest;
  for (size_t t = 0; t < columns_; t += widest) {
    if (task.cancelled()) return Status::cancelled();
    const size_t columns = std::min(widest, columns_ - t);
    to.take({re_ + t, im_ == nullptr ? nullptr : im_ + t, columns_, 0, rows_, t, columns});
    task.progress(t + columns, columns_);
  }
  return {};
}

KeptSource::KeptSource(ColumnSource& source)
    : source_(source),
      tile_size_(source.shape().rows * FFT_TILE),
      kept_(std::min((source.shape().columns + FFT_TILE - 1) / FFT_TILE,
                     (size_t{16} << 20) / (tile_size_ * sizeof(float)))),
      tiles_((kept_ + 1) * tile_size_) {}

const float* KeptSource::tile(size_t t, size_t columns) {
  const size_t index = std::min(t / FFT_TILE, kept_);
  float* const tile = tiles_.data() + index * tile_size_;
  if (index < known_) return tile;
  if (index < kept_) known_ = index + 1;
  source_.read(t, columns, tile, nullptr, FFT_TILE);
  return tile;
}

Status KeptSource::push(const Task& task, Stage& to) {
  const Shape all = shape();
  for (size_t t = 0; t < all.columns; t += FFT_TILE) {
    if (task.cancelled()) return Status::cancelled();
    const size_t columns = std::min(FFT_TILE, all.columns - t);
    to.take({tile(t, columns), nullptr, FFT_TILE, 0, all.rows, t, columns});
    task.progress(t + columns, all.columns);
  }
  return {};
}

Status Pipeline::run(const Task& task) {
  Shape shape = source_.shape();
  size_t ends = 0;
  for (size_t i = 0; i < stages_.size(); ++i) {
    shape = stages_[i]->begin(shape);
    if (i > 0) stages_[i - 1]->hand_on_to(stages_[i].get());
    if (stages_[i]->needs() == Stage::Needs::everything) ++ends;
  }
  const double first = ends == 0 ? 1 : 0.8;
  if (Status status = source_.push(task.part(0, first), *stages_.front()); !status.ok())
    return status;
  double from = first;
  for (const auto& stage : stages_) {
    double to = from;
    if (stage->needs() == Stage::Needs::everything) to += (1 - first) / static_cast<double>(ends);
    if (Status status = stage->end(task.part(from, to)); !status.ok()) return status;
    from = to;
  }
  return {};
}

}  // namespace cochlea
