#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Proves that entries are written by single 8-byte stores.

An IOMMU reads entries while they are written. The sources of the page tables
are compiled by gcc and clang, at -O2 and -Os, with line numbers; each
instruction which stems from a store, compare-and-swap or atomic of port.h and
writes memory must write 8 bytes at once, from a general register or a
constant. No string instruction may be anywhere. That nothing else writes to
tables is what tests/exhaustive/interleave.c checks while the code runs.
"""

import argparse
import os
import platform
import re
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "scripts", "lib"))
import tree  # noqa: E402
from disassembly import instructions  # noqa: E402
from toolchain import CORE, Problem, have, output_of, warnings  # noqa: E402

COMPILERS = ("gcc", "clang")
LEVELS = ("-O2", "-Os")
SOURCES = [s for s in tree.cmake_list("HVPT_CORE_SOURCES")
           if s.startswith("src/pagetable/")]
# Far fewer than there are, far more than by chance.
LEAST = 10

WRITES = re.compile(r"HVPT_PORT_(STORE|STORE_RELEASE|CAS|FETCH_AND|FETCH_OR)\(")
INSTRUCTION = re.compile(r"((?:lock |rep\w* |bnd |cs )*)(\S+)\s*(.*)$")
READS_ONLY = re.compile(r"^(cmp(?!xchg)|test|lea|call|jmp|j\w+|nop|push|"
                        r"prefetch|bt[lqw]?$)")
REGISTER = re.compile(r"^%r(?:[a-d]x|[sd]i|bp|\d+)$")


def marked_lines(root):
    """File and line of each write of an entry."""
    found = set()
    for path in [*SOURCES, "include/hvpt/internal/pte_access.h"]:
        for number, line in enumerate(
                tree.read(os.path.join(root, path)).splitlines(), 1):
            if WRITES.search(line) and "#define" not in line:
                found.add((os.path.basename(path), number))
    return found


def operands(text):
    """Of an instruction in AT&T syntax; commas in parentheses do not count."""
    return re.findall(r"(?:[^,(]|\([^)]*\))+", text.split("#")[0].strip())


def check(prefix, name, text):
    """None: writes no memory; True: 8 bytes at once; False: otherwise."""
    args = operands(text)
    if (not args or "(" not in args[-1] or "%rsp" in args[-1]
            or READS_ONLY.match(name)):
        return None
    if name.startswith("cmpxchg") and "lock" not in prefix:
        return False
    if "lock" not in prefix and not re.match(r"(mov|xchg)", name):
        return False
    if len(args) < 2:
        return name.endswith("q")
    if REGISTER.match(args[0]):
        return True
    return args[0].startswith("$") and name.endswith("q")


def check_object(path, marked):
    """How many writes of entries there are in an object; all are right."""
    count = 0
    for one in instructions(path):
        prefix, name, text = INSTRUCTION.match(one.text).groups()
        if "rep" in prefix or re.match(r"(stos|movs[bwlq]? )", name + " "):
            raise Problem(f"a string instruction: {one.text}")
        if one.place not in marked:
            continue
        right = check(prefix, name, text)
        if right is False:
            raise Problem(f"{one.place[0]}:{one.place[1]}: {one.text}")
        count += right is True
    return count


def check_core(cc, level, folder, more=()):
    """Compiles the page tables and checks each object."""
    marked, count = marked_lines(tree.ROOT), 0
    path = os.path.join(folder, "object.o")
    for source in SOURCES:
        output_of([cc, *CORE, *warnings(cc), "-g", level,
                   f"-I{tree.ROOT}/include", *more,
                   "-c", "-o", path, f"{tree.ROOT}/{source}"])
        count += check_object(path, marked)
    if count < LEAST:
        raise Problem(f"only {count} writes of entries were found")
    return count


# Ports that get it wrong: each must be refused.
PLANTED = {
    "halves": "#define HVPT_PORT_STORE(p, v) do {"
              " volatile uint32_t *h_ = (volatile uint32_t *)(p);"
              " uint64_t v_ = (v); h_[0] = (uint32_t)v_;"
              " h_[1] = (uint32_t)(v_ >> 32); } while (0)\n",
    "merged": "typedef uint64_t __attribute__((vector_size(16))) hvpt_two;\n"
              "#define HVPT_PORT_STORE(p, v) do { hvpt_two t_ = { (v), 0 };"
              " __builtin_memcpy((p), &t_, 16); } while (0)\n",
    "unlocked": "#define HVPT_PORT_CAS(p, e, d) (*(volatile uint64_t *)(p) =="
                " *(e) ? ((*(volatile uint32_t *)(p) = (uint32_t)(d)), true)"
                " : ((*(e) = *(p)), false))\n",
}


def self_test():
    """Each planted port is found out."""
    wrong = []
    for cc in filter(have, COMPILERS):
        for level in LEVELS:
            for name, text in PLANTED.items():
                with tempfile.TemporaryDirectory() as folder:
                    tree.write(os.path.join(folder, "planted.h"), text)
                    more = [f"-I{folder}", '-DHVPT_PORT_HEADER="planted.h"',
                            "-Wno-error"]
                    try:
                        check_core(cc, level, folder, more)
                    except Problem as problem:
                        if ".h:" in str(problem) or ".c:" in str(problem):
                            continue
                    wrong.append(f"{cc} {level}: {name} passes")
    tree.finish(wrong, "planted ports")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--self-test", action="store_true",
                        help="check that planted faults are found")
    args = parser.parse_args()
    if platform.machine() != "x86_64" or not have("objdump"):
        print("SKIP: needs objdump, on x86-64")
        sys.exit(tree.EXIT_SKIP)
    if args.self_test:
        self_test()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for cc in filter(have, COMPILERS):
                for level in LEVELS:
                    count = check_core(cc, level, folder)
                    print(f"{cc} {level}: {count} writes of entries, each of"
                          " 8 bytes at once")
    except Problem as problem:
        sys.exit(f"stores: {problem}")


main()
