# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# cmake --install: the library, its headers, and what finds them.
#
# Components: development (headers, the static library, CMake's and
# pkg-config's files), runtime (the shared library). tools/install.cmake has
# the third, tools.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The number in libhvpt.so.N. It changes when a program that was linked against
# an earlier release may fail with this one; scripts/check-symbols watches the
# list of symbols.
set(HVPT_SOVERSION 0)

if(HVPT_BUILD_SHARED)
  add_library(hvpt_shared SHARED ${HVPT_CORE_SOURCES} ${HVPT_FFI_SOURCES})
  add_library(hvpt::shared ALIAS hvpt_shared)
  hvpt_settings(hvpt_shared)
  hvpt_core_settings(hvpt_shared)
  # A distribution's flags ask for it; its functions are the C library's.
  target_compile_options(hvpt_shared PRIVATE -fno-stack-protector)
  set_target_properties(hvpt_shared PROPERTIES
    OUTPUT_NAME hvpt
    EXPORT_NAME shared
    VERSION ${HVPT_SOVERSION}.${HVPT_VERSION}
    SOVERSION ${HVPT_SOVERSION}
    LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/hvpt.map)
  target_link_options(hvpt_shared PRIVATE
    -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/hvpt.map
    -Wl,--no-undefined -nostdlib)
  target_include_directories(hvpt_shared PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  install(TARGETS hvpt_shared EXPORT hvptSharedTargets
    LIBRARY
      DESTINATION ${CMAKE_INSTALL_LIBDIR}
      COMPONENT runtime
      NAMELINK_COMPONENT development)
endif()

install(TARGETS hvpt EXPORT hvptTargets
  ARCHIVE
    DESTINATION ${CMAKE_INSTALL_LIBDIR}
    COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/hvpt
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT development
  FILES_MATCHING PATTERN "*.h")

# ---- find_package(hvpt CONFIG), pkg-config --------------------------------

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/hvpt)
install(EXPORT hvptTargets
  NAMESPACE hvpt::
  DESTINATION ${package}
  COMPONENT development)
# A file of its own: without the component runtime, its library is missing.
if(HVPT_BUILD_SHARED)
  install(EXPORT hvptSharedTargets
    NAMESPACE hvpt::
    DESTINATION ${package}
    COMPONENT development)
endif()
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/hvptConfig.cmake.in
  ${PROJECT_BINARY_DIR}/hvptConfig.cmake
  INSTALL_DESTINATION ${package}
  PATH_VARS CMAKE_INSTALL_LIBDIR)
# Before 1.0.0 each minor version may break its users.
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/hvptConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/hvptConfig.cmake
  ${PROJECT_BINARY_DIR}/hvptConfigVersion.cmake
  DESTINATION ${package}
  COMPONENT development)
# From lib/<tuple>/pkgconfig up to the prefix.
string(REGEX REPLACE "[^/]+" ".." HVPT_PC_UP
  ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
configure_file(
  ${PROJECT_SOURCE_DIR}/cmake/hvpt.pc.in
  ${PROJECT_BINARY_DIR}/hvpt.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/hvpt.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT development)
