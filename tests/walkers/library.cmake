# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The harness: for the tests here and for the hvpt command.
if(TARGET hvpt_walkers)
  return()
endif()

hvpt_add_library(hvpt_walkers SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/bridge.c
  ${CMAKE_CURRENT_LIST_DIR}/cpu_walk.c
  ${CMAKE_CURRENT_LIST_DIR}/dma.c
  ${CMAKE_CURRENT_LIST_DIR}/gdb.c
  ${CMAKE_CURRENT_LIST_DIR}/guest_ram.c
  ${CMAKE_CURRENT_LIST_DIR}/monitor.c
  ${CMAKE_CURRENT_LIST_DIR}/qemu.c
  ${CMAKE_CURRENT_LIST_DIR}/qtest.c
  ${CMAKE_CURRENT_LIST_DIR}/stream.c
  ${CMAKE_CURRENT_LIST_DIR}/vtd.c)
target_include_directories(hvpt_walkers PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(hvpt_walkers PUBLIC hvpt::hvpt)
