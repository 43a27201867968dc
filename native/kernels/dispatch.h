// Chooses the tier of kernels for this processor, once per process.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "kernels/table.h"

namespace cochlea::kernels {

// Every tier that this binary holds and this processor can run, slowest first; the first is the
// scalar reference.
std::span<const Table* const> available();

// The tier with that name among available(), or nullptr.
const Table* find(std::string_view tier);

// The tier in force: the last of available(), or the one that the environment variable COCHLEA_SIMD
// names. A name that cannot be honoured leaves the best tier in force and is kept in
// refused_name(): the addon then refuses to load.
const Table& active();
const std::string& refused_name();

}  // namespace cochlea::kernels
