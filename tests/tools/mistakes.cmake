# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Mistakes are planted in the core, and the command must find them. Each needs a
# command of its own.

# With an entry format that a variable can make wrong. The page table's fast
# paths are inline, so all of it is built with that header.
set(broken_sources ${HVPT_CORE_SOURCES} ${HVPT_HOST_SOURCES}
  ${HVPT_TOOL_SOURCES} ${HVPT_TOOL_MAIN}
  ${HVPT_CONFORMANCE_SOURCES} ${HVPT_CONFORMANCE_TOOL_SOURCES})
list(TRANSFORM broken_sources PREPEND ${PROJECT_SOURCE_DIR}/)
add_executable(hvpt_broken ${broken_sources} broken_mask.c)
hvpt_settings(hvpt_broken)
target_compile_definitions(hvpt_broken PRIVATE
  "HVPT_PORT_HEADER=\"broken_port.h\"")
target_include_directories(hvpt_broken PRIVATE
  ${PROJECT_SOURCE_DIR}/include
  ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(hvpt_broken PRIVATE
  hvpt_reference hvpt_qemu hvpt_trace hvpt_page)

add_test(NAME tool_broken_format
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/broken.sh
    ${traces}/nvme-ext4-7.3-strict.txt.xz
    ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:hvpt_broken>)

# hvpt_broken_<mistake>, of the files of the command's main() and @source. They
# are linked before the library, so what is in @source is not taken from it.
function(hvpt_add_mistake mistake source)
  string(TOLOWER hvpt_broken_${mistake} name)
  add_executable(${name} ${main} ${source})
  hvpt_settings(${name})
  target_compile_definitions(${name} PRIVATE HVPT_BROKEN_${mistake})
  target_link_libraries(${name} PRIVATE hvpt_conformance hvpt::tool)
endfunction()

# In its sync.
foreach(mistake SKIP EARLY SHORT)
  hvpt_add_mistake(${mistake} broken_sync.c)
endforeach()

add_test(NAME tool_broken_sync
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/broken_sync.sh ${traces}
    $<TARGET_FILE:hvpt_command> $<TARGET_FILE:hvpt_broken_skip>
    $<TARGET_FILE:hvpt_broken_early> $<TARGET_FILE:hvpt_broken_short>
    ${CMAKE_CROSSCOMPILING_EMULATOR})

# In its page tables.
foreach(mistake GATHER FREED SPLIT LEAK CRASH)
  hvpt_add_mistake(${mistake} broken_fuzz.c)
endforeach()

add_test(NAME tool_fuzz
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/fuzz.sh
    $<TARGET_FILE:hvpt_command> $<TARGET_FILE:hvpt_broken_early>
    $<TARGET_FILE:hvpt_broken_gather> $<TARGET_FILE:hvpt_broken_freed>
    $<TARGET_FILE:hvpt_broken_split> $<TARGET_FILE:hvpt_broken_leak>
    $<TARGET_FILE:hvpt_broken_crash>
    ${CMAKE_CROSSCOMPILING_EMULATOR})

# What the command prints when it finds something has the form that the schema
# gives.
if(HVPT_SOURCE_CHECKS AND NOT CMAKE_CROSSCOMPILING)
  add_test(NAME tool_schemas
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/schemas.py ${PROJECT_SOURCE_DIR}/docs
      ${traces} $<TARGET_FILE:hvpt_broken_early> $<TARGET_FILE:hvpt_tracefs>
      $<TARGET_FILE:hvpt_command>)
  set_tests_properties(tool_schemas PROPERTIES LABELS tool SKIP_RETURN_CODE 77)
endif()

set_tests_properties(tool_broken_format tool_broken_sync tool_fuzz
  PROPERTIES LABELS tool)

if(TARGET hvpt_bench)
  hvpt_add_bench(hvpt_bench_broken ${CMAKE_CURRENT_SOURCE_DIR}/broken_mask.c)
  target_compile_definitions(hvpt_bench_broken PRIVATE
    "HVPT_PORT_HEADER=\"broken_port.h\"")
  target_include_directories(hvpt_bench_broken PRIVATE
    ${CMAKE_CURRENT_SOURCE_DIR})
  add_test(NAME tool_bench_broken
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/bench_broken.sh
      ${traces}/modload-7.3-strict.txt.xz
      ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:hvpt_bench_broken>)
  hvpt_add_bench(hvpt_bench_wrong ${CMAKE_CURRENT_SOURCE_DIR}/wrong_backend.c)
  target_compile_definitions(hvpt_bench_wrong PRIVATE HVPT_BENCH_HAS_WRONG)
  add_test(NAME tool_bench_differ
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/bench_differ.sh
      ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:hvpt_bench_wrong>)
  set_tests_properties(tool_bench_broken tool_bench_differ
    PROPERTIES LABELS tool)
endif()
