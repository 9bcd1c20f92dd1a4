#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Checks the table of copies in adapters/uefi/README.md.

usage: check_costs.py uefi_replay FILE: the rest of the command prints, for each
driver, the maps and the bytes that it copies in the recorded boot.
"""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
README = os.path.join(HERE, "..", "..", "adapters", "uefi", "README.md")


def main():
    said = subprocess.run(sys.argv[1:] + ["time"], check=True, text=True,
                          capture_output=True).stdout
    counted = re.findall(r"^(\w+): copied maps (\d+) bytes (\d+)$", said, re.M)
    with open(README, encoding="utf-8") as file:
        part = file.read().split("## Copies", 1)[1].split("\n## ", 1)[0]
    written = re.findall(r"^\| (\w+)[^|]*\| ([\d,]+) \| ([\d,]+) \|", part,
                         re.M)
    table = [(name, maps.replace(",", ""), size.replace(",", ""))
             for name, maps, size in written]
    if len(counted) != 3 or counted != table:
        sys.exit(f"counted {counted}, README has {table}")


main()
