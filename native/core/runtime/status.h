// How a computation ended. Core functions return a Status and throw nothing but std::bad_alloc.
#pragma once

#include <cstddef>

namespace cochlea {

enum class Code { ok, cancelled, not_finite, beyond, invalid };

struct [[nodiscard]] Status {
  Code code = Code::ok;
  // The argument at fault, by its name in the public function, and what was expected of it. String
  // literals only.
  const char* argument = nullptr;
  const char* expected = nullptr;
  // Where in the argument, and what stands there (Code::not_finite and Code::beyond).
  size_t index = 0;
  float value = 0;

  bool ok() const { return code == Code::ok; }

  static Status cancelled() { return {.code = Code::cancelled}; }
  static Status invalid(const char* argument, const char* expected) {
    return {.code = Code::invalid, .argument = argument, .expected = expected};
  }
};

}  // namespace cochlea
