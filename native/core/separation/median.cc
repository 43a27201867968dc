#include "core/separation/median.h"

#include <algorithm>

#include "kernels/dispatch.h"
#include "kernels/median_layout.h"

namespace cochlea {
namespace {

using kernels::MEDIAN_WIDTH;

// Medians along a strip that are computed at once: short enough for the strip to stay in the cache.
constexpr size_t SEGMENT = 512;

}  // namespace

MedianFilter::MedianFilter(const MedianWindow& window) : window_(window) {
  const size_t size = window.rows * window.columns;
  if (size > kernels::MEDIAN_NETWORK_SIZE) {
    sliding_.emplace(window);
    return;
  }
  const size_t repeats = std::min(window.rows, window.columns);
  const size_t width = MEDIAN_WIDTH + repeats - 1;
  const size_t positions = SEGMENT + std::max(window.rows, window.columns) - 1;
  strip_ = Aligned<float>(positions * width);
  medians_ = Aligned<float>(SEGMENT * repeats * MEDIAN_WIDTH);
  scratch_ = Aligned<float>(kernels::median_scratch(static_cast<int>(size)));
  along_.resize(positions);
  across_.resize(width);
  // Element j of the running window is element j % repeats of row j / repeats of the strip.
  rows_.resize(kernels::median_rows(SEGMENT * repeats, static_cast<int>(size)));
  for (size_t i = 0; i < rows_.size(); ++i) {
    const size_t j = std::min(i == 0 ? 0 : i - 1, positions * repeats - 1);
    rows_[i] = j / repeats * width + j % repeats;
  }
}

void MedianFilter::run(Grid<const float> x, size_t row, size_t column, Grid<float> out,
                       const Task& task) {
  if (sliding_.has_value()) {
    sliding_->run(x, row, column, out, task);
  } else {
    run_networks(x, row, column, out, task);
  }
}

// Fills the strip: positions p and on of the axis along which medians run, positions q and on of
// the lanes.
void MedianFilter::pack(const float* x, const Axis& along, const Axis& across, int64_t p,
                        size_t positions, int64_t q) {
  const size_t width = across_.size();
  const auto inside = [](int64_t i, int64_t first, size_t length) {
    return std::clamp<int64_t>(i, 0, static_cast<int64_t>(length)) - first;
  };
  for (size_t i = 0; i < positions; ++i)
    along_[i] = source_of(p + static_cast<int64_t>(i), along.length, window_.boundary);
  for (size_t l = 0; l < width; ++l)
    across_[l] = source_of(q + static_cast<int64_t>(l), across.length, window_.boundary);
  // What lies inside the matrix is copied by rows ...
  const size_t p0 = inside(p, p, along.length), p1 = inside(p + positions, p, along.length);
  const size_t q0 = inside(q, q, across.length), q1 = inside(q + width, q, across.length);
  if (p0 < p1 && q0 < q1) {
    const float* const first = x + (p + p0) * along.stride + (q + q0) * across.stride;
    float* const to = strip_.data() + p0 * width + q0;
    if (across.stride == 1) {
      for (size_t i = 0; i < p1 - p0; ++i)
        std::copy_n(first + i * along.stride, q1 - q0, to + i * width);
    } else {
      kernels::active().transpose(first, across.stride, q1 - q0, p1 - p0, to, width);
    }
  }
  // ... and the rest element by element.
  const auto fill = [&](size_t i, size_t l0, size_t l1) {
    for (size_t l = l0; l < l1; ++l) {
      const bool outside = along_[i] == OUTSIDE || across_[l] == OUTSIDE;
      strip_[i * width + l] =
          outside ? window_.outside : x[along_[i] * along.stride + across_[l] * across.stride];
    }
  };
  for (size_t i = 0; i < positions; ++i) {
    if (i < p0 || i >= p1) {
      fill(i, 0, width);
    } else {
      fill(i, 0, q0);
      fill(i, std::max(q0, q1), width);
    }
  }
}

// The medians run along the longer side of the window. A window of more than one line is taken as
// one running window over the strip's rows laid end to end, of which only every `repeats`-th median
// is kept: wasteful, and still far from what sorting each window costs.
void MedianFilter::run_networks(Grid<const float> x, size_t row, size_t column, Grid<float> out,
                                const Task& task) {
  const kernels::Table& kernel = kernels::active();
  const bool down = window_.rows >= window_.columns;
  const Axis vertical{window_.rows, x.rows, x.stride}, horizontal{window_.columns, x.columns, 1};
  const Axis& along = down ? vertical : horizontal;
  const Axis& across = down ? horizontal : vertical;
  const size_t length = down ? out.rows : out.columns;
  const size_t lanes = down ? out.columns : out.rows;
  const size_t p = down ? row : column, q = down ? column : row;
  const size_t repeats = across.size;
  const size_t segments = (length + SEGMENT - 1) / SEGMENT;
  for (size_t s = 0; s < segments; ++s) {
    const size_t begin = length * s / segments, count = length * (s + 1) / segments - begin;
    for (size_t lane = 0; lane < lanes; lane += MEDIAN_WIDTH) {
      if (task.cancelled()) return;
      const size_t live = std::min(MEDIAN_WIDTH, lanes - lane);
      pack(x.data, along, across,
           static_cast<int64_t>(p + begin) - static_cast<int64_t>(along.size / 2),
           count + along.size - 1,
           static_cast<int64_t>(q + lane) - static_cast<int64_t>(across.size / 2));
      const auto medians = [&](float* to, size_t stride) {
        kernel.median_lines(strip_.data(), rows_.data(), (count - 1) * repeats + 1,
                            static_cast<int>(along.size * repeats), scratch_.data(), to, stride);
      };
      float* const target =
          out.data + (down ? begin * out.stride + lane : lane * out.stride + begin);
      if (down && repeats == 1 && live == MEDIAN_WIDTH) {
        medians(target, out.stride);
        continue;
      }
      medians(medians_.data(), MEDIAN_WIDTH);
      const size_t step = repeats * MEDIAN_WIDTH;
      if (down) {
        for (size_t i = 0; i < count; ++i)
          std::copy_n(medians_.data() + i * step, live, target + i * out.stride);
      } else {
        kernel.transpose(medians_.data(), step, count, live, target, out.stride);
      }
    }
  }
}

Status median_filter(const Task& task, std::span<const float> x, size_t rows, size_t columns,
                     const MedianWindow& window, std::span<float> out) {
  MedianFilter filter(window);
  // Whole lines in the direction that the medians run, some milliseconds of work at a time.
  const bool down = window.rows >= window.columns;
  const size_t lines = down ? columns : rows, length = std::max<size_t>(down ? rows : columns, 1);
  const size_t step =
      filter.networks()
          ? std::max(MEDIAN_WIDTH, (size_t{1} << 18) / length / MEDIAN_WIDTH * MEDIAN_WIDTH)
          : std::max(size_t{1}, (size_t{1} << 13) / length);
  if (rows == 0 || columns == 0) return {};
  for (size_t line = 0; line < lines; line += step) {
    const size_t count = std::min(step, lines - line);
    const size_t row = down ? 0 : line, column = down ? line : 0;
    filter.run(
        {x.data(), rows, columns, columns}, row, column,
        {out.data() + row * columns + column, down ? rows : count, down ? count : columns, columns},
        task);
    if (task.cancelled()) return Status::cancelled();
    task.progress(static_cast<double>(line + count) / static_cast<double>(lines));
  }
  return {};
}

}  // namespace cochlea
