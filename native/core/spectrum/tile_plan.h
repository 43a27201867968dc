// What the kernels transform a tile by (kernels/fft.h): its radices, level by level, and twiddles.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/fft_plan.h"

namespace cochlea {

// Complex transforms of a length whose factors are 2, 3 and 5.
class TilePlan {
 public:
  enum class Order { forward, reversed };  // of the levels; the inverse real transform reverses

  static bool supports(size_t n);
  // With `real`, also what turns the complex transform of interleaved samples into the real one.
  TilePlan(size_t n, Order order, bool real);
  TilePlan(const TilePlan&) = delete;
  TilePlan& operator=(const TilePlan&) = delete;

  const kernels::FftPlan& get() const { return plan_; }
  size_t tile_size() const { return plan_.size / plan_.run * plan_.run_stride; }
  // Where complex row i of a tile begins.
  size_t row(size_t i) const {
    return i / plan_.run * plan_.run_stride + i % plan_.run * 2 * kernels::FFT_TILE;
  }
  size_t bytes() const;

 private:
  kernels::FftPlan plan_{};
  std::vector<std::vector<float>> twiddles_;
  std::vector<size_t> residue_, block_;
  std::vector<float> split_;
};

}  // namespace cochlea
