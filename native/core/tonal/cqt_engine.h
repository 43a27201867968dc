// The constant-Q recursion on a signal that comes in pieces.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/runtime/aligned.h"
#include "core/runtime/task.h"
#include "core/signal/decimator.h"
#include "core/spectrum/pipeline.h"
#include "core/spectrum/stft.h"
#include "core/tonal/cqt.h"

namespace cochlea {

// The transform of a signal that comes in pieces. Scratch does not depend on the signal's length.
class CqtEngine {
 public:
  // `whole_tiles`: halve the rate by overlap-save in large blocks and transform whole tiles of
  // frames, for signals that are there as a whole. Otherwise every column is computed as soon as its
  // samples are there. Of no use if the task was cancelled meanwhile.
  CqtEngine(std::shared_ptr<const CqtPlan> plan, PadMode pad_mode, bool whole_tiles,
            const Task& task = {});

  // Takes samples and hands on the columns that they complete, complex tiles with the rows of one
  // octave: the octaves do not advance together. In pieces of at most CHUNK samples. What is left
  // undone when the task is cancelled is of no use.
  static constexpr size_t CHUNK = size_t{1} << 15;
  void push(const Task& task, std::span<const float> x, Stage& to);
  // Promises that what is pushed until finish() is y, which then need not be copied.
  void expect(std::span<const float> y) { whole_ = y; }
  // The columns that are left.
  void finish(const Task& task, Stage& to);
  void reset();

  // No samples since the start or the last finish().
  bool empty() const { return fed_ == 0; }
  // Columns that all octaves have handed on, and that any has.
  size_t complete() const;
  size_t furthest() const;

  // Without `whole_tiles` and padded with zeros: column t is complete after t * hop + latency() samples.
  size_t latency() const;

  size_t bytes() const;

 private:
  // One length of transform, shared by all octaves that have it.
  struct Transform {
    Transform(size_t n, const Task& task);
    Frames frames;
    Stft stft;
    Aligned<float> re, im;
  };
  struct Level {
    const CqtOctave* octave = nullptr;  // null: lowers the rate for the top octave
    Transform* transform = nullptr;
    std::unique_ptr<Decimator> decimator;  // in front of this level
    std::vector<float> slower;             // what came out of it
    std::vector<float> signal;             // from sample `base` on
    size_t base = 0, next = 0;             // `next`: the column to come
    bool at_input_rate = false;
  };

  // Samples that stay in a level behind a column's beginning: what the next columns need, and as much
  // again, because the padding at the end looks back.
  static size_t kept(const CqtOctave& octave);
  void feed(const Task& task, size_t level, std::span<const float> x, Stage& to);
  void transform(const Task& task, Level& level, bool last, Stage& to);

  const std::shared_ptr<const CqtPlan> plan_;
  const PadMode pad_mode_;
  const bool whole_tiles_;
  std::vector<std::unique_ptr<Transform>> transforms_;
  std::vector<Level> levels_;
  size_t early_ = 0;  // levels in front of the top octave's
  size_t fed_ = 0;    // samples
  std::span<const float> whole_;
  Aligned<float> tile_re_, tile_im_;
};

}  // namespace cochlea
