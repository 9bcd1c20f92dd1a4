#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Checks that the instructions that order memory are where they must be.

The core is compiled at -O2 and -Os, with line numbers, for x86-64 by gcc and
clang and for 64-bit ARM by both, the second time with the atomic instructions
of Armv8.1. Each access that orders memory must have become an instruction that
does so: see KINDS. And on each way through a function some must come before
others: see RULES. Ways are those of the instructions, so what a compiler moved
is found.
"""

import argparse
import collections
import os
import platform
import re
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "scripts", "lib"))
import order_sites  # noqa: E402
import tree  # noqa: E402
from disassembly import instructions  # noqa: E402
from toolchain import CORE, Problem, have, output_of, warnings  # noqa: E402

LEVELS = ("-O2", "-Os")
ARM = "aarch64-linux-gnu-"
Target = collections.namedtuple("Target", "command processor objdump")
TARGETS = (
    Target(("gcc",), "x86-64", "objdump"),
    Target(("clang",), "x86-64", "objdump"),
    Target((ARM + "gcc", "-mno-outline-atomics"), "aarch64", ARM + "objdump"),
    Target(("clang", "--target=aarch64-linux-gnu", "-march=armv8.1-a"),
           "aarch64", ARM + "objdump"),
)

# What an access becomes: one of the first, and none of the second. A load or
# store of x86-64 orders as much as C asks for, and no instruction tells.
KINDS = {
    "x86-64": {
        "load_acquire": (r"mov\w* .*\(", None),
        "store_release": (r"mov\w* .*\)$", None),
        "cas": (r"lock cmpxchg", r"cmpxchg"),
        "fetch_and": (r"lock (and|btr|xadd|cmpxchg)", r"and\w* .*\)$"),
        "fetch_or": (r"lock (or|bts|xadd|cmpxchg)", r"or\w* .*\)$"),
        "add": (r"lock (add|sub|xadd|inc|dec)", r"(add|sub|inc|dec)\w* .*\)$"),
        "fence": (r"(lock or|mfence)", None),
    },
    "aarch64": {
        "load_acquire": (r"(ldar|ldapr) ", r"ldu?r .*(?<!\[sp)"),
        "store_release": (r"stlr ", r"stu?r "),
        "cas": (r"(casal|stlxr) ", r"(ldxr|stxr|casl?|casa) "),
        "fetch_and": (r"(ldclral|stlxr) ", r"(ldxr|stxr|ldclra?l?|stclrl?) "),
        "fetch_or": (r"(ldsetal|stlxr) ",
                     r"(ldxr|stxr|ldseta?|ldsetl|stsetl?) "),
        "add": (r"(ldadd|stadd|stxr|stlxr)\w* ", None),
        "fence": (r"dmb ish$", None),
    },
}
# Before each instruction of the second line, one of the first. A line is named
# by a text that is in the function once. Of its instructions count those that
# are a fence; a call; a call or an access.
Line = collections.namedtuple("Line", "function text kind")
FENCE, CALLED, ANY = "fence", "call", "any"
RULES = (
    ("unmap, fence, is a device attached",
     (Line("hvpt_gather_publish", "HVPT_PORT_FENCE()", FENCE),
      Line("hvpt_domain_flush_all", "HVPT_PORT_FENCE()", FENCE)),
     Line("hvpt_domain_is_cached",
          "HVPT_PORT_LOAD_ACQUIRE(&domain->cached)", ANY)),
    ("flag, fence",
     (Line("hvpt_device_place", "HVPT_PORT_STORE(&domain->cached, 1)", ANY),),
     Line("hvpt_device_place", "HVPT_PORT_FENCE()", FENCE)),
    ("fence, attach",
     (Line("hvpt_device_place", "HVPT_PORT_FENCE()", FENCE),),
     Line("hvpt_device_place", "hvpt_hvcall_attach_device(", CALLED)),
    ("last flush, fence",
     (Line("hvpt_domain_leave", "hvpt_domain_flush_now(domain)", CALLED),),
     Line("hvpt_domain_leave", "HVPT_PORT_FENCE()", FENCE)),
    ("fence, nothing is cached",
     (Line("hvpt_domain_leave", "HVPT_PORT_FENCE()", FENCE),),
     Line("hvpt_domain_leave", "HVPT_PORT_STORE(&domain->cached, 0)", ANY)),
    ("flush, fence, count of splits",
     (Line("hvpt_pt_release", "HVPT_PORT_FENCE()", FENCE),),
     Line("hvpt_pt_release", "HVPT_PORT_ADD(&pt->splits", ANY)),
    ("count of splits, install",
     (Line("hvpt_split_install", "HVPT_PORT_ADD(&pt->splits, HVPT_SPLIT(",
           ANY),),
     Line("hvpt_split_install", "if (hvpt_table_install(", CALLED)),
    ("write-back of an entry, mark",
     (Line("hvpt_entry_write_back", "hvpt_write_back(pt, slot, 1)", ANY),
      Line("hvpt_write_back", "pt->ops->write_back(", CALLED),
      Line("hvpt_write_back", "HVPT_UNLIKELY(pt->noncoherent)", ANY)),
     Line("hvpt_entry_write_back", "HVPT_PORT_FETCH_OR(slot", ANY)),
)


# ---- places ---------------------------------------------------------------

class Sources:
    """What the sources say: the places, and where functions are."""

    def __init__(self, root):
        self.sites = collections.defaultdict(set)
        self.lines = {}
        for path in order_sites.sources(root):
            text = tree.read(os.path.join(root, path))
            for site in order_sites.sites_of(path, text, True):
                self.sites[os.path.basename(path), site[3]].add(site[2])
            for name, body, first in order_sites.bodies(text):
                self.lines[name] = (os.path.basename(path), body, first)

    def place(self, line):
        """The name of its source, and its number."""
        name, body, first = self.lines.get(line.function, ("", "", 0))
        if body.count(line.text) != 1:
            raise Problem(f"{line.function}: has not once: {line.text}")
        return name, first + body[:body.index(line.text)].count("\n")


# ---- kinds ----------------------------------------------------------------

def check_kinds(sources, processor, code, seen):
    """Each instruction of a place is right; counts those that order."""
    for one in code:
        for access in sources.sites.get(one.place, ()):
            good, bad = KINDS[processor][access]
            if re.match(good, one.text):
                seen[one.place, access] += 1
            elif bad and re.match(bad, one.text):
                raise Problem(f"{one.place[0]}:{one.place[1]}: {access}: "
                              f"{one.text}")


def check_all_seen(sources, seen):
    for place, accesses in sources.sites.items():
        for access in accesses:
            if not seen[place, access]:
                raise Problem(f"{place[0]}:{place[1]}: {access}: there is no "
                              "such instruction")


# ---- ways -----------------------------------------------------------------

JUMP = re.compile(r"(j\w+|b|b\.\w+|cbn?z|tbn?z) .*?\b([0-9a-f]+) <([^>+]+)"
                  r"(?:\+0x[0-9a-f]+)?>")
ALWAYS = re.compile(r"(jmp|b|ret|br|ud2)\b(?!\.)")
CALL = re.compile(r"(call|blr?|jmp|br?) ")


def next_of(code, i, index):
    """The instructions that may come after it, in the same function."""
    text = code[i].text
    after = []
    if jump := JUMP.match(text):
        target = index.get(int(jump[2], 16))
        if target is not None and target != i:
            after.append(target)
    if not ALWAYS.match(text) and i + 1 < len(code):
        after.append(i + 1)
    return after


def reached_without(code, marks):
    """Instructions that can be reached from the first without a mark."""
    index = {one.address: i for i, one in enumerate(code)}
    reached, work = set(), [0]
    while work:
        i = work.pop()
        if i in reached or i in marks:
            continue
        reached.add(i)
        work += next_of(code, i, index)
    return reached


def is_of(one, place, kind, processor):
    if one.place != place:
        return False
    if kind == FENCE:
        return bool(re.match(KINDS[processor]["fence"][0], one.text))
    if CALL.match(one.text):
        return True
    return kind == ANY and bool(re.search(r"[(\[]", one.text))


def check_rule(sources, rule, processor, functions):
    """Return: how often the second is there."""
    name, first, second = rule
    count, before = 0, [(sources.place(line), line.kind) for line in first]
    place = sources.place(second)
    for symbol, code in functions.items():
        marks = {i for i, one in enumerate(code)
                 if any(is_of(one, *mark, processor) for mark in before)}
        last = {i for i, one in enumerate(code)
                if is_of(one, place, second.kind, processor)}
        count += len(last)
        if last & reached_without(code, marks):
            raise Problem(f"{symbol}: not in this order: {name}")
    return count


# ---- all of it ------------------------------------------------------------

def compile_core(target, level, folder, more):
    """The instructions of each object."""
    path = os.path.join(folder, "object.o")
    for source in tree.cmake_list("HVPT_CORE_SOURCES"):
        output_of([*target.command, *CORE, *warnings(target.command[0]),
                   "-g", level, f"-I{tree.ROOT}/include", *more,
                   "-c", "-o", path, f"{tree.ROOT}/{source}"])
        yield list(instructions(path, target.objdump))


def check_core(target, level, folder, seen, more=()):
    """Counts the instructions of each place that order memory."""
    sources, rules = Sources(tree.ROOT), collections.Counter()
    for code in compile_core(target, level, folder, more):
        check_kinds(sources, target.processor, code, seen)
        functions = collections.defaultdict(list)
        for one in code:
            functions[one.symbol].append(one)
        for rule in RULES:
            rules[rule[0]] += check_rule(sources, rule, target.processor,
                                         functions)
    for rule in RULES:
        if not rules[rule[0]]:
            raise Problem(f"is nowhere: {rule[0]}")


def check_target(target, folder, levels=LEVELS, more=()):
    """Return: how many instructions order memory, at all levels.

    A compiler may merge two places, so one level need not have all.
    """
    seen = collections.Counter()
    for level in levels:
        check_core(target, level, folder, seen, more)
    check_all_seen(Sources(tree.ROOT), seen)
    return sum(seen.values())


# Ports that get it wrong: each must be refused, at least for one processor.
EVERYWHERE, WEAKLY = ("x86-64", "aarch64"), ("aarch64",)
LOAD = "__atomic_load_n((p), __ATOMIC_RELAXED)"
CAS = ("__atomic_compare_exchange_n((p), (e), (d), false, __ATOMIC_{},"
       " __ATOMIC_{})")
PLANTED = {
    "no fence": ("FENCE()", "((void)0)", EVERYWHERE),
    "fence of the compiler": ("FENCE()", '__asm__ volatile("" ::: "memory")',
                              EVERYWHERE),
    "acquire fence": ("FENCE()", "__atomic_thread_fence(__ATOMIC_ACQUIRE)",
                      EVERYWHERE),
    "relaxed load": ("LOAD_ACQUIRE(p)", LOAD, WEAKLY),
    "relaxed store": ("STORE_RELEASE(p, v)",
                      "__atomic_store_n((p), (v), __ATOMIC_RELAXED)", WEAKLY),
    "relaxed swap": ("CAS(p, e, d)", CAS.format("RELAXED", "RELAXED"), WEAKLY),
    "swap without release": ("CAS(p, e, d)", CAS.format("ACQUIRE", "ACQUIRE"),
                             WEAKLY),
    "swap without acquire": ("CAS(p, e, d)", CAS.format("RELEASE", "RELAXED"),
                             WEAKLY),
    "relaxed AND": ("FETCH_AND(p, v)",
                    "__atomic_fetch_and((p), (v), __ATOMIC_RELAXED)", WEAKLY),
    "relaxed OR": ("FETCH_OR(p, v)",
                   "__atomic_fetch_or((p), (v), __ATOMIC_RELAXED)", WEAKLY),
    "OR in two steps": ("FETCH_OR(p, v)", "(*(p) |= (v))", EVERYWHERE),
    "add in two steps": ("ADD(p, v)", "((void)(*(p) += (v)))", EVERYWHERE),
}


def self_test(targets):
    """Each planted port is refused."""
    wrong, tried = [], 0
    for target in targets:
        for name, (macro, text, where) in PLANTED.items():
            if target.processor not in where:
                continue
            tried += 1
            with tempfile.TemporaryDirectory() as folder:
                tree.write(os.path.join(folder, "planted.h"),
                           f"#define HVPT_PORT_{macro} {text}\n")
                more = [f"-I{folder}", '-DHVPT_PORT_HEADER="planted.h"',
                        "-Wno-error"]
                try:
                    check_target(target, folder, ("-O2",), more)
                except Problem as problem:
                    if "error:" not in str(problem):
                        continue
                    wrong.append(str(problem))
            wrong.append(f"{target.command}: {name} passes")
    tree.finish(wrong, f"{tried} planted ports")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--self-test", action="store_true",
                        help="check that planted faults are found")
    args = parser.parse_args()
    targets = [target for target in TARGETS
               if have(target.command[0]) and have(target.objdump)]
    if platform.machine() != "x86_64" or len(targets) < len(TARGETS):
        print("SKIP: needs gcc, clang and gcc-aarch64-linux-gnu, on x86-64")
        sys.exit(tree.EXIT_SKIP)
    if args.self_test:
        self_test(targets)
    for target in targets:
        name = " ".join(target.command)
        try:
            with tempfile.TemporaryDirectory() as folder:
                count = check_target(target, folder)
        except Problem as problem:
            sys.exit(f"order: {name}: {problem}")
        print(f"{name}: {count} instructions order memory, {len(RULES)} rules"
              " of order hold")


main()
