// The table of kernels that every tier fills. Includes nothing but integer types: tier objects
// include it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "fft_plan.h"
#include "resonator_layout.h"

namespace cochlea::kernels {

struct Table {
  const char* tier;
  int lanes;
#define KERNEL(result, name, parameters, error) result(*name) parameters;
#include "kernels.def"
#undef KERNEL
};

}  // namespace cochlea::kernels
