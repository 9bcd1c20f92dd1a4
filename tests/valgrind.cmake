# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A few of the unit tests once more, under valgrind's memcheck.

set(HVPT_VALGRIND_TESTS
  test_device
  test_device_attach
  test_domain
  test_domain_flush
  test_domain_ids
  test_domain_map
  test_gather
  test_hv_abi
  test_hvcall
  test_logical_id
  test_pt_protect
  test_pt_reclaim
)

find_program(HVPT_VALGRIND valgrind)
mark_as_advanced(HVPT_VALGRIND)
if(NOT HVPT_VALGRIND)
  add_test(NAME valgrind COMMAND sh -c
    "echo 'SKIP: valgrind is not installed: no test ran under it'; exit 77")
  set_tests_properties(valgrind PROPERTIES LABELS valgrind SKIP_RETURN_CODE 77)
  return()
endif()
foreach(test IN LISTS HVPT_VALGRIND_TESTS)
  add_test(NAME valgrind_${test}
    COMMAND ${HVPT_VALGRIND} --quiet --error-exitcode=1 --leak-check=full
      --show-leak-kinds=definite $<TARGET_FILE:${test}>)
  set_tests_properties(valgrind_${test} PROPERTIES
    LABELS valgrind
    ENVIRONMENT HVPT_TEST_EFFORT=5)
endforeach()
