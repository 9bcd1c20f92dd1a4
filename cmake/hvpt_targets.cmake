# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# How hvpt's targets are made. Nothing here touches a global setting.

set(HVPT_WARNINGS
  -Wall -Wextra -Wconversion -Wshadow -Wvla
  -Wstrict-prototypes -Wmissing-prototypes)
include(${CMAKE_CURRENT_LIST_DIR}/compilers.cmake)

# Is the compiler one of cmake/compilers.cmake?
function(hvpt_compiler_tested result)
  set(${result} OFF PARENT_SCOPE)
  set(tested ${HVPT_TESTED_${CMAKE_C_COMPILER_ID}})
  if(tested)
    list(GET tested 0 first)
    list(GET tested 1 last)
    string(REGEX MATCH "^[0-9]+" major "${CMAKE_C_COMPILER_VERSION}")
    if(major GREATER_EQUAL first AND major LESS_EQUAL last)
      set(${result} ON PARENT_SCOPE)
    endif()
  endif()
endfunction()

if(HVPT_WERROR)
  hvpt_compiler_tested(HVPT_COMPILER_TESTED)
  if(HVPT_COMPILER_TESTED)
    list(APPEND HVPT_WARNINGS -Werror)
  else()
    message(STATUS "hvpt: warnings are no errors with "
      "${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}: it is not among "
      "the versions in cmake/compilers.cmake")
  endif()
endif()

# All of hvpt is C11, without extensions of the language mode.
function(hvpt_settings target)
  set_target_properties(${target} PROPERTIES
    C_STANDARD 11
    C_STANDARD_REQUIRED ON
    C_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE ${HVPT_WARNINGS})
endfunction()

# The core runs without a C library. gcc's out-of-line atomics of aarch64
# would be symbols of libgcc.
function(hvpt_core_settings target)
  target_compile_options(${target} PRIVATE -ffreestanding)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64"
      AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -mno-outline-atomics)
  endif()
endfunction()

# hvpt_add_library(<name> SOURCES <file>... [CORE])
# A static library <name> with the alias hvpt::<name without "hvpt_">.
function(hvpt_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "CORE" "" "SOURCES")
  add_library(${name} STATIC ${arg_SOURCES})
  string(REGEX REPLACE "^hvpt_" "" short ${name})
  add_library(hvpt::${short} ALIAS ${name})
  set_target_properties(${name} PROPERTIES EXPORT_NAME ${short})
  hvpt_settings(${name})
  if(arg_CORE)
    hvpt_core_settings(${name})
    hvpt_fuzz_settings(${name})
  endif()
endfunction()

# hvpt_add_host_library(<name> <core>)
# The host adapter on top of <core>; tests build it over two of them.
function(hvpt_add_host_library name core)
  list(TRANSFORM HVPT_HOST_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/
    OUTPUT_VARIABLE sources)
  hvpt_add_library(${name} SOURCES ${sources})
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(${name} PUBLIC ${core} hvpt_oracle)
  hvpt_fuzz_settings(${name})
endfunction()

# hvpt_add_random_library(<name> <host library>)
# What makes random calls; tests build it over two host libraries.
function(hvpt_add_random_library name host)
  list(TRANSFORM HVPT_RANDOM_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/
    OUTPUT_VARIABLE sources)
  hvpt_add_library(${name} SOURCES ${sources})
  target_link_libraries(${name} PUBLIC ${host})
endfunction()

# Comparisons in the loops over tables would tell an engine nothing, and cost
# more than all the rest.
function(hvpt_fuzz_settings target)
  if(HVPT_FUZZ AND CMAKE_C_COMPILER_ID MATCHES "Clang")
    target_compile_options(${target} PRIVATE
      -fno-sanitize-coverage=trace-cmp)
  endif()
endfunction()
