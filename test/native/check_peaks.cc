#include "check.h"

namespace check {
namespace {

constexpr size_t TILE = cochlea::kernels::FFT_TILE;

void maximum_trial(Trial& t) {
  const size_t rows = 1 + t.random.length(200);
  const Guarded<float> x(rows * TILE, t.random), expected(TILE), actual(TILE);
  t.reference.column_maximum(x.data(), rows, expected.data());
  t.candidate.column_maximum(x.data(), rows, actual.data());
  t.exact(expected.data(), actual.data(), TILE);
  for (size_t l = 0; l < TILE; ++l) {
    float truth = x[l];
    for (size_t i = 1; i < rows; ++i) truth = std::fmax(truth, x[i * TILE + l]);
    t.exact(&truth, &actual[l], 1);
  }
  t.intact(actual);
}

void peaks_trial(Trial& t) {
  const size_t rows = t.random.length(200);
  const Guarded<float> x((rows + 2) * TILE, t.random, 0, 1), floor(TILE, t.random, 0, 1);
  // Plateaus, from few different values.
  if (t.random.below(2) == 0) {
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(t.random.below(4));
  }
  const Guarded<int32_t> expected(rows * TILE), actual(rows * TILE);
  t.reference.find_peaks(x.data() + TILE, rows, floor.data(), expected.data());
  t.candidate.find_peaks(x.data() + TILE, rows, floor.data(), actual.data());
  t.exact(expected.data(), actual.data(), rows * TILE);
  for (size_t i = 0; i < rows; ++i) {
    for (size_t l = 0; l < TILE; ++l) {
      const float v = x[(i + 1) * TILE + l];
      const bool peak = v > floor[l] && v > x[i * TILE + l] && v >= x[(i + 2) * TILE + l];
      const int32_t truth = peak ? 1 : 0;
      t.exact(&truth, &actual[i * TILE + l], 1);
    }
  }
  t.intact(actual);
}

template <bool Peaks>
size_t timed(const Table& table) {
  constexpr size_t ROWS = 360;
  static Random random(1);
  static const Guarded<float> x((ROWS + 2) * TILE, random), row(TILE, random);
  static const Guarded<int32_t> flags(ROWS * TILE);
  if (Peaks) {
    table.find_peaks(x.data() + TILE, ROWS, row.data(), flags.data());
  } else {
    table.column_maximum(x.data(), ROWS, row.data());
  }
  return ROWS * TILE;
}

const Register cases[] = {
    {"column_maximum", &maximum_trial, &timed<false>},
    {"find_peaks", &peaks_trial, &timed<true>},
};

}  // namespace
}  // namespace check
