#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Compares rust/hvpt-sys with the headers, in a copy of both.

Usage: bindings.py [--self-test]

A program in C says the value of each constant, and the size, the alignment and
the offsets of each structure. From that, and from the types in the headers, a
test in Rust is written, which Cargo builds and runs without a network. So what
the bindings lack, or have differently, does not compile or fails. What they
have and the headers do not is found by name. --self-test plants mistakes.

Without cargo only names, fields and the sizes of structures whose fields are
hidden are compared, as text; if that finds nothing, the exit status is 77.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from way import ROOT, leave, tree  # noqa: E402
from interface import Interface  # noqa: E402

CRATE = "rust/hvpt-sys"
# Users allocate them, and leave their fields alone.
OPAQUE = {"hvpt_pagetable", "hvpt_domain", "hvpt_iommu", "hvpt_device",
          "hvpt_registry", "hvpt_segment_id"}
NAMES = {"void": "c_void", "char": "c_char", "_Bool": "bool", "int": "i32",
         "unsigned": "u32", "size_t": "usize", "uint8_t": "u8",
         "uint16_t": "u16", "uint32_t": "u32", "uint64_t": "u64"}
DEFINED = re.compile(r"^ *pub (?:const|struct|type|fn) (\w+)", re.M)
# A call inside a function is indented.
DECLARED = re.compile(r"^(?:\w[^;(\n]*?\W)?(hvpt_\w+)\(", re.M)
# Words of Rust that are names of fields.
KEYWORDS = {"type"}
# Of Rust alone.
OWN = {"c_char"}
HEAD = """#![allow(non_camel_case_types)]
use core::ffi::c_void;
use core::mem::{align_of, size_of, MaybeUninit};
use hvpt_sys::*;

fn offset<S, F>(field: fn(*const S) -> *const F) -> usize {
    let place = MaybeUninit::<S>::uninit();
    field(place.as_ptr()) as usize - place.as_ptr() as usize
}

"""
# In the crate: what is written there, and a mistake instead.
MISTAKES = [
    ("lib.rs", r"mod status;", "mod status;\npub const HVPT_GONE: u32 = 1;"),
    ("pagetable.rs", r"pub const HVPT_PROT_WRITE: u32 = 2;",
     "pub const HVPT_PROT_WRITE: u32 = 4;"),
    ("pagetable.rs", r"pub const HVPT_PROT_WRITE: u32 = 2;", ""),
    ("pagetable.rs", r"pub const HVPT_PROT_WRITE: u32 = 2;",
     "pub const HVPT_PROT_WRITE: u64 = 2;"),
    ("pagetable.rs", r"(    pub levels: u32,\n)(    pub width: u32,\n)",
     r"\2\1"),
    ("pagetable.rs", r"pub write_back:.*\n(.*\n)*?}", "}"),
    ("pagetable.rs", r"    pub dirty: bool,", "    pub dirty: u8,"),
    ("pagetable.rs", r"(struct hvpt_pagetable {\n.*; )\d+\]",
     r"\g<1>3]"),
    ("pagetable.rs", r"(fn hvpt_pt_widen\(\s*pt: )\*const", r"\1*mut"),
    ("pagetable.rs", r"(fn hvpt_pt_tables\(.*\) -> )u64", r"\1u32"),
    ("status.rs", r"HVPT_ERR_WRAP: hvpt_status = 3", "HVPT_ERR_WRAP: u32 = 4"),
]


def rust(kind):
    """The Rust spelling of a type of a field or a parameter."""
    if isinstance(kind, tuple):
        return f"Option<{function(*kind)}>"
    array = re.fullmatch(r"(.*) \[(.*)\]", kind)
    if array:
        return f"[{rust(array[1])}; {size(array[2])}]"
    words = kind.split()
    if words[-1] != "*":
        return NAMES.get(words[-1], words[-1])
    to = " ".join(words[:-1])
    return ("*const " if to.startswith("const ") else "*mut ") + \
        rust(to.removeprefix("const "))


def size(text):
    """The length of an array: a number once the macros are expanded."""
    return int(re.sub(r"(\d)[uU]\b", r"\1", text))


def function(result, args):
    """The type of a pointer to a function; an array is passed by address."""
    passed = [re.sub(r"(const )?(\w+) \[.*\]", r"\1\2 *", arg)
              if isinstance(arg, str) else arg for arg in args]
    back = "" if result == "void" else f" -> {rust(result)}"
    return (f"unsafe extern \"C\" fn({', '.join(map(rust, passed))})" + back)


def for_users(root):
    """Exported functions that are not only for the inline functions."""
    internal = {name for path, text in tree.headers(root)
                if "/internal/" in path
                for name in DECLARED.findall(text)}
    listed = re.findall(r"\t\t(hvpt_\w+);$",
                        tree.read(f"{root}/cmake/hvpt.map"), re.M)
    return [name for name in listed
            if name not in internal and not name.endswith("_")]


def in_c(name):
    """The C spelling of a structure's type."""
    return name if name.endswith("_t") else "struct " + name


def program(interface):
    """C that prints, a line each: name, number, width in bytes, sign."""
    lines = ['#include <stdio.h>', '#include "hvpt/hvpt.h"', "int main(void) {"]
    numbers = interface.constants + [
        name for names in interface.enums.values() for name in names]
    lines += [f'printf("{name} %llu %zu %d\\n", (unsigned long long)({name}), '
              f"sizeof({name}), (__typeof__({name}))-1 < 0);"
              for name in numbers]
    for name, fields in interface.structs.items():
        kind = in_c(name)
        lines.append(f'printf("{name} %zu %zu 0\\n", sizeof({kind}), '
                     f"_Alignof({kind}));")
        lines += [f'printf("{name}.{field} %zu 0 0\\n", '
                  f"__builtin_offsetof({kind}, {field}));"
                  for field, _ in fields]
    lines += [f'printf("{name} 0 %zu %d\\n", sizeof(enum {name}), '
              f"(enum {name})-1 < 0);" for name in interface.enums]
    return "\n".join([*lines, "return 0;", "}", ""])


def measured(interface, folder):
    """What the program says: name -> (number, width, signed)."""
    source, binary = (os.path.join(folder, name) for name in ("c.c", "c"))
    tree.write(source, program(interface))
    subprocess.run([interface.cc, "-w", f"-I{interface.root}/include",
                    "-o", binary, source], check=True)
    said = subprocess.run([binary], check=True, capture_output=True,
                          text=True).stdout
    return {name: tuple(map(int, rest)) for name, *rest
            in map(str.split, said.splitlines())}


def of_structure(name, fields, facts):
    """The lines of the test about one structure."""
    number, align, _ = facts[name]
    yield f"    assert_eq!(size_of::<{name}>(), {number}, \"{name}\");"
    yield f"    assert_eq!(align_of::<{name}>(), {align}, \"{name}\");"
    for field, kind in fields if name not in OPAQUE else ():
        word = f"r#{field}" if field in KEYWORDS else field
        yield (f"    assert_eq!(offset(|s: *const {name}| -> *const "
               f"{rust(kind)} {{ unsafe {{ core::ptr::addr_of!((*s).{word}) "
               f"}} }}), {facts[f'{name}.{field}'][0]}, \"{name}.{field}\");")


def integer(facts):
    return ("i" if facts[2] else "u") + str(8 * facts[1])


def test_text(interface, facts, functions):
    """The test in Rust."""
    values = [f"    let v: {integer(facts[name])} = {name};\n"
              f"    assert_eq!(v as u64, {facts[name][0]}, \"{name}\");"
              for name in interface.constants]
    values += [f"    let v: {kind} = {name};\n"
               f"    assert_eq!(v as u64, {facts[name][0]}, \"{name}\");"
               for kind, names in interface.enums.items() for name in names]
    values += [f"    let _: {integer(facts[kind])} = 0 as {kind};"
               for kind in interface.enums]
    layouts = [line for name, fields in interface.structs.items()
               for line in of_structure(name, fields, facts)]
    calls = [f"    let f: {function(*interface.functions[name])} = {name};\n"
             "    assert_ne!(f as usize, 0);" for name in functions]
    calls += [f"    let f: {name} = None::<{function(*kind)}>;\n"
              "    assert!(f.is_none());"
              for name, kind in interface.callbacks.items()]
    return HEAD + "\n".join(
        f"#[test]\nfn {name}() {{\n" + "\n".join(lines) + "\n}\n"
        for name, lines in (("values", values), ("layouts", layouts),
                            ("calls", calls)))


def sources(root):
    folder = os.path.join(root, CRATE, "src")
    return {name: tree.read(os.path.join(folder, name))
            for name in sorted(os.listdir(folder))}


def of_text(interface, facts, functions, root):
    """What a look at the bindings finds, without a compiler of Rust."""
    text = "\n".join(sources(root).values())
    wanted = {*interface.constants, *interface.structs, *interface.enums,
              *interface.callbacks, *functions, *OWN,
              *(name for names in interface.enums.values() for name in names)}
    found = set(DEFINED.findall(text))
    yield from (f"{CRATE} lacks {name}" for name in sorted(wanted - found))
    yield from (f"{CRATE}: {name}: not in the headers"
                for name in sorted(found - wanted))
    for name, body in re.findall(r"^pub struct (\w+) {\n(.*?)^}", text,
                                 re.M | re.S):
        fields = re.findall(r"^    (?:pub )?(?:r#)?(\w+):(.*)", body, re.M)
        words = [f"_private {facts[name][0] // 8}"] if name in OPAQUE else \
            [field for field, _ in interface.structs.get(name, ())]
        has = [f"{field} {kind.split()[-1].rstrip('],')}"
               if field == "_private" else field for field, kind in fields]
        if name in interface.structs and has != words:
            yield f"{CRATE}: {name} has {has}, not {words}"


class Comparison:
    """The bindings in a copy, and the test of them."""

    def __init__(self, folder):
        self.root = folder
        for name in tree.tracked_files(ROOT):
            if name.startswith(("include/", "src/", "cmake/", "rust/")) \
                    or name == "hvpt.cmake":
                target = os.path.join(folder, name)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy2(os.path.join(ROOT, name), target)
        self.interface = Interface(self.root)
        self.functions = for_users(self.root)
        self.facts = measured(self.interface, folder)
        tree.write(f"{self.root}/{CRATE}/tests/interface.rs",
                   test_text(self.interface, self.facts, self.functions))

    def of_text(self):
        return list(of_text(self.interface, self.facts, self.functions,
                            self.root))

    def problems(self):
        found = self.of_text()
        done = subprocess.run(
            ["cargo", "test", "--offline", "--quiet"],
            cwd=f"{self.root}/{CRATE}", capture_output=True, text=True,
            check=False)
        if done.returncode:
            found.append(done.stdout + done.stderr)
        return found

    def counts(self):
        return (f"{len(self.functions)} functions, "
                f"{len(self.interface.structs)} structures, "
                f"{len(self.interface.constants)} constants, "
                f"{sum(map(len, self.interface.enums.values()))} enumerators")


def self_test(comparison):
    """Mistakes that are not found."""
    for file, pattern, mistake in MISTAKES:
        path = f"{comparison.root}/{CRATE}/src/{file}"
        text = tree.read(path)
        planted, count = re.subn(pattern, mistake, text, count=1)
        if count == 0:
            yield f"{file} has no {pattern}"
        tree.write(path, planted)
        if count and not comparison.problems():
            yield f"{file}: '{mistake}' is not found"
        tree.write(path, text)


def main():
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(folder)
        if not shutil.which("cargo"):
            if comparison.of_text():
                tree.finish(comparison.of_text(), comparison.counts())
            leave("cargo")
        if sys.argv[1:] == ["--self-test"]:
            tree.finish(list(self_test(comparison)),
                        f"{len(MISTAKES)} mistakes")
        tree.finish(comparison.problems(), comparison.counts())


if __name__ == "__main__":
    main()
