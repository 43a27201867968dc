#include "core/tonal/key.h"

#include "binding/runtime/exports.h"
#include "core/runtime/finite.h"

namespace cochlea::binding {
namespace {

Status class_totals(const Task& task, In chroma, int32_t columns, OutDouble totals) {
  if (columns < 0 || chroma.size() != totals.size() * static_cast<size_t>(columns)) {
    return Status::invalid("chroma", "a total for each row");
  }
  if (Status status = check_finite("chroma.data", chroma); !status.ok()) return status;
  return cochlea::class_totals(task, chroma, static_cast<size_t>(columns), totals);
}

const Registration registration([](Exports& exports) {
  exports.function<&class_totals>("classTotals");
});

}  // namespace
}  // namespace cochlea::binding
