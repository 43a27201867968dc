// What the kernels of resonators and their callers agree on. No code that could be emitted: tier objects
// include it.
#pragma once

#include <stddef.h>

namespace cochlea::kernels {

// Resonators of a bank stand in panels of so many, whose rows they share.
static constexpr size_t RESONATOR_PANEL = 8;
static constexpr size_t RESONATOR_STATE_ROWS = 4;   // y.re, y.im, s.re, s.im
static constexpr size_t RESONATOR_BLOCK_ROWS = 10;  // c.re, c.im, their rounding errors, d, m
static constexpr size_t RESONATOR_SAMPLE_ROWS = 6;  // c.re, c.im, d.re, d.im, alpha, beta

// Trackers stand in groups of so many.
static constexpr size_t TRACKER_GROUP = 16;
static constexpr size_t TRACKER_PARAMETER_ROWS = 5;  // alpha, beta, gamma, own v.re, v.im
static constexpr size_t TRACKER_STATE_ROWS = 6;      // y.re, y.im, s.re, s.im, v.re, v.im
static constexpr size_t TRACKER_TRACE_ROWS = 4;      // s.re, s.im, v.re, v.im

// How a tracker moves towards what it hears.
enum class TrackingRule { chord, tangent, ewma };

}  // namespace cochlea::kernels
