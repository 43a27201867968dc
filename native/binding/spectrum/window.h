#pragma once

#include <memory>

#include "binding/runtime/args.h"
#include "core/spectrum/window.h"

namespace cochlea::binding {

// The window of a transform of n_fft values from its JavaScript form; null if that would be out of
// bounds.
std::shared_ptr<const Window> read_window(int32_t shape, double parameter, In custom,
                                          int32_t length, int32_t n_fft);

}  // namespace cochlea::binding
