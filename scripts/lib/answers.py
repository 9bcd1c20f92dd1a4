# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Answers in a table: what they name must exist.

An answer names files and, after each, names that are in it:
`tests/pagetable/test_x.c`: `test_y`, `test_z`. A test must be defined and run;
other names must be in the code, not in a comment. Or it begins with "Does not
apply: " and says why.
"""

import os
import re

import tree

CODE = re.compile(r"`([^`]*)`")
# A program of cmocka: what it names is defined, and run.
UNIT = re.compile(r"tests/(?!golden|uefi|oracle/qemu)[\w/]+/test_\w+\.c$")
NOT_HERE = "Does not apply: "


def code_of(root, path, texts):
    """The text of a file without comments; read once."""
    if path not in texts:
        text = tree.read(os.path.join(root, path))
        texts[path] = (tree.strip_comments(text)
                       if path.endswith((".c", ".h")) else text)
    return texts[path]


def missing(code, path, name):
    """What is wrong with a name that must be in a file, or None."""
    uses = len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", code))
    if not uses:
        return f"{name} is not in {path}"
    if UNIT.match(path):
        defined = re.findall(rf"\bvoid {name}\(void \*\*state\)\s*\{{", code)
        if not defined:
            return f"{name} is not defined in {path}"
        if uses < 2:
            return f"{name} is never run by {path}"
    return None


def check_answer(root, answer, texts):
    """Yields what is wrong with one answer."""
    path, names = None, 0
    for word in CODE.findall(answer):
        if "/" in word:
            path = word
            if not os.path.isfile(os.path.join(root, path)):
                yield f"{path} is not there"
                path = ""
        elif path is None:
            yield f"`{word}` is in no file"
        else:
            names += 1
            why = path and missing(code_of(root, path, texts), path, word)
            if why:
                yield why
    if answer.startswith(NOT_HERE):
        if len(answer) < len(NOT_HERE) + 20:
            yield "says not why it does not apply"
    elif not names:
        yield "names nothing that answers it"
