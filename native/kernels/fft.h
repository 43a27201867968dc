// Fast Fourier transforms of FFT_TILE signals at once. Lane l of every row belongs to signal l, so
// a butterfly is arithmetic on whole rows; there are no shuffles.
//
// A transform of length n = n1 * n2 * ... is done in levels of at most FFT_LEVEL points, so that
// all passes of a level run between two small buffers in the first-level cache and the whole tile
// is read and written once per level, not once per radix. Inside a level the passes are Stockham's
// (decimation in time, autosorting); between levels the order is that of Cooley and Tukey: after
// the first level, block k1 holds what is left to do for the bins congruent to k1 modulo n1. The
// twiddles between levels are folded into those of the passes.
//
// Radix 4 everywhere, and one radix 8 first (where it has no twiddles) when the logarithm is odd.
// Tried and not faster, with AVX2 or with AVX-512: radix 8 in later passes (spills), radix 2 (as
// much store traffic as radix 4 for half the work), prefetching the next column.
#pragma once

#include "fft_plan.h"
#include "lanes.h"

namespace cochlea::kernels::COCHLEA_TIER {
namespace {
namespace fft {

// A complex row: FFT_TILE real parts, then FFT_TILE imaginary parts.
constexpr size_t ROW = 2 * FFT_TILE;

struct Complex {
  float re, im;
};

ALWAYS_INLINE Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
ALWAYS_INLINE Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
ALWAYS_INLINE Complex operator*(Complex a, Complex w) {
  return {madd(-a.im, w.im, a.re * w.re), madd(a.im, w.re, a.re * w.im)};
}
ALWAYS_INLINE Complex over_i(Complex a) { return {a.im, -a.re}; }
ALWAYS_INLINE Complex axpy(float s, Complex x, Complex y) {
  return {madd(s, x.re, y.re), madd(s, x.im, y.im)};
}

template <int R>
void dft(Complex* x);

template <>
ALWAYS_INLINE void dft<2>(Complex* x) {
  const Complex a = x[0], b = x[1];
  x[0] = a + b;
  x[1] = a - b;
}

template <>
ALWAYS_INLINE void dft<3>(Complex* x) {
  constexpr float S = 0.86602540378443864676f;
  const Complex a = x[1] + x[2], b = over_i(x[1] - x[2]);
  const Complex c = axpy(-0.5f, a, x[0]);
  x[0] = x[0] + a;
  x[1] = axpy(S, b, c);
  x[2] = axpy(-S, b, c);
}

template <>
ALWAYS_INLINE void dft<4>(Complex* x) {
  const Complex a = x[0] + x[2], b = x[0] - x[2];
  const Complex c = x[1] + x[3], d = over_i(x[1] - x[3]);
  x[0] = a + c;
  x[1] = b + d;
  x[2] = a - c;
  x[3] = b - d;
}

template <>
ALWAYS_INLINE void dft<5>(Complex* x) {
  constexpr float C1 = 0.30901699437494742410f, C2 = -0.80901699437494742410f;
  constexpr float S1 = 0.95105651629515357212f, S2 = 0.58778525229247312917f;
  const Complex a = x[1] + x[4], b = x[2] + x[3];
  const Complex c = over_i(x[1] - x[4]), d = over_i(x[2] - x[3]);
  const Complex p = axpy(C2, b, axpy(C1, a, x[0])), q = axpy(C1, b, axpy(C2, a, x[0]));
  const Complex u = axpy(S2, d, {S1 * c.re, S1 * c.im}), v = axpy(-S1, d, {S2 * c.re, S2 * c.im});
  x[0] = x[0] + a + b;
  x[1] = p + u;
  x[2] = q + v;
  x[3] = q - v;
  x[4] = p - u;
}

template <>
ALWAYS_INLINE void dft<8>(Complex* x) {
  constexpr float S = 0.70710678118654752440f;
  Complex even[4] = {x[0], x[2], x[4], x[6]}, odd[4] = {x[1], x[3], x[5], x[7]};
  dft<4>(even);
  dft<4>(odd);
  // odd[1] and odd[3] times exp(-pi i / 4) and exp(-3 pi i / 4), but for the factor S.
  const Complex p = {odd[1].re + odd[1].im, odd[1].im - odd[1].re};
  const Complex q = {odd[3].im - odd[3].re, -odd[3].re - odd[3].im};
  const Complex r = over_i(odd[2]);
  x[0] = even[0] + odd[0];
  x[1] = axpy(S, p, even[1]);
  x[2] = even[2] + r;
  x[3] = axpy(S, q, even[3]);
  x[4] = even[0] - odd[0];
  x[5] = axpy(-S, p, even[1]);
  x[6] = even[2] - r;
  x[7] = axpy(-S, q, even[3]);
}

// R rows from `x`, `step` floats apart, to R rows from `y`. All rows are read before any is
// written, so both may be the same. Not RESTRICT: GCC would then load operands again from memory
// rather than keep them in registers.
template <int R, bool TWIDDLED>
ALWAYS_INLINE void butterfly(const float* x, size_t step, const float* w, float* y, size_t y_step) {
  LANE_LOOP
  for (size_t l = 0; l < FFT_TILE; ++l) {
    Complex z[R];
    unrolled<R>([&](size_t i) ALWAYS_INLINE_LAMBDA {
      z[i] = {x[i * step + l], x[i * step + FFT_TILE + l]};
      if (TWIDDLED && i > 0) z[i] = z[i] * Complex{w[2 * i - 2], w[2 * i - 1]};
    });
    dft<R>(z);
    unrolled<R>([&](size_t i) ALWAYS_INLINE_LAMBDA {
      y[i * y_step + l] = z[i].re;
      y[i * y_step + FFT_TILE + l] = z[i].im;
    });
  }
}

// One pass: `done` is the product of the radices before it, `left` that of the radices behind it.
template <int R>
NOINLINE void pass(size_t done, size_t left, const float* x, size_t step, const float* w, float* y,
                   size_t y_step) {
  if (w == nullptr) {
    for (size_t j = 0; j < left; ++j, x += step, y += R * y_step)
      butterfly<R, false>(x, left * step, w, y, y_step);
    return;
  }
  for (size_t k = 0; k < done; ++k, w += 2 * (R - 1)) {
    for (size_t j = 0; j < left; ++j) {
      butterfly<R, true>(x + (j * done + k) * step, left * done * step, w,
                         y + (j * R * done + k) * y_step, done * y_step);
    }
  }
}

// The first `passes` passes of one transform of a level, from rows `step` floats apart to rows
// `y_step` floats apart, which may be the same rows if the level has more than one pass.
void transform(const FftLevel& level, int passes, size_t block, const float* x, size_t step,
               float* y, size_t y_step) {
  alignas(64) float buffer[2][FFT_LEVEL * ROW];
  if (level.passes == 0) {
    for (size_t l = 0; l < ROW; ++l) y[l] = x[l];
    return;
  }
  size_t done = 1;
  for (int p = 0; p < passes; ++p) {
    const FftPass& now = level.pass[p];
    const size_t radix = static_cast<size_t>(now.radix);
    const bool last = p + 1 == passes;
    float* to = last ? y : buffer[p & 1];
    const size_t to_step = last ? y_step : ROW;
    const size_t left = level.size / (done * radix);
    const float* w =
        now.twiddles == nullptr ? nullptr : now.twiddles + block * done * 2 * (radix - 1);
    switch (now.radix) {
      case 2:
        pass<2>(done, left, x, step, w, to, to_step);
        break;
      case 3:
        pass<3>(done, left, x, step, w, to, to_step);
        break;
      case 4:
        pass<4>(done, left, x, step, w, to, to_step);
        break;
      case 5:
        pass<5>(done, left, x, step, w, to, to_step);
        break;
      case 8:
        pass<8>(done, left, x, step, w, to, to_step);
        break;
    }
    done *= radix;
    x = to;
    step = to_step;
  }
}

void transform(const FftLevel& level, size_t block, const float* x, size_t step, float* y,
               size_t y_step) {
  transform(level, level.passes, block, x, step, y, y_step);
}

// Complex row `i` of a tile.
ALWAYS_INLINE float* row(const FftPlan& plan, float* x, size_t i) {
  return x + i / plan.run * plan.run_stride + i % plan.run * ROW;
}

// Levels `first` to the last but one, in place.
void transform_levels(const FftPlan& plan, int first, float* x) {
  for (int d = first; d + 1 < plan.levels; ++d) {
    const FftLevel& level = plan.level[d];
    const size_t step = d == 0 ? plan.run_stride : level.after * ROW;
    for (size_t block = 0; block < level.before; ++block) {
      float* start = row(plan, x, block * level.size * level.after);
      for (size_t c = 0; c < level.after; ++c, start += ROW)
        transform(level, block, start, step, start, step);
    }
  }
}

// Bin residue + step * i and its mirror image opposite + step * (sum - i): the range of i that
// meets every pair once. Bin 0 has no image; the middle one of an odd number of bins is its own.
struct Pairs {
  size_t first, end, sum;
  Pairs(size_t residue, size_t opposite, size_t bins)
      : first(residue == 0 ? 1 : 0),
        end(residue == 0          ? bins / 2 + 1
            : residue == opposite ? (bins + 1) / 2
                                  : bins),
        sum(residue == 0 ? bins : bins - 1) {}
};

// Bins k and size - k of the real transform from those of the complex one. w is half of
// exp(-pi i k / size).
struct Split {
  Complex low, high;
};
ALWAYS_INLINE Split split(Complex z, Complex mirror, Complex w) {
  const Complex m = {mirror.re, -mirror.im};
  const Complex sum = z + m, turned = over_i(z - m) * w;
  return {axpy(0.5f, sum, turned),
          {madd(0.5f, sum.re, -turned.re), madd(-0.5f, sum.im, turned.im)}};
}

ALWAYS_INLINE void split_rows(const float* a, const float* b, const float* w, float* re, float* im,
                              float* mirror_re, float* mirror_im) {
  LANE_LOOP
  for (size_t l = 0; l < FFT_TILE; ++l) {
    const Split bins = split({a[l], a[FFT_TILE + l]}, {b[l], b[FFT_TILE + l]}, {w[0], w[1]});
    re[l] = bins.low.re;
    im[l] = bins.low.im;
    mirror_re[l] = bins.high.re;
    mirror_im[l] = bins.high.im;
  }
}

// Whether last_pass_split() pays: it wants the 32 registers of AVX-512 (up to a tenth faster from
// n = 4096), and is a twentieth slower with the 16 of AVX2.
constexpr bool FUSED_SPLIT = LANES == 16;

// The last pass, of radix 4, of a residue and of its opposite, and split() of what it yields, in
// registers. `a` and `b` are where the passes before left the two transforms, of `quarter` * 4
// rows; wa and wb the twiddles of the pass; w that of split().
NOINLINE void last_pass_split(size_t quarter, const float* a, const float* b, const float* wa,
                              const float* wb, const float* w, size_t w_step, float* re, float* im,
                              float* mirror_re, float* mirror_im, size_t stride) {
  const size_t q = quarter * ROW;
  b += q - ROW;
  wb += 6 * (quarter - 1);
  const size_t jump = quarter * stride, w_jump = quarter * w_step;
  for (size_t k = 0; k < quarter; ++k) {
    LANE_LOOP
    for (size_t l = 0; l < FFT_TILE; ++l) {
      Complex z[4], m[4];
      unrolled<4>([&](size_t i) ALWAYS_INLINE_LAMBDA {
        z[i] = {a[i * q + l], a[i * q + FFT_TILE + l]};
        m[i] = {b[i * q + l], b[i * q + FFT_TILE + l]};
        if (i == 0) return;
        z[i] = z[i] * Complex{wa[2 * i - 2], wa[2 * i - 1]};
        m[i] = m[i] * Complex{wb[2 * i - 2], wb[2 * i - 1]};
      });
      dft<4>(z);
      dft<4>(m);
      unrolled<4>([&](size_t i) ALWAYS_INLINE_LAMBDA {
        const Split bins = split(z[i], m[3 - i], {w[i * w_jump], w[i * w_jump + 1]});
        re[i * jump + l] = bins.low.re;
        im[i * jump + l] = bins.low.im;
        (mirror_re - i * jump)[l] = bins.high.re;
        (mirror_im - i * jump)[l] = bins.high.im;
      });
    }
    a += ROW;
    b -= ROW;
    wa += 6;
    wb -= 6;
    w += w_step;
    re += stride;
    im += stride;
    mirror_re -= stride;
    mirror_im -= stride;
  }
}

// The other way, times `scale`, and with the two rows exchanged: a forward transform of a reversed
// spectrum is the inverse transform.
ALWAYS_INLINE void merge(const float* re, const float* im, const float* mirror_re,
                         const float* mirror_im, const float* w, float scale, float* a, float* b) {
  const Complex half_w = {2 * scale * w[0], -2 * scale * w[1]};
  LANE_LOOP
  for (size_t l = 0; l < FFT_TILE; ++l) {
    const Complex z = {re[l], im[l]}, m = {mirror_re[l], -mirror_im[l]};
    const Complex sum = z + m;
    const Complex turned = over_i(z - m) * half_w;
    b[l] = madd(scale, sum.re, -turned.re);
    b[FFT_TILE + l] = madd(scale, sum.im, -turned.im);
    a[l] = madd(scale, sum.re, turned.re);
    a[FFT_TILE + l] = madd(-scale, sum.im, -turned.im);
  }
}

ALWAYS_INLINE void prefetch_row(const float* x) {
  PREFETCH(x);
  PREFETCH(x + FFT_TILE - 1);
}

}  // namespace fft

// Complex transforms of the tile `x`, which is destroyed, to complex rows `step` floats apart.
void fft_tile(const FftPlan* plan, float* x, float* y, size_t step) {
  fft::transform_levels(*plan, 0, x);
  const FftLevel& level = plan->level[plan->levels - 1];
  for (size_t block = 0; block < level.before; ++block) {
    fft::transform(level, block, fft::row(*plan, x, block * level.size), fft::ROW,
                   y + plan->residue[block] * step, level.before * step);
  }
}

// Real transforms of the tile `x`, which is destroyed: 2 * size samples, of which sample 2i and
// 2i + 1 are the parts of complex row i. Bins 0 to size go to re and im, rows `stride` apart.
void rfft_tile(const FftPlan* plan, float* x, float* re, float* im, size_t stride) {
  using namespace fft;
  alignas(64) float buffer[2][FFT_LEVEL * ROW];
  transform_levels(*plan, 0, x);
  const FftLevel& level = plan->level[plan->levels - 1];
  const size_t size = plan->size, step = level.before;
  for (size_t residue = 0; 2 * residue <= step; ++residue) {
    // The bins of this residue and their mirror images, which are those of the opposite residue.
    const size_t opposite = (step - residue) % step;
    float* const mirrored = buffer[opposite == residue ? 0 : 1];
    const size_t block = plan->block[residue], other = plan->block[opposite];
    const float* const rows = row(*plan, x, block * level.size);
    const float* const other_rows = row(*plan, x, other * level.size);
    const FftPass& last = level.pass[level.passes - 1];
    if (FUSED_SPLIT && opposite != residue && last.radix == 4 && level.passes > 1) {
      const size_t quarter = level.size / 4;
      transform(level, level.passes - 1, block, rows, ROW, buffer[0], ROW);
      transform(level, level.passes - 1, other, other_rows, ROW, mirrored, ROW);
      last_pass_split(quarter, buffer[0], mirrored, last.twiddles + block * quarter * 6,
                      last.twiddles + other * quarter * 6, plan->split + 2 * residue, 2 * step,
                      re + residue * stride, im + residue * stride, re + (size - residue) * stride,
                      im + (size - residue) * stride, step * stride);
      continue;
    }
    transform(level, block, rows, ROW, buffer[0], ROW);
    if (opposite != residue) transform(level, other, other_rows, ROW, mirrored, ROW);
    if (residue == 0) {
      LANE_LOOP
      for (size_t l = 0; l < FFT_TILE; ++l) {
        const float even = buffer[0][l], odd = buffer[0][FFT_TILE + l];
        re[l] = even + odd;
        im[l] = 0;
        re[size * stride + l] = even - odd;
        im[size * stride + l] = 0;
      }
    }
    const Pairs pairs(residue, opposite, level.size);
    for (size_t i = pairs.first; i < pairs.end; ++i) {
      const size_t k = residue + step * i, m = size - k;
      split_rows(buffer[0] + i * ROW, mirrored + (pairs.sum - i) * ROW, plan->split + 2 * k,
                 re + k * stride, im + k * stride, re + m * stride, im + m * stride);
    }
  }
}

// The inverse, times 2 * size * scale: reads bins 0 to size, writes the samples to the tile `x`;
// `work` is another tile.
void irfft_tile(const FftPlan* plan, const float* re, const float* im, size_t stride, float scale,
                float* work, float* x) {
  using namespace fft;
  alignas(64) float buffer[2][FFT_LEVEL * ROW];
  const FftLevel& first = plan->level[0];
  const size_t size = plan->size, step = first.after;
  const bool only = plan->levels == 1;
  float* const to = only ? x : work;
  const size_t to_step = only ? ROW : plan->run_stride;
  for (size_t column = 0; 2 * column <= step; ++column) {
    const size_t opposite = (step - column) % step;
    float* const mirrored = buffer[opposite == column ? 0 : 1];
    if (column == 0) {
      LANE_LOOP
      for (size_t l = 0; l < FFT_TILE; ++l) {
        const float low = re[l], high = re[size * stride + l];
        buffer[0][l] = scale * (low + high);
        buffer[0][FFT_TILE + l] = scale * (low - high);
      }
    }
    const Pairs pairs(column, opposite, first.size);
    for (size_t i = pairs.first; i < pairs.end; ++i) {
      const size_t k = column + step * i, m = size - k;
      merge(re + k * stride, im + k * stride, re + m * stride, im + m * stride, plan->split + 2 * k,
            scale, buffer[0] + i * ROW, mirrored + (pairs.sum - i) * ROW);
      // The rows of a spectrogram are far apart, and the next column reads their neighbours. (Doing
      // the same for the rows that rfft_tile writes gains nothing.)
      prefetch_row(re + (k + 1) * stride);
      prefetch_row(im + (k + 1) * stride);
      prefetch_row(re + (m - 1) * stride);
      prefetch_row(im + (m - 1) * stride);
    }
    transform(first, 0, buffer[0], ROW, to + column * ROW, to_step);
    if (opposite != column) transform(first, 0, mirrored, ROW, to + opposite * ROW, to_step);
  }
  if (only) return;
  transform_levels(*plan, 1, work);
  // This plan's levels are those of the forward plan reversed, so that its output comes in runs of
  // `before` rows.
  const FftLevel& level = plan->level[plan->levels - 1];
  for (size_t block = 0; block < level.before; ++block) {
    transform(level, block, row(*plan, work, block * level.size), ROW,
              x + plan->residue[block] * ROW, level.before * ROW + FFT_PADDING);
  }
}

}  // namespace
}  // namespace cochlea::kernels::COCHLEA_TIER
