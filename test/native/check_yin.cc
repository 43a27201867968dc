#include "check.h"

namespace check {
namespace {

constexpr size_t TILE = cochlea::kernels::FFT_TILE;

void running_energy_trial(Trial& t) {
  const size_t n = t.random.length(300);
  const Guarded<float> x(n * TILE, t.random), expected(n * TILE), actual(n * TILE);
  const Guarded<float> start(TILE, t.random, 0, 5), expected_sums(TILE), actual_sums(TILE);
  for (size_t l = 0; l < TILE; ++l) actual_sums[l] = expected_sums[l] = start[l];
  t.reference.running_energy(x.data(), n, expected_sums.data(), expected.data());
  t.candidate.running_energy(x.data(), n, actual_sums.data(), actual.data());
  t.exact(expected.data(), actual.data(), n * TILE);
  t.exact(expected_sums.data(), actual_sums.data(), TILE);
  for (size_t l = 0; l < TILE; ++l) {
    float sum = start[l];
    for (size_t k = 0; k < n; ++k) {
      sum += x[k * TILE + l] * x[k * TILE + l];
      t.exact(&sum, &actual[k * TILE + l], 1);
    }
  }
  t.intact(actual);
}

void correlate_trial(Trial& t) {
  const size_t rows = t.random.length(200), again = t.random.below(2) * 2 * TILE;
  const size_t stride = again + TILE + t.random.below(5), size = rows * stride;
  const Guarded<float> xr(rows * TILE, t.random), xi(rows * TILE, t.random),
      yr(rows * TILE, t.random), yi(rows * TILE, t.random);
  Guarded<float> expected[3] = {Guarded<float>(size), Guarded<float>(size), Guarded<float>(size)};
  Guarded<float> actual[3] = {Guarded<float>(size), Guarded<float>(size), Guarded<float>(size)};
  for (int p = 0; p < 3; ++p) {
    for (size_t i = 0; i < size; ++i) expected[p][i] = actual[p][i] = 7;
  }
  t.reference.correlate_hops(xr.data(), xi.data(), yr.data(), yi.data(), rows, stride, again,
                             expected[0].data(), expected[1].data(), expected[2].data());
  t.candidate.correlate_hops(xr.data(), xi.data(), yr.data(), yi.data(), rows, stride, again,
                             actual[0].data(), actual[1].data(), actual[2].data());
  for (int p = 0; p < 3; ++p) {
    t.exact(expected[p].data(), actual[p].data(), size);
    t.intact(actual[p]);
  }
  for (size_t k = 0; k < rows; ++k) {
    for (size_t l = 0; l < TILE; ++l) {
      const float a = xr[k * TILE + l], b = xi[k * TILE + l], c = yr[k * TILE + l],
                  d = yi[k * TILE + l];
      const float real = a * c + b * d, imaginary = a * d - b * c, power = a * a + b * b;
      for (const size_t at : {k * stride + l, k * stride + l + again}) {
        t.exact(&real, &actual[0][at], 1);
        t.exact(&imaginary, &actual[1][at], 1);
        t.exact(&power, &actual[2][at], 1);
      }
    }
  }
}

void sum_hops_trial(Trial& t) {
  const size_t rows = t.random.length(200), hops = 2 + t.random.below(7);
  const size_t stride = TILE + hops - 1 + t.random.below(20);
  const Guarded<float> re(rows * stride, t.random), im(rows * stride, t.random),
      power(rows * stride, t.random);
  const Guarded<float> expected(rows * TILE), expected_im(rows * TILE), actual(rows * TILE),
      actual_im(rows * TILE);
  t.reference.sum_hops(re.data(), im.data(), power.data(), rows, stride, hops, expected.data(),
                       expected_im.data());
  t.candidate.sum_hops(re.data(), im.data(), power.data(), rows, stride, hops, actual.data(),
                       actual_im.data());
  t.exact(expected.data(), actual.data(), rows * TILE);
  t.exact(expected_im.data(), actual_im.data(), rows * TILE);
  for (size_t k = 0; k < rows; ++k) {
    for (size_t l = 0; l < TILE; ++l) {
      float real = power[k * stride + l + hops - 1], imaginary = 0;
      for (size_t j = 0; j + 1 < hops; ++j) {
        real += re[k * stride + l + j];
        imaginary += im[k * stride + l + j];
      }
      t.exact(&real, &actual[k * TILE + l], 1);
      t.exact(&imaginary, &actual_im[k * TILE + l], 1);
    }
  }
  t.intact(actual);
  t.intact(actual_im);
}

void normalise_trial(Trial& t) {
  const size_t rows = 1 + t.random.length(300);
  const Guarded<float> r(rows * TILE, t.random), head((rows - 1) * TILE, t.random),
      tail((rows - 1) * TILE, t.random), expected(rows * TILE), actual(rows * TILE);
  // Silent columns: every sum is 0.
  const size_t silent = t.random.below(TILE);
  for (size_t k = 0; k < rows; ++k) {
    r[k * TILE + silent] = 0;
    if (k + 1 < rows) head[k * TILE + silent] = tail[k * TILE + silent] = 0;
  }
  const float* const after = t.random.below(2) == 0 ? tail.data() : nullptr;
  t.reference.cumulative_mean_normalise(r.data(), head.data(), after, rows, expected.data());
  t.candidate.cumulative_mean_normalise(r.data(), head.data(), after, rows, actual.data());
  t.exact(expected.data(), actual.data(), rows * TILE);
  for (size_t k = 1; k < rows; ++k) {
    const float zero = 0;
    t.exact(&zero, &actual[k * TILE + silent], 1);
  }
  t.intact(actual);
}

void first_trough_trial(Trial& t) {
  const size_t n = 2 + t.random.length(300);
  const Guarded<float> d(n * TILE, t.random, 0, 1);
  // Ties: most values from a few.
  if (t.random.below(2) == 0) {
    for (size_t i = 0; i < d.size(); ++i) d[i] = static_cast<float>(t.random.below(4)) / 4;
  }
  const float threshold = t.random.uniform(0, 0.3f);
  const Guarded<int32_t> expected(TILE), actual(TILE);
  t.reference.first_trough(d.data(), n, threshold, expected.data());
  t.candidate.first_trough(d.data(), n, threshold, actual.data());
  t.exact(expected.data(), actual.data(), TILE);
  for (size_t l = 0; l < TILE; ++l) {
    const auto at = [&](size_t k) { return d[k * TILE + l]; };
    int32_t truth = -1;
    size_t lowest = n - 1;
    for (size_t k = n; k-- > 0;) {
      const bool left = k == 0 ? at(0) < at(1) : at(k) < at(k - 1);
      const bool right = k == 0 || k + 1 == n || at(k) <= at(k + 1);
      if (left && right && at(k) < threshold) truth = static_cast<int32_t>(k);
      if (at(k) <= at(lowest)) lowest = k;
    }
    if (truth < 0) truth = -1 - static_cast<int32_t>(lowest);
    t.exact(&truth, &actual[l], 1);
  }
  t.intact(actual);
}

template <int Which>
size_t timed(const Table& table) {
  constexpr size_t N = 340;
  static Random random(1);
  static const Guarded<float> a(N * TILE, random), b(N * TILE, random), out(N * TILE, random);
  static const Guarded<float> sums(TILE);
  static const Guarded<int32_t> rows(TILE);
  if (Which == 0) table.running_energy(a.data(), N, sums.data(), out.data());
  if (Which == 1) table.cumulative_mean_normalise(a.data(), b.data(), nullptr, N, out.data());
  static const Guarded<float> wide(N * 3 * TILE, random), wider(N * 3 * TILE, random),
      widest(N * 3 * TILE, random);
  if (Which == 3) {
    table.correlate_hops(a.data(), b.data(), b.data(), a.data(), N, 3 * TILE, 2 * TILE, wide.data(),
                         wider.data(), widest.data());
  }
  if (Which == 4) {
    table.sum_hops(wide.data(), wider.data(), widest.data(), N, 3 * TILE, 4, a.data(), out.data());
  }
  if (Which == 2) table.first_trough(a.data(), N, -2.0f, rows.data());
  return N * TILE;
}

const Register cases[] = {
    {"running_energy", &running_energy_trial, &timed<0>},
    {"correlate_hops", &correlate_trial, &timed<3>},
    {"sum_hops", &sum_hops_trial, &timed<4>},
    {"cumulative_mean_normalise", &normalise_trial, &timed<1>},
    {"first_trough", &first_trough_trial, &timed<2>},
};

}  // namespace
}  // namespace check
