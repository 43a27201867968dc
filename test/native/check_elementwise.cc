#include "check.h"

namespace check {
namespace {

constexpr size_t TILE = cochlea::kernels::FFT_TILE;

// Values over many orders of magnitude, zeros among them.
Guarded<float> wide(size_t n, Random& random) {
  Guarded<float> x(n);
  for (size_t i = 0; i < n; ++i) {
    x[i] = random.below(20) == 0
               ? 0.0f
               : random.uniform(-1, 1) * std::exp2(random.uniform(-140.0f, 120.0f));
  }
  return x;
}

struct Complex {
  Guarded<float> re, im, expected, actual;
  Complex(size_t n, Random& random, float decades) : re(n), im(n), expected(n), actual(n) {
    for (size_t i = 0; i < n; ++i) {
      const float scale = std::exp2(random.uniform(-decades, decades));
      re[i] = random.below(16) == 0 ? 0.0f : random.uniform(-1, 1) * scale;
      im[i] = random.below(16) == 0 ? -0.0f : random.uniform(-1, 1) * scale;
    }
  }
};

void multiply_add_trial(Trial& t) {
  const size_t n = t.random.length(3000);
  const Guarded<float> a(n, t.random), b(n, t.random), expected(n, t.random), actual(n),
      magnitude(n);
  for (size_t i = 0; i < n; ++i) {
    actual[i] = expected[i];
    magnitude[i] = std::fabs(a[i] * b[i]) + std::fabs(expected[i]);
  }
  t.reference.multiply_add(a.data(), b.data(), n, expected.data());
  t.candidate.multiply_add(a.data(), b.data(), n, actual.data());
  t.sum(expected.data(), actual.data(), magnitude.data(), n);
  t.intact(actual);
}

void multiply_trial(Trial& t) {
  const size_t n = t.random.length(3000);
  const Guarded<float> a(n, t.random), expected(n, t.random), actual(n);
  for (size_t i = 0; i < n; ++i) actual[i] = expected[i];
  t.reference.multiply(a.data(), n, expected.data());
  t.candidate.multiply(a.data(), n, actual.data());
  t.exact(expected.data(), actual.data(), n);
  t.intact(actual);
}

void power_trial(Trial& t) {
  const size_t n = t.random.length(3000);
  const Complex z(n, t.random, 30);
  t.reference.power_spectrum(z.re.data(), z.im.data(), n, z.expected.data());
  t.candidate.power_spectrum(z.re.data(), z.im.data(), n, z.actual.data());
  t.ulp(z.expected.data(), z.actual.data(), n);
  t.intact(z.actual);
}

void magnitude_trial(Trial& t) {
  const size_t n = t.random.length(3000);
  const Complex z(n, t.random, 120);
  for (size_t i = 0; i < n; ++i) {
    z.expected[i] = static_cast<float>(std::hypot(double{z.re[i]}, double{z.im[i]}));
  }
  t.reference.magnitude(z.re.data(), z.im.data(), n, z.actual.data());
  t.ulp(z.expected.data(), z.actual.data(), n);
  t.candidate.magnitude(z.re.data(), z.im.data(), n, z.re.data());  // in place
  t.ulp(z.expected.data(), z.re.data(), n);
  t.intact(z.actual);
}

void phase_trial(Trial& t) {
  const size_t n = t.random.length(3000);
  const Complex z(n, t.random, 60);
  for (size_t i = 0; i < n; ++i) {
    z.expected[i] = static_cast<float>(std::atan2(double{z.im[i]}, double{z.re[i]}));
  }
  t.reference.phase(z.re.data(), z.im.data(), n, z.actual.data());
  t.ulp(z.expected.data(), z.actual.data(), n);
  t.candidate.phase(z.re.data(), z.im.data(), n, z.re.data());  // in place
  t.ulp(z.expected.data(), z.re.data(), n);
  t.intact(z.actual);
}

void decibels_trial(Trial& t) {
  const size_t n = t.random.length(3000);
  const Guarded<float> x = wide(n, t.random);
  const Guarded<float> expected(n), actual(n), magnitude(n);
  const float floor = 1e-10f, offset = t.random.uniform(-40, 40);
  size_t largest = 0;
  for (size_t i = 0; i < n; ++i) {
    const double level = 10.0 * std::log10(std::fmax(double{floor}, std::fabs(double{x[i]})));
    expected[i] = static_cast<float>(level - offset);
    magnitude[i] = static_cast<float>(std::fabs(level) + std::fabs(offset)) + 1.0f;
    if (expected[i] > expected[largest]) largest = i;
  }
  for (const Table* table : {&t.reference, &t.candidate}) {
    const float top = table->decibels(x.data(), n, 10.0f, floor, offset, actual.data());
    t.sum(expected.data(), actual.data(), magnitude.data(), n);
    if (n > 0) {
      t.sum(&expected[largest], &top, magnitude[largest], 1);
    } else if (top != -std::numeric_limits<float>::infinity()) {
      t.fail("the maximum of nothing is -infinity");
    }
  }
  t.intact(actual);
}

void raise_trial(Trial& t) {
  const size_t n = t.random.length(3000);
  const Guarded<float> expected(n, t.random), actual(n);
  for (size_t i = 0; i < n; ++i) actual[i] = expected[i];
  t.reference.raise_to(0.25f, n, expected.data());
  t.candidate.raise_to(0.25f, n, actual.data());
  t.exact(expected.data(), actual.data(), n);
  t.intact(actual);
}

void to_tile_trial(Trial& t) {
  const size_t n = t.random.length(400);
  const Guarded<float> source(TILE * n + 32, t.random), window(n, t.random), expected(TILE * n),
      actual(TILE * n);
  const float* rows[TILE];
  for (size_t l = 0; l < TILE; ++l)
    rows[l] = source.data() + source.size() - n - t.random.below((TILE - 1) * n + 33);
  rows[t.random.below(TILE)] = source.data() + source.size() - n;  // one row ends at the guard page
  t.reference.window_to_tile(rows, window.data(), n, expected.data());
  t.candidate.window_to_tile(rows, window.data(), n, actual.data());
  t.exact(expected.data(), actual.data(), TILE * n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t l = 0; l < TILE; ++l) {
      const float truth = rows[l][i] * window[i];
      t.exact(&truth, &actual[i * TILE + l], 1);
    }
  }
  t.candidate.rows_to_tile(rows, n, actual.data());
  for (size_t i = 0; i < n; ++i) {
    for (size_t l = 0; l < TILE; ++l) t.exact(&rows[l][i], &actual[i * TILE + l], 1);
  }
  t.intact(actual);
}

void to_rows_trial(Trial& t) {
  const size_t n = t.random.length(400);
  const Guarded<float> tile(TILE * n, t.random), actual(TILE * n);
  float* rows[TILE];
  for (size_t l = 0; l < TILE; ++l) rows[l] = actual.data() + l * n;
  t.candidate.tile_to_rows(tile.data(), n, rows);
  for (size_t l = 0; l < TILE; ++l) {
    for (size_t i = 0; i < n; ++i) t.exact(&tile[i * TILE + l], &actual[l * n + i], 1);
  }
  t.intact(actual);
}

constexpr size_t N = 8192;

template <int Which>
size_t timed(const Table& table) {
  static Random random(1);
  static const Guarded<float> a(N, random), b(N, random), out(N, random);
  if (Which == 0) table.multiply_add(a.data(), b.data(), N, out.data());
  if (Which == 1) table.multiply(a.data(), N, out.data());
  if (Which == 2) table.power_spectrum(a.data(), b.data(), N, out.data());
  if (Which == 3) table.magnitude(a.data(), b.data(), N, out.data());
  if (Which == 4) table.phase(a.data(), b.data(), N, out.data());
  if (Which == 5) table.decibels(a.data(), N, 10, 1e-10f, 0, out.data());
  if (Which == 6) table.raise_to(-2.0f, N, out.data());
  return N;
}

template <int Which>
size_t timed_transpose(const Table& table) {
  constexpr size_t LENGTH = 2048;
  static Random random(1);
  static const Guarded<float> source(LENGTH * TILE, random), window(LENGTH, random),
      tile(LENGTH * TILE, random);
  float* rows[TILE];
  for (size_t l = 0; l < TILE; ++l) rows[l] = source.data() + l * LENGTH;
  if (Which == 0) table.window_to_tile(rows, window.data(), LENGTH, tile.data());
  if (Which == 1) table.rows_to_tile(rows, LENGTH, tile.data());
  if (Which == 2) table.tile_to_rows(tile.data(), LENGTH, rows);
  return LENGTH * TILE;
}

const Register cases[] = {
    {"multiply_add", &multiply_add_trial, &timed<0>},
    {"multiply", &multiply_trial, &timed<1>},
    {"power_spectrum", &power_trial, &timed<2>},
    {"magnitude", &magnitude_trial, &timed<3>},
    {"phase", &phase_trial, &timed<4>},
    {"decibels", &decibels_trial, &timed<5>},
    {"raise_to", &raise_trial, &timed<6>},
    {"window_to_tile", &to_tile_trial, &timed_transpose<0>},
    {"rows_to_tile", &to_tile_trial, &timed_transpose<1>},
    {"tile_to_rows", &to_rows_trial, &timed_transpose<2>},
};

}  // namespace
}  // namespace check
