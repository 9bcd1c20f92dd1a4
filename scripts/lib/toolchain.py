# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The object files of the core, built separately, and their contents."""

import functools
import os
import platform
import re
import shutil
import subprocess
from multiprocessing.pool import ThreadPool

import tree

OVERRIDE = os.path.join(tree.ROOT, "tests", "freestanding")
LEVELS = ("-O0", "-O2", "-Os")
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow"]
CORE = ["-std=c11", "-ffreestanding", "-nostdinc", "-fno-pie",
        "-fno-stack-protector", "-fstack-usage",
        '-DHVPT_TYPES_HEADER="types_override.h"', f"-I{OVERRIDE}"]

# Symbols and sections that compilers add.
COMPILER_MADE = re.compile(r"^(\.L|\.str|\.rodata|\.text|CSWTCH\.|__const\.|"
                           r"switch\.table\.hvpt_|\$[dx])")


class Problem(Exception):
    """A property of the core that does not hold."""


def command(args, **more):
    return subprocess.run(args, capture_output=True, text=True, check=False,
                          **more)


def output_of(args):
    done = command(args)
    if done.returncode:
        raise Problem(f"{' '.join(args)}:\n{done.stderr}")
    return done.stdout


def have(program):
    return shutil.which(program) is not None


@functools.cache
def version_of(cc):
    """The major version of a compiler."""
    return int(output_of([cc, "-dumpversion"]).split(".")[0])


def is_tested(cc, version):
    """Is it among the versions in cmake/compilers.cmake?"""
    name = "Clang" if "clang" in os.path.basename(cc) else "GNU"
    first, last = map(int, tree.cmake_list(f"HVPT_TESTED_{name}",
                                           file="cmake/compilers.cmake"))
    return first <= version <= last


def warnings(cc):
    """Warning options; errors with the compilers that are known."""
    tested = is_tested(cc, version_of(cc))
    return WARNINGS + (["-Werror"] if tested else [])


class Core:
    """The core's objects for one compiler and optimisation level."""

    def __init__(self, cc, level, folder, root=tree.ROOT, sources=None):
        self.cc, self.level, self.root = cc, level, root
        self.folder = os.path.join(folder, os.path.basename(cc) + level)
        self.sources = sources or tree.cmake_list("HVPT_CORE_SOURCES")
        self.name = f"{cc} {level}"

    def object(self, source):
        return os.path.join(self.folder,
                            source.replace("/", "_")[:-2] + ".o")

    def objects(self):
        return [self.object(source) for source in self.sources]

    def flags(self):
        flags = CORE + warnings(self.cc) + [self.level,
                                            f"-I{self.root}/include"]
        if self.cc == "gcc":
            flags.append("-fcallgraph-info")
        cross = self.cc.startswith("aarch64")
        if platform.machine() == "x86_64" and not cross:
            # A red zone would hide 128 bytes of the frame.
            flags.append("-mno-red-zone")
        elif cross or self.cc == "gcc":
            flags.append("-mno-outline-atomics")
        return flags

    def compile(self):
        os.makedirs(self.folder, exist_ok=True)
        with ThreadPool(os.cpu_count()) as pool:
            pool.map(self.compile_one, self.sources)
        return self

    def compile_one(self, source):
        output_of([self.cc, *self.flags(), "-c", "-o", self.object(source),
                   f"{self.root}/{source}"])

    def section_bytes(self, path, section):
        """Size of a section, and of those named section.something."""
        pattern = re.compile(r"^\." + section + r"(?:\.\S*)?\s+(\d+)", re.M)
        return sum(map(int, pattern.findall(output_of(["size", "-A", path]))))

    def side_files(self, ending):
        """The texts of the files that the compiler wrote for each object."""
        for path in self.objects():
            yield tree.read(os.path.splitext(path)[0] + ending)

    def symbols(self):
        """(name, kind) of each symbol of each object, as nm says."""
        said = output_of(["nm", "-A", "--format=posix", *self.objects()])
        for line in said.splitlines():
            name, kind = line.split()[1:3]
            yield name, kind

    def undefined(self):
        """Symbols the core needs from outside."""
        symbols = list(self.symbols())
        defined = {name for name, kind in symbols if kind not in "Uw"}
        return {name for name, kind in symbols if kind in "Uw"} - defined

    def writable_sections(self):
        """(object, section, bytes) of writable data."""
        pattern = re.compile(r"^(\.(?:data|bss|tdata|tbss)\S*)\s+(\d+)")
        path = None
        for line in output_of(["size", "-A", *self.objects()]).splitlines():
            if line.endswith(":"):
                path = os.path.basename(line.split()[0])
            found = pattern.match(line)
            if found and int(found[2]):
                yield path, found[1], int(found[2])

    def frames(self):
        """(function, bytes, qualifier) as the compiler reports them."""
        for text in self.side_files(".su"):
            for line in text.splitlines():
                where, size, kind = line.split("\t")
                yield where.split(":")[-1], int(size), kind

    def calls(self):
        """Direct calls, and the set of functions that call indirectly."""
        edge = re.compile(r'sourcename: "([^"]*)" targetname: "([^"]*)"')
        edges, indirect = {}, set()
        for text in self.side_files(".ci"):
            for caller, callee in edge.findall(text):
                caller, callee = (n.split(":")[-1] for n in (caller, callee))
                edges.setdefault(caller, set())
                if callee == "__indirect_call":
                    indirect.add(caller)
                else:
                    edges[caller].add(callee)
        return edges, indirect
