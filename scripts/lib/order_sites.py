# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Where the core orders memory: each fence, acquire, release, atomic access.

The names are those of tests/exhaustive/weak.c, which takes the order away from
one place at a time. weak_sites.txt there lists the parts that nothing needs.
"""

import os
import re

import tree

FOLDERS = ("src", os.path.join("include", "hvpt"))
# Both name an access of port.h for many places; the simulator of weak.c looks
# at each of those, and tests/freestanding/order.py at the access itself.
WRAPPERS = {"hvpt_pte_load_table": "load_acquire", "hvpt_pte_replace": "cas"}
ACCESS = re.compile(r"\b(?:HVPT_PORT_(LOAD_ACQUIRE|STORE_RELEASE|CAS|FETCH_AND|"
                    r"FETCH_OR|ADD|FENCE)|(hvpt_pte_load_table|"
                    r"hvpt_pte_replace))\(")
# A function begins in the first column.
FUNCTION = re.compile(r"^(?![\s#/*}])[^;=\n]*?\b(hvpt_\w+)\(", re.M)
PARTS = {
    "load_acquire": ["acquire"],
    "store_release": ["release"],
    "cas": ["acquire", "release", "atomic"],
    "fetch_and": ["acquire", "release", "atomic"],
    "fetch_or": ["acquire", "release", "atomic"],
    "add": ["atomic"],
    "fence": ["full"],
}
LISTED = os.path.join("tests", "exhaustive", "weak_sites.txt")


def sources(root):
    for folder in FOLDERS:
        for at, _, files in sorted(os.walk(os.path.join(root, folder))):
            for name in sorted(files):
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(at, name), root)


def code_of(text):
    """Without comments and directives; the lines stay where they are."""
    return re.sub(r"^[ \t]*#(?:\\\n|[^\n])*",
                  lambda found: "\n" * found[0].count("\n"),
                  tree.strip_comments(text), flags=re.M)


def bodies(text):
    """(function, its code, its first line) of each definition."""
    code = code_of(text)
    for found in FUNCTION.finditer(code):
        body = re.match(r"[^;{]*\{.*?^\}", code[found.start():], re.M | re.S)
        if body:
            yield (found[1], body[0], code.count("\n", 0, found.start()) + 1)


def sites_of(path, text, compiled=False):
    """(file, function, access, line) of each place in a source.

    compiled: the places where instructions are, which are those of the access
    itself, not those of a wrapper's name.
    """
    for function, body, first in bodies(text):
        for found in ACCESS.finditer(body):
            wrapped = found[2] is not None
            if wrapped and (compiled or function == found[2]):
                continue
            access = WRAPPERS[found[2]] if wrapped else found[1].lower()
            yield (path, function, access,
                   first + body.count("\n", 0, found.start()))


def all_sites(root=tree.ROOT):
    return [site for path in sources(root)
            for site in sites_of(path, tree.read(os.path.join(root, path)))]


def not_needed(root=tree.ROOT):
    """(file, function, access, part) of weak_sites.txt: the reason."""
    reasons, entry = {}, None
    for line in tree.read(os.path.join(root, LISTED)).splitlines():
        if line.startswith("\t"):
            reasons[entry].append(line.strip())
        elif line and not line.startswith("#"):
            entry = tuple(line.split())
            reasons[entry] = []
    return {entry: " ".join(lines) for entry, lines in reasons.items()}
