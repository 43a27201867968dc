#include <algorithm>

#include "check.h"
#include "kernels/median_layout.h"

namespace check {
namespace {

using namespace cochlea::kernels;

constexpr size_t W = MEDIAN_WIDTH;

// n + size - 1 elements of W lines, in scattered rows, few distinct values among them.
struct Lines {
  Guarded<float> x;
  std::vector<size_t> rows;

  Lines(size_t n, int size, Random& random)
      : x((n + static_cast<size_t>(size) - 1) * W), rows(median_rows(n, size)) {
    const size_t elements = x.size() / W;
    const float step = random.below(2) == 0 ? 0.125f : 1e-6f;
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = std::round(random.uniform(-1, 1) / step) * step + 0.0f;
    const size_t turn = random.below(elements);
    for (size_t i = 0; i < rows.size(); ++i) {
      const size_t element = std::min(i == 0 ? 0 : i - 1, elements - 1);
      rows[i] = (element + turn) % elements * W;
    }
  }
};

void median_trial(Trial& t) {
  const int size = 1 + static_cast<int>(t.random.below(MEDIAN_NETWORK_SIZE));
  const size_t n = 1 + t.random.length(600), stride = W + t.random.below(5);
  const Lines lines(n, size, t.random);
  const Guarded<float> scratch(median_scratch(size)), expected((n - 1) * stride + W),
      actual((n - 1) * stride + W);
  t.reference.median_lines(lines.x.data(), lines.rows.data(), n, size, scratch.data(),
                           expected.data(), stride);
  t.candidate.median_lines(lines.x.data(), lines.rows.data(), n, size, scratch.data(),
                           actual.data(), stride);
  t.exact(expected.data(), actual.data(), expected.size());
  t.intact(actual);
  t.intact(scratch);
  const size_t line = t.random.below(W);
  std::vector<float> window(static_cast<size_t>(size));
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < window.size(); ++j) window[j] = lines.x[lines.rows[1 + i + j] + line];
    const auto middle = window.begin() + size / 2;
    std::nth_element(window.begin(), middle, window.end());
    t.exact(&*middle, &actual[i * stride + line], 1);
  }
}

size_t median_timed(const Table& table) {
  constexpr int SIZE = 31;
  constexpr size_t N = 512;
  static Random random(1);
  static const Lines lines(N, SIZE, random);
  static const Guarded<float> scratch(median_scratch(SIZE)), out(N * W);
  table.median_lines(lines.x.data(), lines.rows.data(), N, SIZE, scratch.data(), out.data(), W);
  return N * W;
}

void transpose_trial(Trial& t) {
  const size_t rows = 1 + t.random.below(50), columns = 1 + t.random.below(50);
  const size_t in_stride = columns + t.random.below(5), out_stride = rows + t.random.below(5);
  const Guarded<float> in((rows - 1) * in_stride + columns, t.random),
      expected((columns - 1) * out_stride + rows), actual(expected.size());
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < columns; ++c) expected[c * out_stride + r] = in[r * in_stride + c];
  }
  t.candidate.transpose(in.data(), in_stride, rows, columns, actual.data(), out_stride);
  t.exact(expected.data(), actual.data(), expected.size());
  t.intact(actual);
}

size_t transpose_timed(const Table& table) {
  constexpr size_t N = 512;
  static Random random(1);
  static const Guarded<float> in(1300 * W, random), out(N * W);
  table.transpose(in.data(), 1300, W, N, out.data(), W);
  return N * W;
}

const Register median("median_lines", &median_trial, &median_timed);
const Register transpose("transpose", &transpose_trial, &transpose_timed);

}  // namespace
}  // namespace check
