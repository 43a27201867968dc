// What this processor and operating system can execute.
#pragma once

namespace cochlea::kernels {

struct Cpu {
  bool avx2;    // AVX2 and FMA, and the system saves the ymm registers
  bool avx512;  // F, BW, DQ and VL, and the system saves the zmm and mask registers
};

Cpu detect_cpu();

}  // namespace cochlea::kernels
