# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Windows' data model (long is 32 bits), as UEFI uses it: the core only, no
# C library, nothing linked.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER clang)
# CMAKE_C_COMPILER_TARGET has no effect with the platform Generic.
set(CMAKE_C_FLAGS_INIT --target=x86_64-unknown-windows-msvc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
