#include "check.h"

namespace check {
namespace {

void trial(Trial& t) {
  const size_t m = t.random.below(14), n = t.random.below(100), k = t.random.below(80);
  // Rows of a may overlap; the other strides leave room that must stay untouched.
  const size_t lda = 1 + t.random.below(k + 3), ldb = n + t.random.below(3),
               ldc = n + t.random.below(3);
  const bool accumulate = t.random.below(2) == 1;
  const Guarded<float> a(m == 0 ? 0 : (m - 1) * lda + k, t.random);
  const Guarded<float> b(k == 0 ? 0 : (k - 1) * ldb + n, t.random);
  const size_t size = m == 0 ? 0 : (m - 1) * ldc + n;
  const Guarded<float> expected(size, t.random), actual(size), whole(size);
  std::vector<float> magnitude(size);
  for (size_t i = 0; i < size; ++i) actual[i] = whole[i] = expected[i];
  for (size_t i = 0; i < m; ++i) {
    for (size_t j = 0; j < n; ++j) {
      float& sum = magnitude[i * ldc + j];
      if (accumulate) sum += std::fabs(expected[i * ldc + j]);
      for (size_t p = 0; p < k; ++p) sum += std::fabs(a[i * lda + p] * b[p * ldb + j]);
    }
  }
  t.reference.gemm(a.data(), lda, b.data(), ldb, expected.data(), ldc, m, n, k, accumulate);
  t.candidate.gemm(a.data(), lda, b.data(), ldb, whole.data(), ldc, m, n, k, accumulate);
  t.sum(expected.data(), whole.data(), magnitude.data(), size, static_cast<double>(k));

  // The same product in pieces has the same bits.
  const size_t i = t.random.below(m + 1), j = t.random.below(n + 1), p = t.random.below(k + 1);
  const auto piece = [&](size_t i0, size_t i1, size_t j0, size_t j1, size_t p0, size_t p1,
                         bool add) {
    if (i0 == i1 || j0 == j1) return;
    t.candidate.gemm(a.data() + i0 * lda + p0, lda, b.data() + p0 * ldb + j0, ldb,
                     actual.data() + i0 * ldc + j0, ldc, i1 - i0, j1 - j0, p1 - p0, add);
  };
  for (const auto& [i0, i1] : {std::pair{size_t{0}, i}, std::pair{i, m}}) {
    for (const auto& [j0, j1] : {std::pair{size_t{0}, j}, std::pair{j, n}}) {
      piece(i0, i1, j0, j1, 0, p, accumulate);
      piece(i0, i1, j0, j1, p, k, true);
    }
  }
  t.exact(whole.data(), actual.data(), size);
  t.intact(actual);
}

size_t timed(const Table& table) {
  constexpr size_t M = 64, N = 32, K = 64;
  static Random random(1);
  static const Guarded<float> a(M * K, random), b(K * N, random), c(M * N);
  table.gemm(a.data(), K, b.data(), N, c.data(), N, M, N, K, false);
  return M * N * K;
}

const Register gemm("gemm", &trial, &timed);

}  // namespace
}  // namespace check
