# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Tests that look at the sources, not at this build. They choose their own
# compilers, so one preset is enough to run them.

find_package(Python3 REQUIRED COMPONENTS Interpreter)

# hvpt_add_check(<name> <label> <script> <argument>...)
# A check which cannot be made here ends with 77 and is shown as skipped.
function(hvpt_add_check name label script)
  add_test(NAME ${name} COMMAND ${script} ${ARGN}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES
    LABELS "${label}"
    SKIP_RETURN_CODE 77)
endfunction()

set(python ${Python3_EXECUTABLE} -B)
set(scripts ${PROJECT_SOURCE_DIR}/scripts)
set(freestanding ${CMAKE_CURRENT_SOURCE_DIR}/freestanding/freestanding.py)

# The objects are made once, and looked at by several tests.
set(objects --objects ${CMAKE_CURRENT_BINARY_DIR}/freestanding)
hvpt_add_check(freestanding-objects freestanding
  ${python} ${freestanding} objects ${objects})
set_tests_properties(freestanding-objects PROPERTIES
  FIXTURES_SETUP hvpt_objects)
foreach(check undefined data prefix stack recursion image)
  hvpt_add_check(freestanding-${check} freestanding
    ${python} ${freestanding} ${check} ${objects})
  set_tests_properties(freestanding-${check} PROPERTIES
    FIXTURES_REQUIRED hvpt_objects)
endforeach()
foreach(check llp64 headers targets mixed dropped single aarch64 self-test)
  hvpt_add_check(freestanding-${check} freestanding
    ${python} ${freestanding} ${check})
endforeach()

set(stores ${CMAKE_CURRENT_SOURCE_DIR}/freestanding/stores.py)
hvpt_add_check(freestanding-stores freestanding ${python} ${stores})
hvpt_add_check(freestanding-stores-self-test freestanding
  ${python} ${stores} --self-test)

set(order ${CMAKE_CURRENT_SOURCE_DIR}/freestanding/order.py)
hvpt_add_check(freestanding-order freestanding ${python} ${order})
hvpt_add_check(freestanding-order-self-test freestanding
  ${python} ${order} --self-test)

hvpt_add_check(freestanding-conformance freestanding
  ${CMAKE_CURRENT_SOURCE_DIR}/conformance/freestanding_suite.sh
  ${PROJECT_SOURCE_DIR})

hvpt_add_check(dist-fresh source ${python} ${scripts}/gen-single-file --check)
hvpt_add_check(sizes-fresh source ${python} ${PROJECT_SOURCE_DIR}/bench/sizes
  --here --check docs/PERFORMANCE.md)
hvpt_add_check(pictures-fresh source ${python} ${scripts}/pictures --check)
# Each script that checks a rule tests itself, too.
file(GLOB checks RELATIVE ${scripts} CONFIGURE_DEPENDS ${scripts}/check-*)
foreach(check IN LISTS checks ITEMS budgets)
  hvpt_add_check(${check} source ${python} ${scripts}/${check})
  hvpt_add_check(${check}-self-test source
    ${python} ${scripts}/${check} --self-test)
endforeach()

hvpt_add_check(plant-bugs-places source
  ${python} ${scripts}/plant-bugs --self-test)
hvpt_add_check(mutate-self-test source
  ${python} ${scripts}/lib/mutate_test.py ${CMAKE_C_COMPILER})
hvpt_add_check(mutate-names source ${python} ${scripts}/mutate --names)
hvpt_add_check(soak-self-test source ${python} ${scripts}/soak --self-test)
hvpt_add_check(linux-tree-self-test source
  ${python} ${scripts}/linux-tree --self-test)
hvpt_add_check(report-self-test source
  ${python} ${scripts}/lib/report.py --self-test)
hvpt_add_check(ci-verdicts source
  ${CMAKE_CURRENT_SOURCE_DIR}/build/ci.sh ${PROJECT_SOURCE_DIR})
hvpt_add_check(guest-verdicts source
  ${python} ${CMAKE_CURRENT_SOURCE_DIR}/guest/verdicts.py)
hvpt_add_check(test-roots-verdicts source
  ${CMAKE_CURRENT_SOURCE_DIR}/build/roots.sh ${PROJECT_SOURCE_DIR})
hvpt_add_check(release-verdicts source
  ${CMAKE_CURRENT_SOURCE_DIR}/build/release.sh ${PROJECT_SOURCE_DIR})
hvpt_add_check(linux-boot-setup source
  ${CMAKE_CURRENT_SOURCE_DIR}/linux/boot_setup.sh ${PROJECT_SOURCE_DIR})
hvpt_add_check(build-missing source
  ${CMAKE_CURRENT_SOURCE_DIR}/build/missing.sh ${PROJECT_SOURCE_DIR})

# What pages tell a reader to do, done in a copy.
set(howto ${CMAKE_CURRENT_SOURCE_DIR}/docs/howto.py)
hvpt_add_check(howto-readme docs ${python} ${howto} README.md)
hvpt_add_check(howto-kernel docs
  ${python} ${howto} docs/howto/PORT-TO-A-KERNEL.md)
hvpt_add_check(howto-fuzz-target docs
  ${python} ${howto} docs/howto/FUZZ-TARGET.md)

# How users take hvpt in, each from a copy.
foreach(way installed shared ffi version pkg-config components subdirectory
    fetch-content source-list single-file cxx meson)
  hvpt_add_check(way-${way} way
    ${python} ${CMAKE_CURRENT_SOURCE_DIR}/ways/ways.py ${way})
endforeach()

foreach(example bare-metal uefi-app edk2-package fuzz-target
    kernel-module rust rust-system)
  hvpt_add_check(example-${example} way
    ${python} ${CMAKE_CURRENT_SOURCE_DIR}/ways/examples.py ${example})
endforeach()
hvpt_add_check(ways-table way
  ${python} ${CMAKE_CURRENT_SOURCE_DIR}/ways/ways.py --table)
hvpt_add_check(rust-bindings way
  ${python} ${CMAKE_CURRENT_SOURCE_DIR}/ways/bindings.py)

hvpt_add_check(lint-format lint ${scripts}/lint format --no-install)
# Some seconds for each file: minutes in all.
hvpt_add_check(lint-tidy "lint;long"
  ${scripts}/lint tidy --no-install --build ${PROJECT_BINARY_DIR})

# The longest begin first, so that none is left alone at the end.
set_tests_properties(lint-tidy PROPERTIES COST 400)
set_tests_properties(freestanding-order-self-test freestanding-order
  freestanding-single check-contracts-self-test PROPERTIES COST 100)
