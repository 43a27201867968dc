#include "core/spectrum/fft64.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/runtime/aligned.h"
#include "core/runtime/plan_cache.h"
#include "core/spectrum/tile_plan.h"
#include "kernels/dispatch.h"

namespace cochlea {
namespace {

constexpr size_t CACHE_BYTES = size_t{16} << 20;
constexpr size_t T = kernels::FFT64_TILE, ROW = 2 * T;

// exp(-2 pi i k / n), k < n, reduced to an eighth of the circle, where sine and cosine are at their
// most exact.
void root(size_t k, size_t n, double* re, double* im) {
  const size_t octant = 8 * k / n, rest = 8 * k - octant * n;
  const size_t folded = octant % 2 == 0 ? rest : n - rest;
  const double angle = std::numbers::pi / 4 * static_cast<double>(folded) / static_cast<double>(n);
  const double c = std::cos(angle), s = std::sin(angle);
  const bool swapped = octant == 1 || octant == 2 || octant == 5 || octant == 6;
  const double x = swapped ? s : c, y = swapped ? c : s;
  *re = octant >= 2 && octant <= 5 ? -x : x;
  *im = octant >= 4 ? y : -y;
}

std::vector<double> roots_of(size_t n) {
  std::vector<double> roots(2 * n);
  for (size_t k = 0; k < n; ++k) root(k, n, &roots[2 * k], &roots[2 * k + 1]);
  return roots;
}

}  // namespace

std::shared_ptr<const RealFft64> RealFft64::get(size_t n) {
  static auto& cache = *new PlanCache<size_t, RealFft64>(CACHE_BYTES);
  return cache.get(n, [n] { return std::make_shared<const RealFft64>(n); });
}

RealFft64::RealFft64(size_t n) : n_(n), halved_(n % 2 == 0 && TilePlan::supports(n / 2)) {
  if (halved_ || TilePlan::supports(n)) {
    length_ = halved_ ? n / 2 : n;
    roots_ = roots_of(n);
    return;
  }
  // Bluestein: ik = (i^2 + k^2 - (k - i)^2) / 2 turns the transform into a convolution with a chirp.
  length_ = 2 * n - 1;
  while (!TilePlan::supports(length_)) ++length_;
  roots_ = roots_of(length_);
  chirp_.resize(n);
  Aligned<double> x(length_ * ROW, 0.0), y(length_ * ROW);
  for (size_t k = 0; k < n; ++k) {
    root(k * k % (2 * n), 2 * n, &chirp_[k].re, &chirp_[k].im);
    for (const size_t at : {k, (length_ - k) % length_}) {
      x[at * ROW] = chirp_[k].re / static_cast<double>(length_);
      x[at * ROW + T] = -chirp_[k].im / static_cast<double>(length_);
    }
  }
  const double* const z = transform(x.data(), y.data(), {});
  partner_.resize(length_);
  for (size_t k = 0; k < length_; ++k) partner_[k] = {z[k * ROW], z[k * ROW + T]};
}

size_t RealFft64::bytes() const {
  return heap_bytes(roots_) + heap_bytes(chirp_) + heap_bytes(partner_);
}

size_t RealFft64::buffer_size() const { return length_ * ROW; }

void RealFft64::forward(double* x, double* y, float* re, float* im, size_t stride, size_t lanes,
                        const Task& task) const {
  if (halved_) {
    const double* const pairs = transform(x, y, task);
    if (!task.cancelled())
      kernels::active().rfft64_split(roots_.data(), n_, pairs, re, im, stride, lanes);
    return;
  }
  const double* z = nullptr;
  if (chirp_.empty()) {
    for (size_t i = 0; i < n_; ++i) {
      std::copy_n(x + i * T, T, y + i * ROW);
      std::fill_n(y + i * ROW + T, T, 0.0);
    }
    z = transform(y, x, task);
  } else {
    z = bluestein(x, y, task);
  }
  for (size_t k = 0; k < bins(); ++k) {
    const bool is_real = k == 0 || 2 * k == n_;
    for (size_t l = 0; l < lanes; ++l) {
      re[k * stride + l] = static_cast<float>(z[k * ROW + l]);
      im[k * stride + l] = is_real ? 0.0f : static_cast<float>(z[k * ROW + T + l]);
    }
  }
}

double* RealFft64::transform(double* x, double* y, const Task& task) const {
  const size_t order = roots_.size() / 2;
  for (size_t done = 1; done < length_ && !task.cancelled();) {
    const size_t left = length_ / done;
    kernels::active().fft64_pass(roots_.data(), order, done, left, x, y);
    done *= kernels::fft64_radix(left);
    std::swap(x, y);
  }
  return x;
}

double* RealFft64::bluestein(double* x, double* y, const Task& task) const {
  for (size_t i = 0; i < n_; ++i) {
    for (size_t l = 0; l < T; ++l) {
      y[i * ROW + l] = x[i * T + l] * chirp_[i].re;
      y[i * ROW + T + l] = x[i * T + l] * chirp_[i].im;
    }
  }
  std::fill(y + n_ * ROW, y + length_ * ROW, 0.0);
  double* const spectrum = transform(y, x, task);
  if (task.cancelled()) return spectrum;
  // Conjugated, so that the forward transform is the inverse one of the conjugate.
  for (size_t k = 0; k < length_; ++k) {
    double* const z = spectrum + k * ROW;
    for (size_t l = 0; l < T; ++l) {
      const double a = z[l], b = z[T + l];
      z[l] = a * partner_[k].re - b * partner_[k].im;
      z[T + l] = -(a * partner_[k].im + b * partner_[k].re);
    }
  }
  if (task.cancelled()) return spectrum;
  double* const convolved = transform(spectrum, spectrum == x ? y : x, task);
  for (size_t k = 0; k < bins(); ++k) {
    double* const z = convolved + k * ROW;
    for (size_t l = 0; l < T; ++l) {
      const double a = z[l], b = -z[T + l];
      z[l] = a * chirp_[k].re - b * chirp_[k].im;
      z[T + l] = a * chirp_[k].im + b * chirp_[k].re;
    }
  }
  return convolved;
}

}  // namespace cochlea
