#pragma once

#include "binding/runtime/args.h"
#include "core/tonal/cqt_magnitudes.h"

namespace cochlea::binding {

// A transform's parameters in the order of binding.d.ts. Not ok if memory would not be safe.
Status read_cqt_spec(InDouble values, InDouble ratios, CqtSpec* spec, double* tuning);

// False if it is none.
bool read_cqt_mode(int32_t value, CqtMode* mode);

}  // namespace cochlea::binding
