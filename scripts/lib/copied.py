# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A copy of the tree in which some files are others.

Files that do not change keep their times, so that the next build is short.
"""

import os
import shutil

import tree


def write_bytes(path, new):
    if os.path.exists(path):
        with open(path, "rb") as file:
            if file.read() == new:
                return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(new)


def write_if_new(path, text):
    write_bytes(path, text.encode())


def update(copy, changed=None):
    """Makes copy the tree, with the texts of changed (name -> text)."""
    changed = changed or {}
    files = tree.tracked_files()
    for name in set(tree.tracked_files(copy)) - set(files):
        os.remove(os.path.join(copy, name))
    for name in files:
        source = os.path.join(tree.ROOT, name)
        target = os.path.join(copy, name)
        if not os.path.isfile(source) or os.path.islink(source):
            continue
        if name in changed:
            write_if_new(target, changed[name])
        else:
            with open(source, "rb") as file:
                write_bytes(target, file.read())
        shutil.copymode(source, target)
