#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Checks the comments of HvptPkg against edk2's C coding standard.

A file begins with "/** @file" and has its copyright and licence there. Each
function has a comment just before it that begins with a sentence, names all
parameters and, unless the function returns nothing, describes the result.
--self-test: planted faults are found.
"""

import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "scripts", "lib"))
import tree  # noqa: E402

PACKAGE = os.path.join(ROOT, "adapters", "uefi", "HvptPkg")
# These are links to hvpt's own sources.
OTHER_STYLE = {"HvptLib", "HvptConformance"}
FUNCTION = re.compile(
    r"^(?:STATIC\n)?(?P<type>[A-Za-z_][\w ]*[\w*])\n(?:EFIAPI\n)?"
    r"(?P<name>\w+) \(\n(?P<parameters>.*?)\n  \)(?:\n\{|;)", re.M | re.S)
COMMENT = re.compile(r"/\*\*((?:(?!\*/).)*)\*\*/\n\Z", re.S)
PARAMETER = re.compile(
    r"^\s*(IN OUT|IN|OUT)\s.*?(\w+)(?:\[\w*\]|\s+OPTIONAL)?,?$", re.S)
TAG = re.compile(r"@param\[([a-z,]+)\]\s+(\w+)")


def parameters(text):
    """Direction and name of each, as the comment should have them."""
    found = (PARAMETER.match(line) for line in text.split(",\n"))
    return [(match[1].lower().replace(" ", ","), match[2])
            for match in found if match]


def check_function(match, before):
    comment = COMMENT.search(before)
    if not comment:
        return "no comment"
    if not re.match(r"\n  [A-Z].*?[.?](?=\s)", comment[1], re.S):
        return "does not begin with a sentence"
    if TAG.findall(comment[1]) != parameters(match["parameters"]):
        return "parameters differ from its comment"
    returns = "@return" in comment[1] or "@retval" in comment[1]
    if returns == (match["type"] == "VOID"):
        return "what it returns is not said, or it returns nothing"
    return None


def check_text(path, text):
    """Problems of a file, and how many functions it has."""
    problems, count = [], 0
    head = text.split("**/")[0]
    if not text.startswith("/** @file\n") or "Copyright" not in head:
        problems.append(f"{path}: does not begin as edk2's files do")
    for match in FUNCTION.finditer(text):
        count += 1
        wrong = check_function(match, text[:match.start()])
        if wrong:
            problems.append(f"{path}: {match['name']}: {wrong}")
    return problems, count


def sources():
    for path in glob.glob(os.path.join(PACKAGE, "**", "*.[ch]"),
                          recursive=True):
        folders = os.path.relpath(path, PACKAGE).split(os.sep)
        if not OTHER_STYLE.intersection(folders):
            yield path


def self_test():
    good = ("/** @file\n  A.\n\n  Copyright\n**/\n\n/**\n  B.\n\n"
            "  @param[in]   A  C.\n  @param[in,out]  D  E.\n\n"
            "  @return F.\n**/\nSTATIC\nUINTN\nName (\n  IN UINTN  A,\n"
            "  IN OUT VOID  *D\n  )\n{\n}\n")
    changes = (("/** @file", "/* file"), ("Copyright", ""),
               ("@param[in]   A", "@param[out]  A"), ("]  D  E", "]  X  E"),
               ("@return", ""), ("  B.", ""), ("UINTN\nName", "VOID\nName"),
               ("**/\nSTATIC", "**/\nint x;\nSTATIC"))
    problems = [] if check_text("good", good) == ([], 1) else ["good: refused"]
    for old, new in changes:
        assert good.count(old) == 1, old
        if len(check_text("bad", good.replace(old, new))[0]) != 1:
            problems.append(f"not found: {old!r} changed to {new!r}")
    return problems, len(changes)


def check():
    problems, functions = [], 0
    for path in sources():
        found, count = check_text(os.path.relpath(path, PACKAGE),
                                  tree.read(path))
        problems += found
        functions += count
    if functions < 100:
        problems.append(f"{functions} functions only: wrong folder?")
    return problems, functions


def main():
    if sys.argv[1:] == ["--self-test"]:
        problems, count = self_test()
        tree.finish(problems, f"{count} mistakes")
    problems, count = check()
    tree.finish(problems, f"{count} functions")


main()
