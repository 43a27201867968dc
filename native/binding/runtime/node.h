// The only includer of node-addon-api, so that its configuration always comes first.
#pragma once

// Node 18.12 and later, and every Electron in support.
#define NAPI_VERSION 8
// Electron forbids array buffers over memory that V8 does not own; leaving them out makes their use
// a compile error.
#define NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED
// A failed call leaves a JavaScript exception pending and returns an empty value; nothing of it is
// thrown through C++, where std::bad_alloc is all that is.
#define NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS
#define NODE_ADDON_API_DISABLE_DEPRECATED
// In a worker that is being terminated JavaScript can no longer run, and no exception can be thrown
// into it. Without this node-addon-api would end the process then.
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#include <napi.h>
