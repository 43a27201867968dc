#include "check.h"
#include "kernels/viterbi_layout.h"

namespace check {
namespace {

using cochlea::kernels::VITERBI_BLOCK;

void trial(Trial& t) {
  const size_t blocks = t.random.below(6), width = 1 + t.random.below(40);
  const size_t n = VITERBI_BLOCK * blocks;
  const Guarded<double> values(blocks == 0 ? 0 : n + width - 1, t.random),
      weights(n * width, t.random), expected(n, t.random), actual(n);
  for (size_t i = 0; i < values.size(); ++i) {
    if (t.random.below(5) == 0) values[i] = -std::numeric_limits<double>::infinity();
  }
  for (size_t j = 0; j < n; ++j) actual[j] = expected[j];
  t.reference.max_plus_band(values.data(), weights.data(), width, blocks, expected.data());
  for (size_t j = 0; j < n; ++j) {
    double truth = actual[j];
    for (size_t d = 0; d < width; ++d)
      truth = std::fmax(
          truth, values[j + d] +
                     weights[(j / VITERBI_BLOCK * width + d) * VITERBI_BLOCK + j % VITERBI_BLOCK]);
    t.exact(&truth, &expected[j], 1);
  }
  t.candidate.max_plus_band(values.data(), weights.data(), width, blocks, actual.data());
  t.exact(expected.data(), actual.data(), n);
  t.intact(actual);
}

size_t timed(const Table& table) {
  constexpr size_t BLOCKS = 38, WIDTH = 101;
  static Random random(1);
  static const Guarded<double> values(BLOCKS * VITERBI_BLOCK + WIDTH - 1, random),
      weights(BLOCKS * VITERBI_BLOCK * WIDTH, random), out(BLOCKS * VITERBI_BLOCK);
  table.max_plus_band(values.data(), weights.data(), WIDTH, BLOCKS, out.data());
  return BLOCKS * VITERBI_BLOCK * WIDTH;
}

const Register max_plus_band("max_plus_band", &trial, &timed);

}  // namespace
}  // namespace check
