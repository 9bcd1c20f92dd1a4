# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Writes files into a C source, as bytes.
# Usage: cmake -D FOLDER=... -D OUT=... -P embed.cmake

set(text "#include \"tools/report/page_assets.h\"\n")
foreach(pair frame:page.html style:page.css script:page.js)
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 name)
  list(GET pair 1 file)
  file(READ ${FOLDER}/${file} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(APPEND text "static const unsigned char ${name}[] = { ${bytes} };\n"
    "const struct page_asset page_${name} = "
    "{ (const char *)${name}, sizeof(${name}) };\n")
endforeach()
file(WRITE ${OUT} "${text}")
