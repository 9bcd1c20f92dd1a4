#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""hvpt dump on a trace that uses more tables than there is room for at once.

Usage: long_trace.py HVPT

The trace comes through a pipe. Each of its maps needs a table of its own, and
is unmapped before the next, but for a few. Empty tables must not pile up.
"""
import subprocess
import sys

# One table for each; there is room for 2^18.
MAPS = 300_000
KEPT = 50_000
SIZE = 2 << 20


def line(name, iova, rest):
    return f"{name}: IOMMU: iova={iova:#x} - {iova + 4096:#x} {rest}\n"


def main():
    command = [sys.argv[1], "dump", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, encoding="utf-8") as hvpt:
        for number in range(MAPS):
            iova = number * SIZE
            hvpt.stdin.write(line("map", iova, "paddr=0x5000 size=4096"))
            if number % KEPT:
                hvpt.stdin.write(line("unmap", iova,
                                      "size=4096 unmapped_size=4096"))
        hvpt.stdin.close()
        found = hvpt.stdout.read()
        if hvpt.wait() != 0 or f" {MAPS // KEPT} mappings" not in found:
            sys.exit(f"exit {hvpt.returncode}: {found[:1000]}")
    print(f"{MAPS} maps, {MAPS // KEPT} left")


main()
