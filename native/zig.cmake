# Toolchain file of the prebuilt binaries (native/prebuild.mjs): zig's clang for a platform given by
#   COCHLEA_ZIG         the zig program
#   COCHLEA_ZIG_TARGET  architecture, system and oldest version of its C library, as zig writes them
#   COCHLEA_SYSTEM      what CMake calls the system
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES COCHLEA_ZIG COCHLEA_ZIG_TARGET COCHLEA_SYSTEM)
set(CMAKE_SYSTEM_NAME ${COCHLEA_SYSTEM})
string(REGEX MATCH "^[^-]+" CMAKE_SYSTEM_PROCESSOR "${COCHLEA_ZIG_TARGET}")
# Zig builds its C++ runtime anew for every level of optimisation and of debug information: one level from the start.
set(CMAKE_CXX_COMPILER "${COCHLEA_ZIG}" c++ -target ${COCHLEA_ZIG_TARGET} -O2 -s)
# CMake takes no arguments with an archiver.
set(CMAKE_CXX_ARCHIVE_CREATE "${COCHLEA_ZIG} ar qc <TARGET> <OBJECTS>")
set(CMAKE_CXX_ARCHIVE_APPEND "${COCHLEA_ZIG} ar q <TARGET> <OBJECTS>")
set(CMAKE_CXX_ARCHIVE_FINISH "${COCHLEA_ZIG} ranlib <TARGET>")
# Nothing of the building machine belongs in the result.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
