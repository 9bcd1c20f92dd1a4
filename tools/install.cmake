# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# cmake --install: the hvpt command, its manual pages and its completion, which
# it prints itself. Component: tools. As a script (cmake -P): runs COMMAND, and
# writes what it prints to OUTPUT.

if(CMAKE_SCRIPT_MODE_FILE)
  execute_process(COMMAND ${COMMAND} OUTPUT_FILE ${OUTPUT}
    COMMAND_ERROR_IS_FATAL ANY)
  return()
endif()

include(GNUInstallDirs)

install(TARGETS hvpt_command RUNTIME COMPONENT tools)
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  message(STATUS "hvpt: no manual pages, no completion: the hvpt command "
    "does not run here")
  return()
endif()

set(printed ${CMAKE_CURRENT_BINARY_DIR}/printed)

# hvpt_print(<file> <folder to install to> <argument>...)
function(hvpt_print file folder)
  add_custom_command(OUTPUT ${printed}/${file}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${printed}/${file}
      "-DCOMMAND=${CMAKE_CROSSCOMPILING_EMULATOR};$<TARGET_FILE:hvpt_command>;${ARGN}"
      -P ${CMAKE_CURRENT_LIST_FILE}
    DEPENDS hvpt_command
    VERBATIM)
  set_property(GLOBAL APPEND PROPERTY hvpt_printed ${printed}/${file})
  install(FILES ${printed}/${file} DESTINATION ${folder} COMPONENT tools)
endfunction()

# The commands are those of tools/commands.c.
file(STRINGS ${PROJECT_SOURCE_DIR}/tools/command.h names
  REGEX "^extern const struct command [a-z_]+_command;$")
list(TRANSFORM names REPLACE
  "^extern const struct command ([a-z_]+)_command;$" "\\1")

file(MAKE_DIRECTORY ${printed})
hvpt_print(hvpt.1 ${CMAKE_INSTALL_MANDIR}/man1 --man)
foreach(name IN LISTS names)
  hvpt_print(hvpt-${name}.1 ${CMAKE_INSTALL_MANDIR}/man1 --man ${name})
endforeach()
set(share ${CMAKE_INSTALL_DATADIR})
hvpt_print(hvpt ${share}/bash-completion/completions --completion bash)
hvpt_print(_hvpt ${share}/zsh/site-functions --completion zsh)
hvpt_print(hvpt.fish ${share}/fish/vendor_completions.d --completion fish)
get_property(files GLOBAL PROPERTY hvpt_printed)
add_custom_target(hvpt_printed ALL DEPENDS ${files})
