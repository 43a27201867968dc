// Reads denormals as zero and flushes results to zero while in scope, on this thread, and restores the mode it found.
// A signal that fades out ends in denormals, which cost a hundred cycles each: without this, silence at 1e-38 takes up
// to forty times as long as sound. Leaving the mode set would change the arithmetic of JavaScript itself. The binding
// opens the scope around every call (args.h); core and kernels rely on it and open none.
#pragma once

#include <cstdint>

#if defined(__SSE2__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

namespace cochlea {

class FlushDenormals {
 public:
  FlushDenormals() : saved_(read()) { write(saved_ | FLUSH); }
  ~FlushDenormals() { write(saved_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__SSE2__) || defined(_M_X64)
  static constexpr uint64_t FLUSH = 0x8040;  // FTZ and DAZ
  static uint64_t read() { return _mm_getcsr(); }
  static void write(uint64_t mode) { _mm_setcsr(static_cast<uint32_t>(mode)); }
#elif defined(__aarch64__) && !defined(_MSC_VER)
  static constexpr uint64_t FLUSH = uint64_t{1} << 24;  // FPCR.FZ
  static uint64_t read() {
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
  }
  static void write(uint64_t mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }
#else
  static constexpr uint64_t FLUSH = 0;
  static uint64_t read() { return 0; }
  static void write(uint64_t) {}
#endif
  const uint64_t saved_;
};

}  // namespace cochlea
