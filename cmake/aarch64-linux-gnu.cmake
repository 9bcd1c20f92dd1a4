# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Cross-build for 64-bit ARM Linux; tests run under qemu-user. cmocka and
# liblzma for arm64 come from scripts/get-arm64-libs, which prints the folder
# to give as HVPT_ARM64_ROOT (variable or environment).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)

if(NOT HVPT_ARM64_ROOT)
  set(HVPT_ARM64_ROOT "$ENV{HVPT_ARM64_ROOT}")
endif()
set(HVPT_ARM64_ROOT "${HVPT_ARM64_ROOT}" CACHE PATH
  "Folder with cmocka and liblzma for arm64")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES HVPT_ARM64_ROOT)

set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu)
if(HVPT_ARM64_ROOT)
  list(PREPEND CMAKE_FIND_ROOT_PATH "${HVPT_ARM64_ROOT}")
endif()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

find_program(HVPT_QEMU_AARCH64 NAMES qemu-aarch64 qemu-aarch64-static)
if(HVPT_QEMU_AARCH64)
  # Debian has some libraries in /usr/lib and some in /lib.
  set(CMAKE_CROSSCOMPILING_EMULATOR
    ${HVPT_QEMU_AARCH64} -L /usr/aarch64-linux-gnu -E
    LD_LIBRARY_PATH=${HVPT_ARM64_ROOT}/usr/lib/aarch64-linux-gnu:${HVPT_ARM64_ROOT}/lib/aarch64-linux-gnu)
endif()
