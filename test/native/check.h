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

// One random trial of one kernel: run it through `reference` and through `candidate` on the same
// data, compare.
class Trial {
 public:
  Trial(const Table& r, const Table& c, uint64_t seed) : reference(r), candidate(c), random(seed) {}

  const Table& reference;
  const Table& candidate;
  Random random;

  // Error class EXACT: the same bits (any NaN equals any NaN).
  template <class T>
  void exact(const T* expected, const T* actual, size_t n) {
    for (size_t i = 0; i < n; ++i) {
      const bool same = std::memcmp(expected + i, actual + i, sizeof(T)) == 0 ||
                        (expected[i] != expected[i] && actual[i] != actual[i]);
      note(same ? 0.0 : std::numeric_limits<double>::infinity(), 0.0, i);
    }
  }
  // Error class ULP(bound): distance in units in the last place of the expected value.
  void ulp(const float* expected, const float* actual, size_t n, double bound) {
    for (size_t i = 0; i < n; ++i) {
      const double scale = std::fmax(std::fabs(double{expected[i]}), 1.2e-38) * 1.1920929e-7;
      note(std::fabs(double{expected[i]} - double{actual[i]}) / scale, bound, i);
    }
  }
  // Error class SUM(bound): in units of epsilon times `magnitude[i]`, the sum of the absolute terms
  // behind element i.
  void sum(const float* expected, const float* actual, const float* magnitude, size_t n,
           double bound) {
    for (size_t i = 0; i < n; ++i) {
      const double scale = std::fmax(double{magnitude[i]}, 1e-30) * 1.1920929e-7;
      note(std::fabs(double{expected[i]} - double{actual[i]}) / scale, bound, i);
    }
  }
  // SUM with one magnitude for all elements, for kernels where every output mixes every input.
  void sum(const float* expected, const float* actual, float magnitude, size_t n, double bound) {
    for (size_t i = 0; i < n; ++i) {
      const double scale = std::fmax(double{magnitude}, 1e-30) * 1.1920929e-7;
      note(std::fabs(double{expected[i]} - double{actual[i]}) / scale, bound, i);
    }
  }
  template <class T>
  void intact(const Guarded<T>& buffer) {
    if (!buffer.intact()) fail("wrote before the start of a buffer");
  }
  void fail(const char* why) {
    if (failure_ == nullptr) failure_ = why;
  }

  double worst() const { return worst_; }
  size_t worst_index() const { return worst_index_; }
  double bound() const { return bound_; }
  const char* failure() const { return failure_; }

 private:
  void note(double error, double bound, size_t index) {
    bound_ = bound;
    if (!(error <= bound)) fail("error above its bound");
    if (!(error <= worst_)) worst_ = error, worst_index_ = index;
  }

  double worst_ = 0, bound_ = 0;
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
