// The only includer of the Node-API wrapper, so that its configuration always comes first.
#pragma once

// Node 18.12 and later, and every Electron in support.
#define NAPI_VERSION 8
// Electron forbids array buffers over memory that V8 does not own; leaving them out makes their use
// a compile error.
#define NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED
#define NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS
#define NODE_ADDON_API_DISABLE_DEPRECATED
#include <napi.h>
