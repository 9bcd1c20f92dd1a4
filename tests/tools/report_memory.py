#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Check that the memory of `hvpt report` does not grow with the trace.

Usage: report_memory.py COMMAND...

Both traces come from a pipe, have as many live mappings at a time and use the
same IOVAs, because a page table keeps its empty tables; one has twenty times
the events.
"""
import subprocess
import sys

LIVE = 64
IOVAS = 4096
SHORT, LONG = 10000, 200000
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


def main():
    short, long = (peak(sys.argv[1:], events) for events in (SHORT, LONG))
    print(f"{SHORT} events: {short} KiB, {LONG} events: {long} KiB")
    if long > MOST * short:
        sys.exit("memory grows with the trace")


main()
