#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Counts the instructions of flush plans, under valgrind.

Compares them, and the descriptors, with the bounds for each range that
docs/API-CONVENTIONS.md states. A bound that is more than three times what the
worst list takes is wrong too.
"""

import re
import shutil
import sys

import instructions

ROW = re.compile(r"^\| `HVPT_FLUSH_(\w+)` \|(.*)\|$", re.M)


def bounds_of(text):
    """For each policy: descriptors of a range; instructions of a range that is
    alone, and of one in a list."""
    return {policy: [instructions.number(cell) for cell in cells.split("|")]
            for policy, cells in ROW.findall(text)}


def main():
    parser = instructions.parser_of(__doc__)
    parser.add_argument("--times", type=int, default=1, metavar="N",
                        help="this build may take N times as many, and no "
                        "bound is too high for it")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        print("SKIP: valgrind is not installed")
        return instructions.SKIP
    with open(options.document, encoding="utf-8") as file:
        bounds = bounds_of(file.read())
    wrong = []
    worst = {(policy, column): 0 for policy in bounds for column in range(3)}
    for policy, what, ranges, descriptors, listed, count in \
            instructions.count(options.program, "short"):
        if policy not in bounds:
            wrong.append(f"{policy} has no bounds")
            continue
        print(f"{policy:10} {what:16} {descriptors:6} descriptors: {count:9} "
              f"instructions, {count / ranges:.0f} a range")
        for column, each in ((0, descriptors), (1 + listed, count)):
            worst[policy, column] = max(worst[policy, column], each / ranges)
    for (policy, column), most in worst.items():
        bound = bounds[policy][column] * (options.times if column else 1)
        if not most <= bound or (options.times == 1 and 3 * most < bound):
            wrong.append(f"{policy}, column {column + 1}: {most:.1f} for a "
                         f"range; {bound} is stated")
    for problem in wrong:
        print(f"instructions_flush: {problem}")
    return 1 if wrong or not bounds else 0


if __name__ == "__main__":
    sys.exit(main())
