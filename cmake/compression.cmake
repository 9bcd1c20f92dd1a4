# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt_input: the libraries by which hvpt reads what is compressed, and
# trace.dat files. Each is used when it is there; -DHVPT_WITH_<NAME>=OFF does
# without. What is missing is named to whoever gives hvpt such a file.

find_package(PkgConfig QUIET)
add_library(hvpt_input INTERFACE)

# hvpt_use(<name> <target> <package of Debian>)
function(hvpt_use name target package)
  option(HVPT_WITH_${name} "Read what needs ${name}, if it is there" ON)
  if(HVPT_WITH_${name} AND TARGET ${target})
    target_compile_definitions(hvpt_input INTERFACE HVPT_HAVE_${name})
    target_link_libraries(hvpt_input INTERFACE ${target})
  elseif(HVPT_WITH_${name})
    message(STATUS "hvpt: without ${name} (Debian: ${package}; "
      "-DHVPT_WITH_${name}=OFF: not wanted)")
  endif()
endfunction()

# A library which CMake has no module for.
function(hvpt_find_library name module)
  if(PkgConfig_FOUND)
    pkg_check_modules(${name} QUIET IMPORTED_TARGET GLOBAL ${module})
  endif()
endfunction()

find_package(LibLZMA QUIET)
find_package(ZLIB QUIET)
find_package(BZip2 QUIET)
hvpt_find_library(HVPT_ZSTD libzstd)
hvpt_find_library(HVPT_TRACECMD libtracecmd)
hvpt_use(LZMA LibLZMA::LibLZMA liblzma-dev)
hvpt_use(ZLIB ZLIB::ZLIB zlib1g-dev)
hvpt_use(BZIP2 BZip2::BZip2 libbz2-dev)
hvpt_use(ZSTD PkgConfig::HVPT_ZSTD libzstd-dev)
hvpt_use(TRACECMD PkgConfig::HVPT_TRACECMD libtracecmd-dev)
