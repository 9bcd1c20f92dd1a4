#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Checks that each row of the contract in adapters/uefi/README.md is tested.

A row names a test that test_uefi_*.c runs, and a line of raw/contract_app.c or
"-". And each test of test_uefi_contract.c has a row, except those below.
"""

import glob
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
README = os.path.join(HERE, "..", "..", "adapters", "uefi", "README.md")
# These are about more than one answer.
NOT_ROWS = {"revision", "map_whole_pages", "map_narrow_host",
            "set_unreachable", "set_twice_and_by_two", "set_lazy_domain",
            "unmap_old_number", "unmap_then_map_again", "bounce_common",
            "bounce_exposed", "interrupted"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def run_tests(path):
    return set(re.findall(r"cmocka_unit_test\((\w+)\)", read(path)))


def rows():
    """Test, and line in OVMF, of each row."""
    text = read(README).split("## Contract", 1)[1].split("\n## ", 1)[0]
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[1] not in ("condition", "---"):
            yield cells[3].strip("`"), cells[4].strip("`")


def problems():
    tests = set()
    for path in glob.glob(os.path.join(HERE, "test_uefi_*.c")):
        tests |= run_tests(path)
    app = set(re.findall(r"(?:row|check)\(\s*\"([^\"]+)\"", read(
        os.path.join(HERE, "raw", "contract_app.c"))))
    named = set()
    for test, line in rows():
        named.add(test)
        if test not in tests:
            yield f"no test {test}"
        if line not in app | {"-"}:
            yield f"contract_app.c has no row {line!r}"
    contract = run_tests(os.path.join(HERE, "test_uefi_contract.c"))
    for test in sorted(contract - named - NOT_ROWS):
        yield f"no row names {test}"
    if len(named) < 10:
        yield "the table was not found"


def main():
    found = list(problems())
    for problem in found:
        print(problem, file=sys.stderr)
    sys.exit(bool(found))


main()
