// Finds Node-API in whatever program has loaded the addon. A DLL that imports names the file it imports from, and the
// program that runs Node need not be called node.exe: Electron's has the name of the application. So the slots through
// which calls to imported functions go are defined and filled here, and nothing is left to import.
#include <windows.h>

extern "C" {
#define FUNCTION(name) void* __imp_##name = nullptr;
#include "node_api_functions.inc"
#undef FUNCTION
}

namespace {

bool fill() {
  HMODULE host = GetModuleHandleW(nullptr);
  const auto find = [&](const char* name) {
    return reinterpret_cast<void*>(GetProcAddress(host, name));
  };
  // A program that embeds Node as a library.
  if (find("napi_create_function") == nullptr) host = GetModuleHandleW(L"libnode.dll");
#define FUNCTION(name) __imp_##name = find(#name);
#include "node_api_functions.inc"
#undef FUNCTION
  // Never unmapped, as on Linux (CMakeLists.txt).
  HMODULE self;
  return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                            reinterpret_cast<LPCWSTR>(&__imp_napi_create_function), &self);
}

// The loader runs this before Node calls the addon.
[[maybe_unused]] const bool filled = fill();

}  // namespace
