// What is made of a bank's frames: matrices [bins][frames], row-major.
#pragma once

#include <cstdint>
#include <span>

#include "core/runtime/status.h"
#include "core/runtime/task.h"

namespace cochlea {

// Pitch classes: row k of `power`, times weights[k], is added to row classes[k] of `out`; then, if wanted,
// each column is divided by its largest value, where that is above 0. Without weights all are 1. Sums
// beyond single precision are refused.
Status resonator_chroma(const Task& task, std::span<const float> power, size_t frames,
                        std::span<const int32_t> classes, std::span<const double> weights,
                        bool normalize, std::span<float> out);

// Cepstral coefficients: the first rows of the orthonormal DCT-II over the rows of 10 log10 of
// `power`, times the weights, relative to its largest value and at most top_db below it; a negative
// top_db limits nothing. As many coefficients as there is room for in `out`.
Status resonator_mfcc(const Task& task, std::span<const float> power, size_t bins,
                      std::span<const double> weights, double top_db, std::span<float> out);

// What a cell holds into which several values fall: that of the largest magnitude; that of the tracker
// nearest, in Hz, to its own frequency; the root of the summed powers, or the sum of complex values.
enum class Collision { max, nearest, sum };

// What trackers heard, all [bins][frames]; re and im are empty where complex values are not wanted.
struct TrackedFrames {
  std::span<const float> magnitude, frequency, re, im;
};

// Puts each value into the row between whose edges its frequency lies, of edges.size() - 1 rows.
// `natural`, the trackers' own frequencies, decides between the nearest alone. Fills re and im with
// complex values if `tracked` has them, otherwise re with magnitudes. Sums beyond single precision are
// refused.
Status super_resolution(const Task& task, const TrackedFrames& tracked, size_t bins,
                        std::span<const double> edges, Collision collision,
                        std::span<const double> natural, std::span<float> re, std::span<float> im);

}  // namespace cochlea
