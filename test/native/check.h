// The kernel check: what a case of one kernel needs. A file check_<family>.cc holds the cases of
// one family of kernels.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "kernels/dispatch.h"

namespace check {

using cochlea::kernels::Table;

// xorshift64*: the same numbers everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2685821657736338717u + 1) {}
  uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 2685821657736338717u;
  }
  size_t below(size_t n) { return static_cast<size_t>(next() >> 32) % n; }
  float uniform(float low, float high) {
    return low + (high - low) * (static_cast<float>(next() >> 40) / 16777216.0f);
  }
  // Mostly short, sometimes long: tails and edges are where kernels fail.
  size_t length(size_t longest) { return below(4) == 0 ? below(longest + 1) : below(70); }

 private:
  uint64_t state_;
};

// `n` values that end right before an inaccessible page, or start `offset` values after a readable
// border. Reading past the end faults; writing before the start is found by intact().
template <class T>
class Guarded;

class GuardedBytes {
 public:
  explicit GuardedBytes(size_t bytes);
  ~GuardedBytes();
  GuardedBytes(GuardedBytes&& other) noexcept
      : base_(std::exchange(other.base_, nullptr)), mapped_(other.mapped_), data_(other.data_) {}
  GuardedBytes& operator=(GuardedBytes&&) = delete;
  void* data() const { return data_; }
  bool intact() const;

 private:
  unsigned char* base_;
  size_t mapped_;
  unsigned char* data_;
};

template <class T>
class Guarded {
 public:
  explicit Guarded(size_t n) : bytes_(n * sizeof(T)), size_(n) {
    for (size_t i = 0; i < n; ++i) data()[i] = T(0);
  }
  Guarded(size_t n, Random& random, float low = -1.0f, float high = 1.0f) : Guarded(n) {
    for (size_t i = 0; i < n; ++i) data()[i] = static_cast<T>(random.uniform(low, high));
  }
  T* data() const { return static_cast<T*>(bytes_.data()); }
  size_t size() const { return size_; }
  T& operator[](size_t i) const { return data()[i]; }
  bool intact() const { return bytes_.intact(); }

 private:
  GuardedBytes bytes_;
  size_t size_;
};

// The error class of a row of kernels.def: how far values may stand apart.
struct Bound {
  enum class Class { exact, ulp, sum, norm };
  Class kind = Class::exact;
  double (*limit)(double terms) = nullptr;
  bool same_bits = true;  // on every tier
};

// What a selftest breaks, to see whether the check notices: bits of values that must be equal, or the
// row's bound, which becomes 0.
enum class Break { nothing, bits, bound };

// One random trial of one kernel: run it through `reference` and through `candidate` on the same
// data, compare. The bounds are those of the kernel's row: a case says in which error class it
// compares and what stands behind an element, never how much it may differ.
class Trial {
 public:
  Trial(const Table& r, const Table& c, const Bound& row, uint64_t seed, Break broken)
      : reference(r), candidate(c), random(seed), row_(row), broken_(broken) {}

  const Table& reference;
  const Table& candidate;
  Random random;

  // The same bits (any NaN equals any NaN). Of the tiers, if the row says so; in every row, of what
  // the kernel must leave alone or do the same in another order of calls.
  template <class T>
  void exact(const T* expected, const T* actual, size_t n) {
    for (size_t i = 0; i < n; ++i) {
      T value = actual[i];
      if (broken_ == Break::bits && i == n / 2) *reinterpret_cast<unsigned char*>(&value) ^= 1;
      const bool same = std::memcmp(expected + i, &value, sizeof(T)) == 0 ||
                        (expected[i] != expected[i] && value != value);
      note(same ? 0.0 : std::numeric_limits<double>::infinity(), 0.0, i);
    }
  }
  // Error class ULP: distance in units in the last place of the expected value.
  void ulp(const float* expected, const float* actual, size_t n) {
    for (size_t i = 0; i < n; ++i) {
      const float smallest = std::numeric_limits<float>::min();
      within(Bound::Class::ulp, expected, actual, i, std::fmax(std::fabs(expected[i]), smallest),
             1);
    }
  }
  // Error class SUM: `magnitude[i]` is the sum of the absolute terms behind element i; `terms`, how
  // many they are.
  void sum(const float* expected, const float* actual, const float* magnitude, size_t n,
           double terms = 1) {
    for (size_t i = 0; i < n; ++i)
      within(Bound::Class::sum, expected, actual, i, magnitude[i], terms);
  }
  void sum(const float* expected, const float* actual, float magnitude, size_t n,
           double terms = 1) {
    for (size_t i = 0; i < n; ++i) within(Bound::Class::sum, expected, actual, i, magnitude, terms);
  }
  // Error class NORM: every element mixes every term, and `norm` is their Euclidean norm.
  void norm(const float* expected, const float* actual, float norm, size_t n, double terms = 1) {
    for (size_t i = 0; i < n; ++i) within(Bound::Class::norm, expected, actual, i, norm, terms);
  }
  template <class T>
  void intact(const Guarded<T>& buffer) {
    if (!buffer.intact()) fail("wrote before the start of a buffer");
  }
  void fail(const char* why) {
    if (failure_ == nullptr) failure_ = why;
  }

  // The element that is nearest to its bound, or beyond it: its share of the bound, its error, the bound.
  double share() const { return share_; }
  double worst() const { return worst_; }
  size_t worst_index() const { return worst_index_; }
  double bound() const { return bound_; }
  const char* failure() const { return failure_; }

 private:
  void within(Bound::Class kind, const float* expected, const float* actual, size_t i,
              float magnitude, double terms) {
    if (kind != row_.kind) return fail("compared in another error class than its row's");
    const double scale =
        std::fmax(double{magnitude}, 1e-38) * std::numeric_limits<float>::epsilon();
    note(std::fabs(double{expected[i]} - double{actual[i]}) / scale,
         broken_ == Break::bound ? 0.0 : row_.limit(terms), i);
  }
  void note(double error, double bound, size_t index) {
    const bool good = error <= bound;
    if (!good) fail("error above its bound");
    const double share = good ? error / std::fmax(bound, 1e-300) : HUGE_VAL;
    if (share <= share_) return;
    share_ = share;
    worst_ = error;
    bound_ = bound;
    worst_index_ = index;
  }

  const Bound& row_;
  const Break broken_;
  double share_ = -1, worst_ = 0, bound_ = 0;
  size_t worst_index_ = 0;
  const char* failure_ = nullptr;
};

// What to time: runs the kernel once at a typical size and returns how many elements that was.
// Buffers should be made once (static locals), not in the timed call.
using Timed = size_t (*)(const Table&);

struct Case {
  const char* kernel;
  void (*trial)(Trial&);
  Timed timed;
};

// A file registers its cases by constructing one of these at namespace scope.
struct Register {
  Register(const char* kernel, void (*trial)(Trial&), Timed timed);
};

}  // namespace check
