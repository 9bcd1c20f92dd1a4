#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Checks that the file lists in HvptPkg are complete; --fix completes them.

HvptLib.inf must have the files of hvpt.cmake, HvptConformance.inf those of the
suite and of its UEFI application, and each other .inf those of its folder.
HvptPkg.dsc must build each .inf. A GUID must be used for one thing.
"""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "scripts", "lib"))
import tree  # noqa: E402

PACKAGE = os.path.join(ROOT, "adapters", "uefi", "HvptPkg")


def section(text, name):
    """The entries of one section of an .inf or .dsc."""
    found = re.search(r"^\[" + name + r"\]\n(.*?)(?=^\[|\Z)", text,
                      re.M | re.S)
    lines = found.group(1).splitlines() if found else []
    return [line.split("##")[0].strip() for line in lines if line.strip()]


def core_files():
    return sorted(tree.cmake_list("HVPT_CORE_HEADERS")
                  + tree.cmake_list("HVPT_INTERNAL_HEADERS")
                  + tree.cmake_list("HVPT_CORE_SOURCES"))


def infs():
    """Path below the package, and text, of each .inf."""
    for folder, folders, files in os.walk(PACKAGE):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".inf"):
                path = os.path.join(folder, name)
                yield os.path.relpath(path, PACKAGE), tree.read(path)


def want_files(path):
    """What [Sources] of an .inf should have, sorted."""
    if path.endswith("HvptLib.inf"):
        return core_files()
    folder = os.path.join(PACKAGE, os.path.dirname(path))
    folders = [""]
    if path.endswith("HvptConformance.inf"):
        folders = ["conformance", "conformance/uefi"]
    return sorted(os.path.join(sub, f) for sub in folders
                  for f in os.listdir(os.path.join(folder, sub))
                  if f.endswith((".c", ".h")))


def fix():
    for path, text in infs():
        lines = "".join(f"  {name}\n" for name in want_files(path))
        tree.write(os.path.join(PACKAGE, path),
                   re.sub(r"(?ms)(^\[Sources\]\n).*?(?=\n\[)",
                          lambda match: match[1] + lines, text))


def check():
    problems, guids = [], {}
    components = section(tree.read(os.path.join(PACKAGE, "HvptPkg.dsc")),
                         "Components")
    for path, text in infs():
        want, have = want_files(path), sorted(section(text, "Sources"))
        if have != want:
            problems.append(f"{path}: [Sources] differ: "
                            f"{sorted(set(have) ^ set(want))}")
        if f"HvptPkg/{path}" not in components:
            problems.append(f"{path}: HvptPkg.dsc does not build it")
        guid = re.search(r"FILE_GUID\s*=\s*(\S+)", text)
        if not guid or guid[1] in guids:
            problems.append(f"{path}: no FILE_GUID of its own")
        else:
            guids[guid[1]] = path
    if len(guids) < 2:
        problems.append("no .inf found: wrong folder?")
    return problems, len(guids)


def main():
    if sys.argv[1:] == ["--fix"]:
        fix()
    problems, count = check()
    tree.finish(problems, f"{count} .inf files")


main()
