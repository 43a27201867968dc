// The coefficients of a bank's recurrences (bank.h has the algebra), and the steps that use them.
//
// A step of a block is a dense product, of the samples with the kernels K1 and K2 of each resonator, and a
// short recurrence. The kernels of neighbouring resonators are nearly dependent: over a block, a narrow
// band of frequencies spans few dimensions. Where a group of resonators spans few enough, its kernels
// are stored as an orthonormal basis times coefficients, and the product is done in those two steps; the
// first for two groups together, whose bases are narrow for the multipliers.
#pragma once

#include <vector>

#include "core/resonators/parameters.h"
#include "core/runtime/aligned.h"
#include "core/runtime/task.h"
#include "kernels/resonator_layout.h"

namespace cochlea {

class ResonatorKernels {
 private:
  static constexpr size_t RANK = 48;  // most dimensions of a group for which a basis pays
  static constexpr size_t RANK_STEP = 16;

 public:
  static constexpr size_t PANEL = kernels::RESONATOR_PANEL;
  static constexpr size_t STATE =
      kernels::RESONATOR_STATE_ROWS * PANEL;  // floats of a panel's state
  static constexpr size_t BLOCK = 64;         // samples between grid points
  static constexpr size_t TILE_BLOCKS = 64;   // blocks of one step, at most
  static constexpr size_t GROUP_PANELS = 8;   // panels of one step
  static constexpr size_t GROUP = GROUP_PANELS * PANEL;
  static constexpr size_t COLUMNS = GROUP_PANELS * STATE;  // kernels of a group

  // Designed for these parameters. If the task is cancelled meanwhile, the object must not be used.
  ResonatorKernels(const Task& task, const ResonatorParameters& parameters);

  size_t bytes() const;
  size_t panels() const { return panels_; }

  // A group in the making.
  struct Workspace {
    Aligned<double> kernels{BLOCK * COLUMNS};  // [BLOCK][COLUMNS]
    Aligned<double> basis{RANK * BLOCK};       // [RANK][BLOCK]
  };
  // Resonators are designed in pairs of groups, because the columns of a group's basis begin where those
  // of the group before end.
  static constexpr size_t PAIR = 2 * GROUP;
  void design_pair(const ResonatorParameters& parameters, size_t first_bin, Workspace& work);

  // Advances the states of the group that begins with this panel by whole blocks, at most TILE_BLOCKS.
  // trail() then holds the group's states after each block. Groups of the same samples must come in
  // their order, from the first: the second of a pair uses what the first has projected.
  void advance_blocks(size_t first_panel, const float* x, size_t blocks, float* states);
  const float* trail() const { return trail_.data(); }  // [GROUP_PANELS][TILE_BLOCKS][STATE]

  // Advances the states of these panels by n samples.
  void advance_samples(size_t first_panel, size_t panels, const float* x, size_t n,
                       float* states) const;

 private:
  void clear_pair(size_t first_bin);
  void design_resonator(const ResonatorParameters& parameters, size_t bin, Workspace& work);
  void design_group(const ResonatorParameters& parameters, size_t first_panel, Workspace& work);
  size_t basis_width(size_t group) const;   // the rank, rounded up to RANK_STEP
  size_t basis_offset(size_t group) const;  // in the rows of a pair

  size_t panels_;
  Aligned<float> block_kernel_;         // [panels][BLOCK][STATE]
  std::vector<size_t> ranks_;           // of each group's basis; 0 where the kernels stand alone
  Aligned<float> bases_;                // [pairs of groups][BLOCK][2 * RANK], one after the other
  Aligned<float> mixing_;               // [panels][rank][STATE]
  Aligned<float> block_coefficients_;   // [panels][RESONATOR_BLOCK_ROWS][PANEL]
  Aligned<float> sample_coefficients_;  // [panels][RESONATOR_SAMPLE_ROWS][PANEL]
  Aligned<float> projected_;  // [TILE_BLOCKS][2 * RANK]: blocks on the bases of a pair of groups
  Aligned<float> trail_;
};

}  // namespace cochlea
