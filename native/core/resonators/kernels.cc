#include "core/resonators/kernels.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <utility>

#include "kernels/dispatch.h"

namespace cochlea {
namespace {

constexpr size_t BLOCK_ROWS = kernels::RESONATOR_BLOCK_ROWS;
constexpr size_t SAMPLE_ROWS = kernels::RESONATOR_SAMPLE_ROWS;

size_t round_up(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

}  // namespace

ResonatorKernels::ResonatorKernels(const Task& task, const ResonatorParameters& parameters)
    : panels_((parameters.size() + PANEL - 1) / PANEL),
      block_kernel_(panels_ * BLOCK * STATE),
      ranks_((panels_ + GROUP_PANELS - 1) / GROUP_PANELS, 0),
      bases_(round_up(ranks_.size(), 2) * BLOCK * RANK),
      mixing_(panels_ * RANK * STATE),
      block_coefficients_(panels_ * BLOCK_ROWS * PANEL),
      sample_coefficients_(panels_ * SAMPLE_ROWS * PANEL),
      projected_(TILE_BLOCKS * 2 * RANK, 0.0f),
      trail_(GROUP_PANELS * TILE_BLOCKS * STATE, 0.0f) {
  Workspace work;
  for (size_t first = 0; first < parameters.size() && !task.cancelled(); first += PAIR) {
    clear_pair(first);
    design_pair(parameters, first, work);
  }
}

// The lanes that fill the last panel, and the columns beyond a basis, stay zero.
void ResonatorKernels::clear_pair(size_t first_bin) {
  const size_t first_panel = first_bin / PANEL, first_group = first_bin / GROUP;
  const auto clear = [](Aligned<float>& of, size_t each, size_t first, size_t count) {
    float* const from = of.data() + first * each;
    std::fill(from, std::min(from + count * each, of.end()), 0.0f);
  };
  for (const auto& [array, each] : {std::pair{&block_kernel_, BLOCK * STATE},
                                    {&mixing_, RANK * STATE},
                                    {&block_coefficients_, BLOCK_ROWS * PANEL},
                                    {&sample_coefficients_, SAMPLE_ROWS * PANEL}})
    clear(*array, each, first_panel, 2 * GROUP_PANELS);
  clear(bases_, BLOCK * RANK, first_group, 2);
}

size_t ResonatorKernels::bytes() const {
  return (block_kernel_.size() + bases_.size() + mixing_.size() + block_coefficients_.size() +
          sample_coefficients_.size() + projected_.size() + trail_.size()) *
             sizeof(float) +
         ranks_.size() * sizeof(size_t);
}

// The columns of one resonator in the block kernel and its coefficients, in double.
void ResonatorKernels::design_resonator(const ResonatorParameters& parameters, size_t bin,
                                        Workspace& work) {
  using Complex = std::complex<double>;
  const double alpha = parameters.alphas[bin], beta = parameters.betas[bin];
  const double a = 1 - alpha, b = 1 - beta;
  const double theta = 2 * std::numbers::pi * parameters.frequencies[bin] / parameters.sample_rate;
  const size_t panel = bin / PANEL, lane = bin % PANEL;

  // c^n and d^n are a rotation by theta n and a decay; the decays of the second stage's response sum
  // to g[n] = sum_(i=0..n) b^(n-i) a^i = b g[n-1] + a^n.
  float* const kernel = &block_kernel_[panel * BLOCK * STATE];
  double a_power = 1, b_power = 1, g = 0;
  for (size_t n = 0; n < BLOCK; ++n) {
    g = b * g + a_power;
    const Complex rotation = std::polar(1.0, theta * static_cast<double>(n));
    const Complex first = alpha * a_power * rotation;
    const Complex second = alpha * beta * g * rotation;
    const size_t j = BLOCK - 1 - n;
    const double values[] = {first.real(), first.imag(), second.real(), second.imag()};
    for (size_t row = 0; row < kernels::RESONATOR_STATE_ROWS; ++row) {
      kernel[j * STATE + row * PANEL + lane] = static_cast<float>(values[row]);
      work.kernels[j * COLUMNS + panel % GROUP_PANELS * STATE + row * PANEL + lane] = values[row];
    }
    a_power *= a;
    b_power *= b;
  }
  const Complex rotation = std::polar(1.0, theta * static_cast<double>(BLOCK));
  const Complex c = a_power * rotation, d = b_power * rotation, m = beta * a * g * rotation;
  float* const block = &block_coefficients_[panel * BLOCK_ROWS * PANEL + lane];
  // The state feeds back on itself for one time constant, which may be a million blocks: rounding c
  // and d to float would show as a gain and a detuning, so their rounding errors come along.
  const auto split = [](double value, float* high, float* low) {
    *high = static_cast<float>(value);
    *low = static_cast<float>(value - *high);
  };
  split(c.real(), block, block + 2 * PANEL);
  split(c.imag(), block + PANEL, block + 3 * PANEL);
  split(d.real(), block + 4 * PANEL, block + 6 * PANEL);
  split(d.imag(), block + 5 * PANEL, block + 7 * PANEL);
  block[8 * PANEL] = static_cast<float>(m.real());
  block[9 * PANEL] = static_cast<float>(m.imag());

  float* const sample = &sample_coefficients_[panel * SAMPLE_ROWS * PANEL + lane];
  sample[0] = static_cast<float>(a * std::cos(theta));
  sample[PANEL] = static_cast<float>(a * std::sin(theta));
  sample[2 * PANEL] = static_cast<float>(b * std::cos(theta));
  sample[3 * PANEL] = static_cast<float>(b * std::sin(theta));
  sample[4 * PANEL] = static_cast<float>(alpha);
  sample[5 * PANEL] = static_cast<float>(beta);
}

// Designs the resonators of a group, then looks for a basis of their kernels by Gram-Schmidt with the
// largest remainder first. A remainder below the rounding of float is no loss.
void ResonatorKernels::design_group(const ResonatorParameters& parameters, size_t first_panel,
                                    Workspace& work) {
  constexpr double TOLERANCE = 1e-8;
  const size_t panels = std::min(GROUP_PANELS, panels_ - first_panel);
  const size_t first_bin = first_panel * PANEL;
  const size_t group = first_panel / GROUP_PANELS;
  std::fill(work.kernels.begin(), work.kernels.end(), 0.0);
  for (size_t k = first_bin; k < std::min(parameters.size(), first_bin + GROUP); ++k)
    design_resonator(parameters, k, work);

  double norms[COLUMNS] = {}, left[COLUMNS];
  const auto add_squares = [&work](double* sums) {
    for (size_t j = 0; j < BLOCK; ++j) {
      for (size_t c = 0; c < COLUMNS; ++c)
        sums[c] += work.kernels[j * COLUMNS + c] * work.kernels[j * COLUMNS + c];
    }
  };
  add_squares(norms);
  float* const mixing = &mixing_[first_panel * RANK * STATE];
  size_t rank = 0;
  for (;; ++rank) {
    std::fill_n(left, COLUMNS, 0.0);
    add_squares(left);
    size_t next = COLUMNS;
    double largest = TOLERANCE * TOLERANCE;
    for (size_t c = 0; c < COLUMNS; ++c) {
      if (left[c] > largest * norms[c]) {
        largest = left[c] / norms[c];
        next = c;
      }
    }
    if (next == COLUMNS) break;
    if (rank == RANK) {
      ranks_[group] = 0;
      return;
    }
    double* const axis = &work.basis[rank * BLOCK];
    for (size_t j = 0; j < BLOCK; ++j) axis[j] = work.kernels[j * COLUMNS + next];
    // What rounding left of the other axes would grow with the division.
    for (size_t r = 0; r < rank; ++r) {
      const double* const other = &work.basis[r * BLOCK];
      double overlap = 0;
      for (size_t j = 0; j < BLOCK; ++j) overlap += axis[j] * other[j];
      for (size_t j = 0; j < BLOCK; ++j) axis[j] -= overlap * other[j];
    }
    double size = 0;
    for (size_t j = 0; j < BLOCK; ++j) size += axis[j] * axis[j];
    for (size_t j = 0; j < BLOCK; ++j) axis[j] /= std::sqrt(size);
    double weights[COLUMNS] = {};
    for (size_t j = 0; j < BLOCK; ++j) {
      for (size_t c = 0; c < COLUMNS; ++c) weights[c] += axis[j] * work.kernels[j * COLUMNS + c];
    }
    for (size_t j = 0; j < BLOCK; ++j) {
      for (size_t c = 0; c < COLUMNS; ++c) work.kernels[j * COLUMNS + c] -= axis[j] * weights[c];
    }
    for (size_t c = 0; c < panels * STATE; ++c)
      mixing[(c / STATE * RANK + rank) * STATE + c % STATE] = static_cast<float>(weights[c]);
  }
  ranks_[group] = rank;
  float* const basis = &bases_[(group / 2 * BLOCK * 2) * RANK + basis_offset(group)];
  for (size_t j = 0; j < BLOCK; ++j) {
    for (size_t r = 0; r < basis_width(group); ++r)
      basis[j * 2 * RANK + r] = r < rank ? static_cast<float>(work.basis[r * BLOCK + j]) : 0.0f;
  }
}

void ResonatorKernels::design_pair(const ResonatorParameters& parameters, size_t first_bin,
                                   Workspace& work) {
  const size_t first_panel = first_bin / PANEL;
  design_group(parameters, first_panel, work);
  if (first_panel + GROUP_PANELS < panels_)
    design_group(parameters, first_panel + GROUP_PANELS, work);
}

size_t ResonatorKernels::basis_width(size_t group) const {
  return round_up(ranks_[group], RANK_STEP);
}

size_t ResonatorKernels::basis_offset(size_t group) const {
  return group % 2 == 0 ? 0 : basis_width(group - 1);
}

void ResonatorKernels::advance_blocks(size_t first_panel, const float* x, size_t blocks,
                                      float* states) {
  const kernels::Table& kernel = kernels::active();
  const size_t panels = std::min(GROUP_PANELS, panels_ - first_panel);
  const size_t group = first_panel / GROUP_PANELS, rank = ranks_[group];
  if (group % 2 == 0) {
    const size_t next = group + 1 < ranks_.size() ? basis_width(group + 1) : 0;
    kernel.gemm(x, BLOCK, &bases_[group * BLOCK * RANK], 2 * RANK, projected_.data(), 2 * RANK,
                blocks, basis_width(group) + next, BLOCK, false);
  }
  const float* const projected = &projected_[basis_offset(group)];
  for (size_t i = 0; i < panels; ++i) {
    const size_t panel = first_panel + i;
    float* const added = &trail_[i * TILE_BLOCKS * STATE];
    if (rank > 0) {
      kernel.gemm(projected, 2 * RANK, &mixing_[panel * RANK * STATE], STATE, added, STATE, blocks,
                  STATE, rank, false);
    } else {
      kernel.gemm(x, BLOCK, &block_kernel_[panel * BLOCK * STATE], STATE, added, STATE, blocks,
                  STATE, BLOCK, false);
    }
  }
  kernel.resonator_blocks(&block_coefficients_[first_panel * BLOCK_ROWS * PANEL], states,
                          trail_.data(), TILE_BLOCKS * STATE, blocks, panels);
}

void ResonatorKernels::advance_samples(size_t first_panel, size_t panels, const float* x, size_t n,
                                       float* states) const {
  kernels::active().resonator_samples(&sample_coefficients_[first_panel * SAMPLE_ROWS * PANEL], x,
                                      n, states, panels);
}

}  // namespace cochlea
