// What of a chromagram its key follows from.
#pragma once

#include <cstddef>
#include <span>

#include "core/runtime/status.h"
#include "core/runtime/task.h"

namespace cochlea {

// The sum of each row of a matrix of totals.size() rows.
Status class_totals(const Task& task, std::span<const float> chroma, size_t columns,
                    std::span<double> totals);

}  // namespace cochlea
