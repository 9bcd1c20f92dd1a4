#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Counts the instructions of calls on long ranges, under valgrind.

Compares them with the bounds that docs/API-CONVENTIONS.md states. The counts
are the same in every run of one program; time is not measured. The program is
bound_instructions of a build; its form is short, long, or largest, which needs
3 GiB of memory.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROW = re.compile(r"\| `hvpt_pt_(\w+)\(\)` \|(.*)\|$", re.M)
PART = re.compile(r"^\| (\w+) \| ([\d,]+) \| ([\d,]+) \|$", re.M)
# Entries and tables of parts of 2 MiB and 1 GiB, by 4 KiB leaves.
PARTS = ((512, 5), (512 * 512, 517))
SKIP = 77


def number(cell):
    return int(cell.replace(",", ""))


def bounds_of(text):
    """For each call: instructions of a 4 KiB leaf, of a larger one, of a
    table, and besides."""
    rows = ROW.findall(text)
    found = {call: [number(cell) for cell in cells.split("|")]
             for call, cells in rows}
    return {call: cells[-4:] for call, cells in found.items()}


def wrong_parts(text, bounds):
    """Rows of the document's second table that the first does not give."""
    rows = PART.findall(text)
    if not rows:
        yield "there is no table of parts"
    for call, *cells in rows:
        small, _, table, besides = bounds[call]
        for cell, (entries, tables) in zip(cells, PARTS):
            most = small * entries + table * tables + besides
            if not most <= number(cell) <= 1.05 * most:
                yield f"{call} of a part: {cell}, where {most} follows"


def total_of(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("totals: "):
                return int(line.split()[1])
    raise ValueError(f"{path} has no total")


def count(program, form):
    """(call, range, entries, tables, larger, instructions) of each call."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        done = subprocess.run(
            ["valgrind", "-q", "--tool=callgrind", "--dump-before=bound_mark",
             f"--callgrind-out-file={out}", program, form, "-"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            check=True)
        lines = [line.split("\t") for line in done.stdout.splitlines()]
        # a call lies between its two marks
        return [(call, text, int(entries), int(tables), int(large),
                 total_of(f"{out}.{2 * i + 2}"))
                for i, (call, text, entries, tables, large)
                in enumerate(lines)]


def parser_of(text):
    parser = argparse.ArgumentParser(
        description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("document", metavar="DOCUMENT")
    return parser


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--form", default="short",
                        choices=("short", "long", "largest"))
    parser.add_argument("--times", type=int, default=1, metavar="N",
                        help="this build may take N times as many")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        print("SKIP: valgrind is not installed")
        return SKIP
    with open(options.document, encoding="utf-8") as file:
        text = file.read()
    bounds = bounds_of(text)
    parts = list(wrong_parts(text, bounds))
    counts = count(options.program, options.form)
    wrong = 0
    for call, what, entries, tables, large, instructions in counts:
        small, larger, table, besides = bounds[call]
        most = options.times * ((larger if large else small) * entries +
                                table * tables + besides)
        wrong += instructions > most
        print(f"{call:10} {what:24} {entries:9} entries {tables:6} tables: "
              f"{instructions:11} instructions, at most {most}"
              f"{'  TOO MANY' if instructions > most else ''}")
    missing = set(bounds) - {call for call, *_ in counts}
    if missing and options.form != "largest":
        print(f"instructions: nothing counts {', '.join(sorted(missing))}")
        return 1
    if wrong:
        print(f"instructions: {wrong} calls exceed their bounds")
    for problem in parts:
        print(f"instructions: {problem}")
    return 1 if wrong or parts or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
