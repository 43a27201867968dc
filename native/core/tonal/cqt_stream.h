// The constant-Q transform of a signal that comes in blocks of any length.
#pragma once

#include <memory>
#include <span>

#include "core/runtime/aligned.h"
#include "core/tonal/cqt_engine.h"

namespace cochlea {

// The columns of cqt() for a signal padded with zeros, each as soon as the samples of its longest
// filter are there. Allocates nothing after construction.
class CqtStream {
 public:
  CqtStream(std::shared_ptr<const CqtPlan> plan, bool magnitudes);

  size_t bins() const { return bins_; }
  bool magnitudes() const { return magnitudes_; }
  // Column t comes with sample t * hop + latency() - 1.
  size_t latency() const { return engine_.latency(); }
  // The most columns that a push of n samples can complete; those of finish(), if n is 0.
  size_t max_columns(size_t n) const;

  // Write [bins][returned], for which there must be room for max_columns(); `im` is not looked at
  // for magnitudes.
  size_t push(std::span<const float> x, float* re, float* im);
  // The columns that are left when the signal ends here, none if there were no samples. The next push
  // begins another signal.
  size_t finish(float* re, float* im);
  void reset();
  size_t bytes() const { return engine_.bytes() + 2 * re_.size() * sizeof(float); }

 private:
  // Samples after which columns are handed out.
  static constexpr size_t PIECE = size_t{1} << 12;
  // Keeps what the engine hands on.
  struct Waiting final : Stage {
    explicit Waiting(CqtStream& stream) : stream(stream) {}
    Shape begin(const Shape& in) override { return in; }
    void take(const Tile& tile) override;
    CqtStream& stream;
  };
  void hand_out(size_t room, size_t* written, float* re, float* im);

  void close_gaps(size_t room, size_t written, float* re, float* im) const;

  CqtEngine engine_;
  const size_t hop_, bins_;
  const bool magnitudes_;
  const size_t stride_;
  Aligned<float> re_, im_;  // columns from origin_ on, until the slowest octave has them
  size_t origin_ = 0, done_ = 0;
};

}  // namespace cochlea
