#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Check that the memory of `hvpt report` does not grow with the trace.

Usage: report_memory.py COMMAND...

Both traces come from a pipe, have as many live mappings at a time and use the
same IOVAs, because a page table keeps its empty tables; one has twenty times
the events. A third trace needs a table of its own for each map: empty tables
must not pile up.
"""
import json
import subprocess
import sys

LIVE = 64
IOVAS = 4096
SHORT, LONG = 10000, 200000
NEW_TABLES = 40000
TABLES_KEPT = 16384
MOST = 1.1  # times the memory of the short trace


def write_trace(pipe, events):
    for number in range(events // 2):
        first = 0x1000 + number % IOVAS * 0x2000
        time = f"{number // 1000}.{number % 1000:03}000"
        pipe.write(f"a-1 [000] .. {time}: map: IOMMU: iova={first:#x} - "
                   f"{first + 0x1000:#x} paddr=0x5000 size=4096\n".encode())
        if number >= LIVE:
            first = 0x1000 + (number - LIVE) % IOVAS * 0x2000
            pipe.write(f"b-2 [000] .. {time}: unmap: IOMMU: iova={first:#x} - "
                       f"{first + 0x1000:#x} size=4096 unmapped_size=4096\n"
                       .encode())


def high_water(pid):
    """Peak memory in KiB of a process, without what was before its exec."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file
                    if line.startswith("VmHWM:"))


def peak(command, events):
    """Peak memory in KiB before the last lines are read."""
    with subprocess.Popen(command + ["report", "--quiet", "-", "--json", "-"],
                          stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL) as process:
        with process.stdin as pipe:
            write_trace(pipe, events)
            kib = high_water(process.pid)
    if process.returncode != 0:
        sys.exit(f"{events} events: exit {process.returncode}")
    return kib


def check_tables(command):
    lines = []
    for number in range(NEW_TABLES):
        first = number << 21
        span = f"iova={first:#x} - {first + 4096:#x}"
        lines.append(f"map: IOMMU: {span} paddr=0x5000 size=4096\n"
                     f"unmap: IOMMU: {span} size=4096 unmapped_size=4096\n")
    done = subprocess.run(command + ["report", "-", "--json", "-"], check=True,
                          input="".join(lines), stdout=subprocess.PIPE,
                          encoding="utf-8")
    figures = json.loads(done.stdout)["figures"]
    print(f"{NEW_TABLES} tables: at most {figures['table_pages_peak']}")
    if figures["table_pages_peak"] > TABLES_KEPT + 8 or \
            figures["maps"] != NEW_TABLES or \
            figures["flush_strict_two_block_calls"] != NEW_TABLES:
        sys.exit(f"not so: {figures}")


def main():
    short, long = (peak(sys.argv[1:], events) for events in (SHORT, LONG))
    print(f"{SHORT} events: {short} KiB, {LONG} events: {long} KiB")
    if long > MOST * short:
        sys.exit("memory grows with the trace")
    check_tables(sys.argv[1:])


main()
