#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Proves that hvpt's core is freestanding.

The core is compiled by itself with gcc and clang, at -O0, -O2 and -Os, without
any system header; the checks look at what came out.
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
from toolchain import (  # noqa: E402
    COMPILER_MADE, CORE, Core, LEVELS, Problem, command, have, is_tested,
    output_of, warnings)

COMPILERS = ("gcc", "clang")
# What hosts would have to supply. The image is linked without any of it.
ALLOWED_UNDEFINED = set()
FRAME_BYTES = 256
INCLUDE = f"-I{tree.ROOT}/include"


# ---- what must hold of the objects ---------------------------------------

def check_undefined(core):
    """No symbol is needed from outside, not even memset or memcpy."""
    undefined = core.undefined()
    if undefined - ALLOWED_UNDEFINED:
        raise Problem(f"undefined: {sorted(undefined - ALLOWED_UNDEFINED)}")
    return "undefined: " + (", ".join(sorted(undefined)) or "none")


def check_data(core):
    """No writable data: nothing two users of hvpt could share by accident."""
    sections = list(core.writable_sections())
    symbols = [f"{n} ({k})" for n, k in core.symbols() if k in "dDbBC"]
    if sections or symbols:
        raise Problem(f"writable: {sections} {symbols}")
    return "data + bss: 0 bytes"


def check_prefix(core):
    """Every symbol, static ones too, begins with hvpt_."""
    names = {name for name, kind in core.symbols()
             if kind not in "Uwa" and not COMPILER_MADE.match(name)}
    stray = sorted(n for n in names if not n.startswith("hvpt_"))
    if stray:
        raise Problem(f"symbols without hvpt_: {stray}")
    if not names:
        raise Problem("no symbols at all")
    return f"{len(names)} symbols"


def check_stack(core):
    """No frame is above the bar, none has a size known only at run time."""
    frames = list(core.frames())
    bad = [f for f in frames if f[1] > FRAME_BYTES or "dynamic" in f[2]]
    if bad:
        raise Problem(f"frames above {FRAME_BYTES} or dynamic: {bad}")
    if not frames:
        raise Problem("the compiler reported no frames")
    worst = max(frames, key=lambda frame: frame[1])
    return f"largest frame {worst[1]} ({worst[0]})"


def address_taken(core, names):
    """Functions which appear in the sources otherwise than being called."""
    taken = set()
    for source in core.sources:
        text = tree.strip_comments(tree.read(f"{core.root}/{source}"))
        taken |= {name for name in re.findall(r"\b(\w+)\b(?!\s*\()", text)
                  if name in names}
    return taken


def find_cycle(edges):
    """A list of functions that call each other in a ring, or None."""
    done = set()
    for start in edges:
        path, rest = [start], [iter(edges[start])]
        while path:
            callee = next(rest[-1], None)
            if callee in path:
                return path[path.index(callee):] + [callee]
            if callee is None:
                done.add(path.pop())
                rest.pop()
            elif callee not in done:
                path.append(callee)
                rest.append(iter(edges.get(callee, ())))
    return None


def check_recursion(core):
    """No ring of calls; an indirect call may reach any address taken."""
    if core.cc != "gcc":
        return "call graph: gcc only"
    edges, indirect = core.calls()
    if not edges:
        raise Problem("the compiler reported no calls")
    taken = address_taken(core, set(edges))
    for caller in indirect:
        edges[caller] |= taken
    cycle = find_cycle(edges)
    if cycle:
        raise Problem("recursion: " + " -> ".join(cycle))
    return f"{sum(map(len, edges.values()))} calls, no ring"


def run_image(core, emulator=()):
    """Links the core with nothing else, and runs the result."""
    program = os.path.join(core.folder, "image")
    output_of([core.cc, *core.flags(), "-nostdlib", "-static", "-o", program,
               f"{HERE}/image.c", *core.objects()])
    done = command([*emulator, program])
    if done.returncode:
        raise Problem(f"image failed at step {done.returncode}")
    return "maps, looks up, cuts, unmaps: exit 0"


OBJECT_CHECKS = {
    "undefined": check_undefined, "data": check_data, "prefix": check_prefix,
    "stack": check_stack, "recursion": check_recursion, "image": run_image,
}


def make_objects(folder):
    """Compiles the core with each compiler at each level."""
    for cc in filter(have, COMPILERS):
        for level in LEVELS:
            core = Core(cc, level, folder).compile()
            print(f"{core.name}: {len(core.sources)} objects")


def check_objects(name, folder):
    """One check of the objects, for each compiler and level."""
    for cc in filter(have, COMPILERS):
        for level in LEVELS:
            core = Core(cc, level, folder)
            try:
                print(f"{core.name}: {OBJECT_CHECKS[name](core)}")
            except Problem as problem:
                raise Problem(f"{core.name}: {problem}") from None


# ---- what must compile, and what must not ---------------------------------

def compile_text(args, text=None, path=None):
    """Only checks syntax and types. Returns the exit code and the messages."""
    done = command([*args, "-fsyntax-only", path or "-"], input=text)
    return done.returncode, done.stderr


def must_compile(args, text=None, path=None):
    code, said = compile_text(args, text, path)
    if code:
        raise Problem(f"{' '.join(args)} {path or text}:\n{said}")


def must_fail(args, message, text=None, path=None):
    code, said = compile_text(args, text, path)
    if not code or not re.search(message, said):
        raise Problem(f"{' '.join(args)} {path or text}:\nexpected an error "
                      f"with {message!r}, got exit {code}:\n{said}")


def check_llp64(_):
    """The core compiles where long has 32 bits."""
    target = ["clang", "--target=x86_64-unknown-windows-msvc"]
    flags = [f for f in CORE if f not in ("-fno-pie", "-fstack-usage")]
    flags += warnings("clang")
    sources = tree.cmake_list("HVPT_CORE_SOURCES")
    must_fail([*target, "-std=c11", "-x", "c"], "long is 32",
              '_Static_assert(sizeof(long) == 8, "long is 32");\n')
    for source in sources:
        must_compile([*target, *flags, INCLUDE], path=f"{tree.ROOT}/{source}")
    print(f"{len(sources)} sources compile with {target[1]}")


def check_headers(_):
    """Each public header stands alone, as C11 and as C++17."""
    headers = [header.removeprefix("include/")
               for header in tree.cmake_list("HVPT_CORE_HEADERS")]
    languages = {"gcc": "-std=c11", "clang": "-std=c11",
                 "g++": "-std=c++17", "clang++": "-std=c++17"}
    for cc, standard in languages.items():
        if not have(cc):
            continue
        language = "c++" if "++" in cc else "c"
        for header in headers:
            must_compile([cc, standard, *warnings(cc), "-Wpedantic", INCLUDE,
                          "-x", language],
                         f'#include "{header}"\n#include "{header}"\n')
        print(f"{cc} {standard}: {len(headers)} headers")


def check_single(folder):
    """dist/hvpt.h holds the implementation for C11 and for C++17."""
    unit = '#define HVPT_IMPLEMENTATION\n#include "hvpt.h"\n'
    path = os.path.join(folder, "single.c")
    tree.write(path, unit)
    languages = {"gcc": ("c", "-std=c11"), "clang": ("c", "-std=c11"),
                 "g++": ("c++", "-std=c++17"), "clang++": ("c++", "-std=c++17")}
    for cc, (language, standard) in languages.items():
        if not have(cc):
            continue
        for level in LEVELS:
            output_of([cc, standard, level, *warnings(cc), "-ffreestanding",
                       f"-I{tree.ROOT}/dist", "-x", language, "-c", path,
                       "-o", os.path.join(folder, "single.o")])
        print(f"{cc} {standard}: dist/hvpt.h, {' '.join(LEVELS)}")


def check_targets(_):
    """Targets and languages that cannot work are refused, in words."""
    width, order = "hvpt: 64-bit targets only", "hvpt: little-endian targets"
    language = "hvpt: needs C11"
    targets = {
        ("gcc", "-std=c89"): language, ("clang", "-std=c89"): language,
        ("gcc", "-m32"): width, ("gcc", "-mx32"): width,
        ("clang", "-m32"): width, ("clang", "-mx32"): width,
        ("clang", "--target=i386-unknown-windows-msvc"): width,
        ("clang", "--target=armv7-linux-gnueabi"): width,
        ("clang", "--target=powerpc64-linux-gnu"): order,
        ("clang", "--target=s390x-linux-gnu"): order,
    }
    for (cc, option), message in targets.items():
        if not have(cc) or (option in ("-m32", "-mx32")
                            and platform.machine() != "x86_64"):
            continue
        must_fail([cc, "-std=c11", option, "-ffreestanding", "-x", "c",
                   INCLUDE], message, '#include "hvpt/hvpt.h"\n')
        print(f"{cc} {option}: refused")


def check_mixed(_):
    """A gpa passed for an iova is an error, at the line that does it."""
    for cc in filter(have, COMPILERS):
        args = [cc, "-std=c11", INCLUDE]
        must_compile(args, path=f"{HERE}/mixed.c")
        must_fail([*args, "-DMIX_ADDRESSES"], "hvpt_gpa_t",
                  path=f"{HERE}/mixed.c")
        print(f"{cc}: a gpa for an iova does not compile")


# Of these a dropped status is just an unused value.
PLAIN = {"hvpt_hv_status_map"}


def check_dropped(_):
    """Dropping a status is warned about, for each function that has one."""
    declared = re.compile(r"(HVPT_MUST_CHECK\s+)?enum hvpt_status\s+"
                          r"(hvpt_\w+)\(")
    names = []
    for header in tree.cmake_list("HVPT_CORE_HEADERS"):
        text = tree.strip_comments(tree.read(f"{tree.ROOT}/{header}"))
        for checked, name in declared.findall(text):
            names.append(name)
            if not checked and name not in PLAIN:
                raise Problem(f"{header}: {name} lacks HVPT_MUST_CHECK")
    text = ('#include "hvpt/hvpt.h"\nvoid f(struct hvpt_pagetable *pt);\n'
            "void f(struct hvpt_pagetable *pt) { hvpt_pt_init(pt, 0); }\n")
    for cc in filter(have, COMPILERS):
        done = command([cc, "-std=c11", "-Werror=unused-result", INCLUDE,
                        "-x", "c", "-c", "-o", "/dev/null", "-"], input=text)
        if not done.returncode or "unused-result" not in done.stderr:
            raise Problem(f"{cc} lets a status be dropped:\n{done.stderr}")
    if not names:
        raise Problem("no function was found")
    print(f"{len(names)} functions: a dropped status is warned about")


def check_aarch64(folder):
    """The image, built for another architecture, under qemu-user."""
    if not have("aarch64-linux-gnu-gcc") or not have("qemu-aarch64"):
        print("SKIP: needs gcc-aarch64-linux-gnu and qemu-user")
        sys.exit(tree.EXIT_SKIP)
    for level in LEVELS:
        core = Core("aarch64-linux-gnu-gcc", level, folder).compile()
        print(f"{core.name}: {check_undefined(core)}")
        print(f"{core.name}: {run_image(core, ['qemu-aarch64'])}")


OTHER_CHECKS = {
    "objects": make_objects, "llp64": check_llp64, "headers": check_headers,
    "targets": check_targets, "dropped": check_dropped,
    "mixed": check_mixed, "aarch64": check_aarch64, "single": check_single,
}


# ---- the checks, checked --------------------------------------------------

PLANTED = {
    "undefined": "void *hvpt_f(void); extern void *malloc(unsigned long);"
                 "void *hvpt_f(void) { return malloc(8); }",
    "data": "int hvpt_f(void); static int hvpt_n;"
            "int hvpt_f(void) { return hvpt_n++; }",
    "prefix": "int hvpt_f(int); static __attribute__((noinline)) int f(int x)"
              "{ return x + 1; } int hvpt_f(int x) { return f(x); }",
    "stack": "int hvpt_f(int); int hvpt_f(int x) { volatile char a[300];"
             "a[x] = 1; return a[0]; }",
    "recursion": "int hvpt_f(int); int hvpt_g(int);"
                 "int hvpt_f(int x) { return x ? hvpt_g(x - 1) + 1 : 0; }"
                 "int hvpt_g(int x) { return x ? hvpt_f(x / 2) * 3 : 1; }",
    "image": "int hvpt_f(void); int hvpt_f(void) { return 0; }",
}
# A ring through a pointer, and a frame whose size depends on an argument.
PLANTED_TOO = {
    "recursion": "typedef int hvpt_fn(int); int hvpt_f(int);"
                 "static int hvpt_call(hvpt_fn *fn, int x) { return fn(x); }"
                 "int hvpt_f(int x)"
                 "{ return x ? hvpt_call(hvpt_f, x - 1) + 1 : 0; }",
    "stack": "int hvpt_f(int); int hvpt_f(int x) {"
             "volatile char *a = __builtin_alloca((unsigned long)x);"
             "a[0] = 1; return a[0]; }",
}


def refuses(name, text, folder, cc):
    """Does the check find what is wrong with this source?"""
    tree.write(os.path.join(folder, "planted.c"), text + "\n")
    core = Core(cc, "-O0", folder, root=folder, sources=["planted.c"])
    core.compile()
    try:
        OBJECT_CHECKS[name](core)
    except Problem:
        return True
    return False


def self_test():
    """Each check of the objects fails on a source made to break it."""
    wrong, count = [], 0
    for cc in filter(have, COMPILERS):
        for planted in (PLANTED, PLANTED_TOO):
            for name, text in planted.items():
                if name == "recursion" and cc != "gcc":
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    count += 1
                    if not refuses(name, text, folder, cc):
                        wrong.append(f"{cc}: {name} passes a planted fault")
    for cc, version, known in (("gcc", 12, True), ("gcc", 99, False),
                               ("clang", 14, True), ("clang", 99, False),
                               ("aarch64-linux-gnu-gcc", 12, True)):
        if is_tested(cc, version) != known:
            wrong.append(f"{cc} {version}: tested is not {known}")
    tree.finish(wrong, f"{count} planted faults")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("check", choices=[*OBJECT_CHECKS, *OTHER_CHECKS,
                                          "self-test"])
    parser.add_argument("--objects", metavar="FOLDER",
                        help="where the check 'objects' puts, or has put, "
                             "them; without it they are made for the occasion")
    args = parser.parse_args()
    missing = [cc for cc in (*COMPILERS, "g++", "clang++") if not have(cc)]
    if args.check == "self-test":
        self_test()
    try:
        with tempfile.TemporaryDirectory() as temporary:
            folder = args.objects or temporary
            if args.check in OBJECT_CHECKS:
                if not args.objects:
                    make_objects(folder)
                check_objects(args.check, folder)
            else:
                OTHER_CHECKS[args.check](folder)
    except Problem as problem:
        sys.exit(f"{args.check}: {problem}")
    if missing and args.check != "objects":
        print(f"SKIP: not checked with {', '.join(missing)}: not installed")
        sys.exit(tree.EXIT_SKIP)


main()
