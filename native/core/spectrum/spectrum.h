// Elementwise functions of spectrograms, in blocks.
#pragma once

#include <optional>
#include <span>

#include "core/runtime/status.h"
#include "core/runtime/task.h"

namespace cochlea {

// out = |re + j im| ** power, of n values at once.
void magnitude_power(const float* re, const float* im, size_t n, double power, float* out);
Status magnitude(const Task& task, std::span<const float> re, std::span<const float> im,
                 double power, std::span<float> out);

// out = atan2(im, re)
Status phase(const Task& task, std::span<const float> re, std::span<const float> im,
             std::span<float> out);

// magnitude = |D| ** power; cosine + j sine = D / |D|, 1 where D = 0. The parts are divided, not
// multiplied by a reciprocal, so that denormals keep their phase.
Status magphase(const Task& task, std::span<const float> re, std::span<const float> im,
                double power, std::span<float> magnitude, std::span<float> cosine,
                std::span<float> sine);

// out = scale * log10(max(amin, |x|) / max(amin, reference)), raised to at least its maximum -
// top_db, if given. Without a reference it is the largest |x|. amin >= 2^-126. `out` may be `x`.
Status decibels(const Task& task, std::span<const float> x, double scale,
                std::optional<double> reference, double amin, std::optional<double> top_db,
                std::span<float> out);

}  // namespace cochlea
