#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Takes hvpt in as its users do, from a copy of what git has; never from here.

Usage: ways.py WAY... | --all | --table

Prints the commands, their seconds, and what the program said, and compares them
with the row of the way in docs/INSTALLING.md; --table says whether each way has
a row. A way that needs a program which is not there ends with 77.
"""

import glob
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from examples import EXAMPLES  # noqa: E402
from way import ROOT, SAYS, SHELL, TABLE, need, rows, take, tree  # noqa: E402

FOREIGN = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "foreign.py")
HARDENED = "-O2 -fstack-protector-all -D_FORTIFY_SOURCE=2"
CONFIGURE = ["cmake", "-S", "examples/host", "-B", "build"]
CXX_SAYS = "iova 0x101000 -> gpa 0x4001000\nHVPT_ERR_ALIGN\n"
SUBDIRECTORY = """cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
%s
add_executable(example main.c)
target_link_libraries(example PRIVATE hvpt::hvpt)
"""
FETCH = """include(FetchContent)
FetchContent_Declare(hvpt SOURCE_DIR "${CMAKE_SOURCE_DIR}/hvpt")
FetchContent_MakeAvailable(hvpt)"""
LIST = """cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
include(hvpt/hvpt.cmake)
list(TRANSFORM HVPT_CORE_SOURCES PREPEND hvpt/)
add_executable(example main.c ${HVPT_CORE_SOURCES})
target_include_directories(example PRIVATE hvpt/include)
"""
MESON = """project('user', 'c')
executable('example', 'main.c', dependencies: dependency('hvpt',
  fallback: ['hvpt', 'hvpt_dep']))
"""
INLINE = """#define HVPT_INLINE extern inline
#include "hvpt.h"
"""
SINGLE = """#define HVPT_IMPLEMENTATION
#include "hvpt.h"
"""


def installed(way):
    way.follow("hvpt/examples/host/README.md", SAYS)


def library_alone():
    """The first commands of the page."""
    text = tree.read(os.path.join(ROOT, TABLE))
    block = re.search(r"(?:^    \S.*\n)+", text, re.M)[0]
    return [line.strip() for line in block.splitlines()]


def shared(way):
    """With the flags of distributions, the library needs no other."""
    configure, *rest = library_alone()
    for command in (configure + " -DHVPT_BUILD_SHARED=ON", *rest):
        way.run(*SHELL, command.replace("/usr/local", "prefix"),
                CFLAGS=HARDENED)
    way.forget_sources()
    way.build("examples/host", "-DHVPT_LIBRARY=shared")
    way.says("build/example")
    if "libhvpt.so.0" not in way.run("ldd", "build/example"):
        sys.exit("the program does not use libhvpt.so.0")


def symbols(way, *arguments):
    """The functions that a file defines."""
    said = way.run("nm", "--defined-only", *arguments)
    return set(re.findall(r" T (hvpt_\w+)(?:@@\w+)?$", said, re.M))


def ffi(way):
    """Inline functions are symbols, in both libraries, and with one file."""
    need("nm", "binutils")
    way.install("-DHVPT_BUILD_SHARED=ON")
    way.write("inline.c", INLINE)
    way.run("cc", "-c", "-Ihvpt/include", "hvpt/src/ffi/hvpt_ffi.c")
    way.run("cc", "-c", "-Ihvpt/dist", "inline.c")
    if symbols(way, "hvpt_ffi.o") != symbols(way, "inline.o"):
        sys.exit("dist/hvpt.h makes other symbols than src/ffi/")
    listed = set(re.findall(r"(hvpt_\w+);",
                            tree.read(f"{way.copy}/cmake/hvpt.map")))
    way.forget_sources()
    if symbols(way, "-D", "prefix/lib/libhvpt.so") != listed:
        sys.exit("libhvpt.so has other symbols than cmake/hvpt.map")
    if not listed <= symbols(way, "prefix/lib/libhvpt.a"):
        sys.exit("libhvpt.a lacks symbols of cmake/hvpt.map")
    way.says(sys.executable, SAYS, FOREIGN, f"{way.prefix}/lib/libhvpt.so")


def version(way):
    """Another minor version is refused, with both versions named; and so is a
    component that is not there."""
    way.install()
    way.forget_sources()
    there = f"-DCMAKE_PREFIX_PATH={way.prefix}"
    way.refuses("hvpt was installed without -DHVPT_BUILD_SHARED=ON",
                *CONFIGURE, there, "-DHVPT_LIBRARY=shared")
    way.refuses("hvpt has no component static; it has hvpt and shared",
                *CONFIGURE, there, "-DHVPT_LIBRARY=static")
    path = os.path.join(way.folder, "examples/host/CMakeLists.txt")
    tree.write(path, tree.read(path).replace("hvpt 0.", "hvpt 9."))
    way.refuses('requested version "9.', *CONFIGURE, there)


def paths_with(text, top):
    """Files below a folder that have a text."""
    for folder, _, files in os.walk(top):
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                if text.encode() in file.read():
                    yield name


def pkg_config(way):
    """After the installation was moved: nothing has its path."""
    need("pkg-config", "pkg-config")
    first = os.path.join(way.folder, "first")
    build = way.row_command("pkg-config", "cc")
    start = way.row_command("pkg-config", "LD_LIBRARY_PATH=$PWD/prefix/lib")
    for library, program in (("OFF", "./example"), ("ON", start)):
        way.install(f"-DCMAKE_INSTALL_PREFIX={first}",
                    f"-DHVPT_BUILD_SHARED={library}")
        shutil.move(first, way.prefix)
        way.run(*SHELL, build)
        way.expect(way.run(*SHELL, program), SAYS)
        for name in paths_with(first, way.prefix):
            sys.exit(f"{name} has the path it was installed to")
        if library == "OFF":
            shutil.rmtree(way.prefix)
    if "libhvpt.so.0" not in way.run("ldd", "./example"):
        sys.exit("the program does not use libhvpt.so.0")


def components(way):
    """What each component is."""
    way.install("-DHVPT_BUILD_SHARED=ON")
    for name, wanted in (("runtime", {"so.0", "so.0.V"}),
                         ("development", {"a", "so", "pc", "h", "cmake"})):
        there = os.path.join(way.folder, name)
        way.run("cmake", "--install", "hvpt/build", "--component", name,
                "--prefix", there)
        number = way.run("hvpt/scripts/list", "version").strip()
        found = {file.replace(number, "V").split(".", 1)[1]
                 for _, _, files in os.walk(there) for file in files}
        kinds = {"cmake" if x.endswith("cmake") else x for x in found}
        if kinds != wanted:
            sys.exit(f"component {name}: {kinds}, not {wanted}")
    way.forget_sources()
    there = f"-DCMAKE_PREFIX_PATH={way.folder}/development"
    way.refuses("hvpt was installed without its component runtime", *CONFIGURE,
                there, "-DHVPT_LIBRARY=shared")
    way.build("examples/host", there, "-DHVPT_LIBRARY=hvpt")
    way.says("build/example")


def subdirectory(way):
    way.write("CMakeLists.txt", SUBDIRECTORY % "add_subdirectory(hvpt)")
    way.build(".")
    way.says("build/example")


def fetch_content(way):
    way.write("CMakeLists.txt", SUBDIRECTORY % FETCH)
    way.build(".")
    way.says("build/example")


def source_list(way):
    """By CMake, and by a build that only has a compiler."""
    way.write("CMakeLists.txt", LIST)
    way.build(".")
    way.says("build/example")
    way.run(*SHELL, way.row_command("source-list", "cc"))
    way.says("./example")
    way.refuses("no list HVPT_CORE_SOURCE; there are: HVPT_CORE_HEADERS ",
                "hvpt/scripts/list", "--prefix", "hvpt", "HVPT_CORE_SOURCE")
    way.refuses("usage: ", "hvpt/scripts/list", "--prefix", "HVPT_CORE_SOURCES")


def single_file(way):
    os.makedirs(os.path.join(way.folder, "one/hvpt"))
    way.run("cp", "hvpt/dist/hvpt.h", "one/hvpt/hvpt.h")
    shutil.rmtree(way.copy)
    way.write("hvpt.c", SINGLE)
    way.run("cc", "-Ione", "-Ione/hvpt", "main.c", "hvpt.c", "-o", "example")
    way.says("./example")


def cxx(way):
    need("c++", "g++")
    way.follow("hvpt/examples/cxx/README.md", CXX_SAYS,
               CXXFLAGS="-Wall -Wextra -Werror")


def meson(way):
    need("meson", "meson")
    way.write("meson.build", MESON)
    os.makedirs(os.path.join(way.folder, "subprojects"))
    shutil.move(way.copy, os.path.join(way.folder, "subprojects"))
    way.run("meson", "setup", "build")
    way.run("meson", "compile", "-C", "build")
    way.says("build/example")


def pages():
    """The commands of each example's page."""
    for path in sorted(glob.glob(f"{ROOT}/examples/*/README.md")):
        yield os.path.relpath(path, ROOT), re.findall(r"^    (\S.*)$",
                                                      tree.read(path), re.M)


def collisions(those):
    """Folders that two pages make, each by another command."""
    made = {}
    for page, commands in those:
        for command in commands:
            for folder in re.findall(r"(?:-B|--prefix|^cp -r \S+) (\S+)",
                                     command):
                first = made.setdefault(folder, (command, page))
                if page != first[1] and command != first[0]:
                    yield f"{page}: {first[1]} makes another {folder}"


WAYS = {
    "installed": installed, "shared": shared, "ffi": ffi, "version": version,
    "pkg-config": pkg_config, "components": components,
    "subdirectory": subdirectory, "fetch-content": fetch_content,
    "source-list": source_list, "single-file": single_file, "cxx": cxx,
    "meson": meson,
}


def check_table():
    """The table of ways has the ways that are tested, and no others; and all
    pages of the examples can be followed in one folder."""
    tree.finish([f"{TABLE}: {name}" for name in
                 sorted(rows().keys() ^ {*WAYS, *EXAMPLES})]
                + list(collisions(pages())), f"{len(rows())} ways")


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        check_table()
    take(WAYS, sys.argv[1:], "ways.py")
