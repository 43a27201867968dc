// What the path search and its kernel share. Included by tier objects.
#pragma once

#include <stddef.h>

namespace cochlea::kernels {

// States that the kernel takes together: weights stand in blocks of so many targets.
constexpr size_t VITERBI_BLOCK = 16;

}  // namespace cochlea::kernels
