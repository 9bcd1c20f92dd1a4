# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Edits of somebody else's files, at places that a pattern finds.

An edit never quotes the file that it changes. Its pattern must match once, in
the whole file or in the body of one function. All edits are tried on texts in
memory, and all problems are known before anything is written.
"""

import re


class Problem(Exception):
    """A place that is missing, or is not the only one."""


def only(pattern, text, what):
    """The one match of a pattern."""
    found = list(re.finditer(pattern, text, re.M | re.S))
    if len(found) != 1:
        count = f"found {len(found)} times" if found else "missing"
        raise Problem(f"{what}: {count}")
    return found[0]


def body_of(name, text):
    """Where the definition of a C function begins and ends."""
    match = only(r"^\w[^;{}#\n]*\b" + re.escape(name) +
                 r"\([^;{}]*\)\s*\n\{.*?^\}", text, f"function {name}")
    return match.span()


class Edit:
    """One place in one file.

    what: names the place in an error. at: the pattern. function: search only in
    this function. put: "before", "after" or "instead"; text may refer to groups
    of the pattern.
    """

    def __init__(self, path, what, at, put, text, function=None):
        assert put in ("before", "after", "instead")
        self.path, self.what, self.at = path, what, at
        self.put, self.text, self.function = put, text, function

    def apply(self, files):
        old = files.get(self.path)
        if old is None:
            raise Problem("no such file")
        begin, end = (body_of(self.function, old) if self.function else
                      (0, len(old)))
        match = only(self.at, old[begin:end], self.what)
        new = match.expand(self.text)
        if self.put == "before":
            new += match.group()
        elif self.put == "after":
            new = match.group() + new
        begin, end = begin + match.start(), begin + match.end()
        files[self.path] = old[:begin] + new + old[end:]


class Section:
    """An entry of a file of entries in the order of their titles."""

    TITLE = re.compile(r"^(\S.*)\n(?=[A-Z]:\t)", re.M)

    def __init__(self, path, title, lines):
        self.path, self.title, self.lines = path, title, lines

    def apply(self, files):
        old = files.get(self.path)
        if old is None:
            raise Problem("no such file")
        titles = list(self.TITLE.finditer(old))
        if any(match.group(1) == self.title for match in titles):
            raise Problem(f"has the entry {self.title} already")
        later = [match for match in titles
                 if match.group(1).lower() > self.title.lower()]
        if not later or len(later) == len(titles):
            raise Problem(f"no place for the entry {self.title}")
        at = later[0].start()
        entry = "\n".join([self.title, *self.lines]) + "\n\n"
        files[self.path] = old[:at] + entry + old[at:]


class New:
    """A file that must not be there yet."""

    def __init__(self, path, text):
        self.path, self.text = path, text

    def apply(self, files):
        if files.get(self.path) is not None:
            raise Problem("is there already")
        files[self.path] = self.text


def apply_all(edits, files):
    """Changes the texts in files. Returns what is wrong, as sentences."""
    problems = []
    for edit in edits:
        try:
            edit.apply(files)
        except Problem as problem:
            problems.append(f"{edit.path}: {problem}")
    return problems
