#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Takes hvpt in as its users do, from a copy of what git has; never from here.

Usage: ways.py WAY...

Prints the commands, their seconds, and what the program said. A way that needs
a program which is not there ends with 77.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "scripts", "lib"))
import tree  # noqa: E402

SAYS = "iova 0x100000 -> gpa 0x4000000\n"
CXX_SAYS = "iova 0x101000 -> gpa 0x4001000\nHVPT_ERR_ALIGN\n"
CORE_ONLY = ["-DHVPT_BUILD_TESTS=OFF", "-DHVPT_BUILD_TOOLS=OFF"]
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
SINGLE = """#define HVPT_IMPLEMENTATION
#include "hvpt.h"
"""

# What a language without a C compiler does: it knows names and layouts.
FOREIGN = """import ctypes as c
import sys

hvpt = c.CDLL(sys.argv[1])
libc = c.CDLL(None)
libc.aligned_alloc.restype = c.c_void_p
libc.aligned_alloc.argtypes = [c.c_size_t, c.c_size_t]
libc.memset.argtypes = [c.c_void_p, c.c_int, c.c_size_t]
libc.free.argtypes = [c.c_void_p]
ALLOC = c.CFUNCTYPE(c.c_void_p, c.c_void_p)
FREE = c.CFUNCTYPE(None, c.c_void_p, c.c_void_p)


class Ops(c.Structure):
    _fields_ = [("alloc_page", ALLOC), ("free_page", FREE),
                ("write_back", c.c_void_p)]


class Config(c.Structure):
    _fields_ = [("ops", c.POINTER(Ops)), ("ctx", c.c_void_p),
                ("direct_map_offset", c.c_uint64),
                ("table_gpa_mask", c.c_uint64), ("page_sizes", c.c_uint64),
                ("levels", c.c_uint32), ("width", c.c_uint32),
                ("form", c.c_uint32), ("flags", c.c_uint32),
                ("reserved", c.c_void_p), ("reserved_count", c.c_uint32)]


class Mapping(c.Structure):
    _fields_ = [("gpa", c.c_uint64), ("prot", c.c_uint32),
                ("leaf_lg2", c.c_uint32), ("accessed", c.c_bool),
                ("dirty", c.c_bool)]


def alloc(ctx):
    page = libc.aligned_alloc(4096, 4096)
    libc.memset(page, 0, 4096)
    return page


def check(status):
    assert status == 0, status


ops = Ops(ALLOC(alloc), FREE(lambda ctx, page: libc.free(page)))
config = Config(c.pointer(ops), page_sizes=1 << 12 | 1 << 21, width=48)
pt, gather = (c.create_string_buffer(4096) for _ in range(2))
seen, unmapped = Mapping(), c.c_uint64()
u64 = c.c_uint64
check(hvpt.hvpt_pt_init(pt, c.byref(config)))
check(hvpt.hvpt_pt_map(pt, u64(0x100000), u64(0x4000000), u64(0x8000), 3,
                       None))
check(hvpt.hvpt_pt_lookup(pt, u64(0x100000), c.byref(seen)))
print(f"iova 0x100000 -> gpa {seen.gpa:#x}")
hvpt.hvpt_gather_init(gather)
check(hvpt.hvpt_pt_unmap(pt, u64(0x100000), u64(0x8000), gather,
                         c.byref(unmapped)))
assert unmapped.value == 0x8000
hvpt.hvpt_pt_release(pt, gather)
hvpt.hvpt_pt_destroy(pt)
"""


class Way:
    """A user's folder, with a copy of hvpt beside his program."""

    def __init__(self, folder):
        self.folder = folder
        self.copy = os.path.join(folder, "hvpt")
        self.prefix = os.path.join(folder, "prefix")
        for name in tree.tracked_files():
            source, target = (os.path.join(top, name)
                              for top in (ROOT, self.copy))
            if os.path.isfile(source):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy2(source, target)
        shutil.copy(f"{self.copy}/examples/host/main.c", folder)

    def try_run(self, *command, **environment):
        """Runs it in the user's folder; exit status, and all it printed."""
        began = time.monotonic()
        done = subprocess.run(command, cwd=self.folder, text=True,
                              env=dict(os.environ, **environment),
                              stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        print(f"{time.monotonic() - began:5.1f} s  "
              + " ".join(command).replace(self.folder + "/", ""))
        return done.returncode, done.stdout

    def run(self, *command, **environment):
        status, output = self.try_run(*command, **environment)
        if status != 0:
            sys.exit(f"{output}\nexit status {status}: {command}")
        return output

    def says(self, program, wanted=SAYS, *arguments):
        output = self.run(program, *arguments)
        if output != wanted:
            sys.exit(f"said:\n{output}instead of:\n{wanted}")
        print(output, end="")

    def write(self, name, text):
        tree.write(os.path.join(self.folder, name), text)

    def install(self, *options):
        self.run("cmake", "-S", "hvpt", "-B", "hvpt/build", *CORE_ONLY,
                 f"-DCMAKE_INSTALL_PREFIX={self.prefix}", *options)
        self.run("cmake", "--build", "hvpt/build")
        self.run("cmake", "--install", "hvpt/build")

    def build(self, source, *options):
        """Configures and builds a user's project."""
        self.run("cmake", "-S", source, "-B", "build",
                 f"-DCMAKE_PREFIX_PATH={self.prefix}", *options)
        self.run("cmake", "--build", "build")

    def forget_sources(self):
        """An example of an installed hvpt cannot use the copy."""
        shutil.move(os.path.join(self.copy, "examples"), self.folder)
        shutil.rmtree(self.copy)


def need(program, package):
    if not shutil.which(program):
        print(f"skipped: there is no {program} (Debian: {package})")
        sys.exit(tree.EXIT_SKIP)


def installed(way):
    way.install()
    way.forget_sources()
    way.build("examples/host")
    way.says("build/example")


def shared(way):
    way.install("-DHVPT_BUILD_SHARED=ON")
    way.forget_sources()
    way.build("examples/host", "-DHVPT_LIBRARY=hvpt::shared")
    way.says("build/example")
    if "libhvpt.so.0" not in way.run("ldd", "build/example"):
        sys.exit("the program does not use libhvpt.so.0")


def ffi(way):
    """Inline functions are symbols, in both libraries."""
    need("nm", "binutils")
    way.install("-DHVPT_BUILD_SHARED=ON")
    listed = set(re.findall(r"(hvpt_\w+);",
                            tree.read(f"{way.copy}/cmake/hvpt.map")))
    way.forget_sources()
    for dynamic, name in ((["-D"], "so"), ([], "a")):
        said = way.run("nm", *dynamic, "--defined-only",
                       f"{way.prefix}/lib/libhvpt.{name}")
        found = set(re.findall(r" T (hvpt_\w+)(?:@@\w+)?$", said, re.M))
        if listed - found or dynamic and found != listed:
            sys.exit(f"libhvpt.{name}: {sorted(listed ^ found)}")
    way.write("foreign.py", FOREIGN)
    way.says(sys.executable, SAYS, f"{way.folder}/foreign.py",
             f"{way.prefix}/lib/libhvpt.so")


def version(way):
    """Another minor version is refused, with both versions named."""
    way.install()
    way.forget_sources()
    path = os.path.join(way.folder, "examples/host/CMakeLists.txt")
    tree.write(path, tree.read(path).replace("hvpt 0.", "hvpt 9."))
    status, output = way.try_run("cmake", "-S", "examples/host", "-B", "build",
                                 f"-DCMAKE_PREFIX_PATH={way.prefix}")
    if status == 0 or 'requested version "9.' not in output:
        sys.exit(f"version 9 was found, or not named:\n{output}")


def pkg_config(way):
    """After the installation was moved: nothing has its path."""
    need("pkg-config", "pkg-config")
    way.install()
    way.forget_sources()
    shutil.move(way.prefix, os.path.join(way.folder, "moved"))
    flags = way.run("pkg-config", "--cflags", "--libs", "hvpt",
                    PKG_CONFIG_PATH=f"{way.folder}/moved/lib/pkgconfig")
    way.run("cc", "main.c", "-o", "example", *flags.split())
    way.says("./example")
    for folder, _, files in os.walk(os.path.join(way.folder, "moved")):
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                if way.prefix.encode() in file.read():
                    sys.exit(f"{name} has the path it was installed to")


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


def subdirectory(way):
    way.write("CMakeLists.txt", SUBDIRECTORY % "add_subdirectory(hvpt)")
    way.build(".")
    way.says("build/example")


def fetch_content(way):
    way.write("CMakeLists.txt", SUBDIRECTORY % FETCH)
    way.build(".")
    way.says("build/example")


def source_list(way):
    way.write("CMakeLists.txt", LIST)
    way.build(".")
    way.says("build/example")


def single_file(way):
    os.makedirs(os.path.join(way.folder, "one/hvpt"))
    shutil.copy(f"{way.copy}/dist/hvpt.h", f"{way.folder}/one/hvpt/hvpt.h")
    shutil.rmtree(way.copy)
    way.write("hvpt.c", SINGLE)
    way.run("cc", "-Ione", "-Ione/hvpt", "main.c", "hvpt.c", "-o", "example")
    way.says("./example")


def cxx(way):
    need("c++", "g++")
    way.install()
    way.forget_sources()
    way.build("examples/cxx", "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror")
    way.says("build/example", CXX_SAYS)


def meson(way):
    need("meson", "meson")
    way.write("meson.build", MESON)
    os.makedirs(os.path.join(way.folder, "subprojects"))
    shutil.move(way.copy, os.path.join(way.folder, "subprojects"))
    way.run("meson", "setup", "build")
    way.run("meson", "compile", "-C", "build")
    way.says("build/example")


WAYS = {
    "installed": installed, "shared": shared, "ffi": ffi, "version": version,
    "pkg-config": pkg_config, "components": components,
    "subdirectory": subdirectory, "fetch-content": fetch_content,
    "source-list": source_list, "single-file": single_file, "cxx": cxx,
    "meson": meson,
}


def main():
    if not sys.argv[1:] or not set(sys.argv[1:]) <= set(WAYS):
        sys.exit(f"usage: ways.py WAY...; ways: {' '.join(WAYS)}")
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            WAYS[name](Way(folder))


main()
