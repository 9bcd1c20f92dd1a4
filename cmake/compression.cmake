# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt_input: the libraries by which hvpt reads what is compressed, and
# trace.dat files. Each is used when it is there; -DHVPT_WITH_<NAME>=OFF does
# without. What is missing is named to whoever gives hvpt such a file.

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

# hvpt_find(<name> HEADERS <header>... LIBRARIES <library>...)
# For what CMake has no module for: makes hvpt_find_<name>, if all is there.
function(hvpt_find name)
  cmake_parse_arguments(arg "" "" "HEADERS;LIBRARIES" ${ARGN})
  set(found "")
  foreach(header IN LISTS arg_HEADERS)
    get_filename_component(folder ${header} DIRECTORY)
    find_path(HVPT_HEADER_${header} ${header})
    mark_as_advanced(HVPT_HEADER_${header})
    set(whole ${HVPT_HEADER_${header}})
    if(folder)
      string(APPEND whole /${folder})
    endif()
    list(APPEND folders ${whole})
    list(APPEND found ${HVPT_HEADER_${header}})
  endforeach()
  foreach(library IN LISTS arg_LIBRARIES)
    find_library(HVPT_LIBRARY_${library} ${library})
    mark_as_advanced(HVPT_LIBRARY_${library})
    list(APPEND libraries ${HVPT_LIBRARY_${library}})
    list(APPEND found ${HVPT_LIBRARY_${library}})
  endforeach()
  if(found MATCHES "NOTFOUND")
    return()
  endif()
  add_library(hvpt_find_${name} INTERFACE)
  target_include_directories(hvpt_find_${name} SYSTEM INTERFACE ${folders})
  target_link_libraries(hvpt_find_${name} INTERFACE ${libraries})
endfunction()

find_package(LibLZMA QUIET)
find_package(ZLIB QUIET)
find_package(BZip2 QUIET)
hvpt_find(ZSTD HEADERS zstd.h LIBRARIES zstd)
hvpt_find(TRACECMD
  HEADERS trace-cmd/trace-cmd.h tracefs/tracefs.h traceevent/event-parse.h
  LIBRARIES tracecmd tracefs traceevent)
hvpt_use(LZMA LibLZMA::LibLZMA liblzma-dev)
hvpt_use(ZLIB ZLIB::ZLIB zlib1g-dev)
hvpt_use(BZIP2 BZip2::BZip2 libbz2-dev)
hvpt_use(ZSTD hvpt_find_ZSTD libzstd-dev)
hvpt_use(TRACECMD hvpt_find_TRACECMD "libtracecmd-dev and libtracefs-dev")
