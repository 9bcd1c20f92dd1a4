# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What the tests run of the core: lines, branches, conditions (MC/DC).

usage: coverage.py DOCUMENT EXPORT...

EXPORT is what `llvm-cov export` wrote, DOCUMENT has the table of what cannot
be run, below the line "Not covered:". A row is | `file` | `code` | why |
and stands for what is missing on lines of the file that hold the code. What
is missing and in no row is an error, and so is a row without anything. Threads
may run the code of a row whose reason begins with "a race:", or may not.

An inline function is counted once, however many places it is inlined into.
"""

import collections
import json
import os
import re
import sys

import tree

TABLE = "Not covered:"
RACE = "a race:"
CODE = re.compile(r"`+ ?(.*?) ?`+")


def source_name(path):
    name = os.path.relpath(path, tree.ROOT)
    return name if name.startswith(("src/", "include/")) else None


def is_within(inner, outer):
    """Of line, column, end line, end column."""
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


class Source:
    """The coverage of one file, in all objects that contain it."""

    def __init__(self, path):
        self.lines = collections.defaultdict(int)
        self.branches = {}
        self.starts = {}
        self.conditions = {}
        self.macros = set()
        with open(path, encoding="utf-8") as file:
            self.text = [line.strip() for line in file]

    def add_lines(self, segments):
        """A segment holds up to the next: line, column, count, has count."""
        for one, after in zip(segments, segments[1:]):
            if one[3]:
                for line in range(one[0], after[0] + (after[1] > 1)):
                    self.lines[line] = max(self.lines[line], one[2])

    def add_branches(self, branches):
        """Keyed by its start: a macro in the place of a call ends earlier."""
        for branch in branches:
            place = self.starts.setdefault(tuple(branch[:2]),
                                           tuple(branch[:4]))
            true, false = self.branches.get(place, (0, 0))
            self.branches[place] = (true + branch[4], false + branch[5])

    def add_decisions(self, records):
        for record in records:
            met = record[-1]
            before = self.conditions.get(tuple(record[:4]), [False] * len(met))
            self.conditions[tuple(record[:4])] = [
                a or b for a, b in zip(before, met)]

    def add_expansions(self, expansions):
        """A macro that is one of two constants is a condition, too."""
        for expansion in expansions:
            if expansion["branches"]:
                continue
            self.macros.add(tuple(expansion["source_region"][:4]))

    def constants(self, place):
        """Conditions of a decision that a compiler's constant decides."""
        inside = {b: self.branches[b] == (0, 0)
                  for b in self.branches if is_within(b, place)}
        count = len(self.conditions[place])
        if len(inside) < count:
            inside.update({m: True for m in self.macros if is_within(m, place)
                           and not any(is_within(m, b) for b in inside)})
        found = [constant for _, constant in sorted(inside.items())]
        return found if len(found) == count else [False] * count

    def missing(self):
        """Pairs of a line and what is missing on it."""
        for line, count in sorted(self.lines.items()):
            if not count:
                yield line, "not run"
        for place, (true, false) in sorted(self.branches.items()):
            if bool(true) != bool(false):
                yield place[0], f"never {'false' if true else 'true'}"
        for place, met in sorted(self.conditions.items()):
            if not self.lines[place[0]]:
                continue
            constants = self.constants(place)
            for index, (is_met, constant) in enumerate(zip(met, constants)):
                if not is_met and not constant:
                    yield place[0], f"condition {index + 1} decides nothing"


def figures(sources):
    lines = [n for s in sources for n in s.lines.values()]
    ways = [n for s in sources for b in s.branches.values() if any(b)
            for n in b]
    met = [m for s in sources for place, record in s.conditions.items()
           if s.lines[place[0]] for m, constant in
           zip(record, s.constants(place))
           if not constant]
    return [(what, sum(map(bool, all_of)), len(all_of)) for what, all_of in
            (("lines", lines), ("branches", ways), ("MC/DC", met))]


def entries_of(names):
    for name in names:
        with open(name, encoding="utf-8") as file:
            for part in json.load(file)["data"]:
                yield from part["files"]


def read_exports(names):
    sources = {}
    for entry in entries_of(names):
        source = source_name(entry["filename"])
        if source:
            one = sources.setdefault(source, Source(entry["filename"]))
            one.add_lines(entry["segments"])
            one.add_branches(entry["branches"])
            one.add_expansions(entry["expansions"])
            one.add_decisions(entry.get("mcdc_records", []))
    return sources


def read_table(name):
    """The rows: file, code, and whether it may stay without being needed."""
    with open(name, encoding="utf-8") as file:
        text = file.read()
    if TABLE not in text:
        sys.exit(f"{name}: no table below {TABLE!r}")
    rows = []
    for line in text.split(TABLE, 1)[1].strip().splitlines()[2:]:
        if not line.startswith("|"):
            break
        cells = [cell.strip().replace("\\|", "|")
                 for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 3 or not cells[2]:
            sys.exit(f"{name}: not a row: {line}")
        rows.append([CODE.match(cells[0]).group(1),
                     CODE.match(cells[1]).group(1),
                     cells[2].startswith(RACE)])
    return rows


def stands_for(rows, source, code):
    found = False
    for row in rows:
        if row[0] == source and row[1] in code:
            row[2] = found = True
    return found


def main(document, *exports):
    sources = read_exports(exports)
    rows = read_table(document)
    wrong = 0
    for name, source in sorted(sources.items()):
        for line, what in source.missing():
            code = source.text[line - 1]
            if not stands_for(rows, name, code):
                print(f"{name}:{line}: {what}: {code}")
                wrong += 1
    for name, code, found in rows:
        if not found:
            print(f"{document}: nothing is missing: {name}: {code}")
            wrong += 1
    for what, met, total in figures(sources.values()):
        print(f"{what}: {met} of {total}, {1000 * met // total / 10} %")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
