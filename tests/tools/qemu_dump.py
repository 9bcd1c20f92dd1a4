#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""hvpt dump and hvpt walk on dumps that QEMU writes.

Usage: qemu_dump.py IMAGE HVPT

A machine of QEMU, which never runs, has tables of the library in its memory:
once below 4 GiB, once above, so that its core has several segments. QEMU dumps
it by dump-guest-memory and pmemsave. Exit status 77: there is no QEMU.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

QEMU = "qemu-system-x86_64"
LOW, HIGH = 0x1000000, 0x100000000
LOW_BYTES = 32 << 20


def make_tables(image, base, path):
    """The tables as they are at @base, without what is before them."""
    subprocess.run([image, "image", "4", hex(base)], check=True,
                   stdout=subprocess.DEVNULL)
    with open("image", "rb") as file, open(path, "wb") as to:
        file.seek(base)
        shutil.copyfileobj(file, to)
    os.remove("image")


def dump():
    """Starts QEMU and lets it write core and raw."""
    commands = [
        ("qmp_capabilities", {}),
        ("dump-guest-memory", {"paging": False, "protocol": "file:core"}),
        ("pmemsave", {"val": 0, "size": LOW_BYTES, "filename": "raw"}),
        ("quit", {}),
    ]
    said = "".join(json.dumps({"execute": name, "arguments": arguments}) + "\n"
                   for name, arguments in commands)
    done = subprocess.run(
        [QEMU, "-machine", f"pc,max-ram-below-4g={LOW_BYTES}", "-m", "64M",
         "-S", "-nodefaults", "-display", "none", "-qmp", "stdio",
         "-device", f"loader,file=low,addr={LOW:#x},force-raw=on",
         "-device", f"loader,file=high,addr={HIGH:#x},force-raw=on"],
        input=said, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    if '"error"' in done.stdout:
        sys.exit(f"QEMU refuses: {done.stdout}")


def expect(command, status, words, *texts):
    done = subprocess.run([*command, *words], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8",
                          check=False)
    for text in [None, *texts]:
        if done.returncode != status or (text and text not in done.stdout):
            sys.exit(f"{words}: exit {done.returncode}, no '{text}' in "
                     f"{done.stdout}")


def check(command):
    mapped = "9 mappings, 6 of 4K, 2 of 2M, 1 of 1G"
    for file, root in [("core", LOW), ("core", HIGH), ("raw", LOW)]:
        where = ["--memory", file, "--root", hex(root)]
        expect(command, 0, ["dump", *where], mapped, "Nothing is wrong.")
        expect(command, 0, ["walk", *where, "0x201234"],
               "-> gpa 0x40001234, in a 2M page, rwad",
               f"entry 0 of the PML4 at {root:#x}")
        expect(command, 1, ["walk", *where, "0x4000"], "P is clear in the PTE")
    # A page of zeros is a table without entries.
    expect(command, 1, ["walk", "--memory", "core", "--root", "0x1fff000",
                        "0"], "faults")
    expect(command, 2, ["dump", "--memory", "raw", "--root", hex(HIGH)],
           "--root: 0x100000000 is not in raw, which has 0x0-0x1ffffff")
    expect(command, 2, ["dump", "--memory", "core", "--root",
                        "0x200000000000"], "is not in core, which has 0x0-")


def main():
    image, command = (os.path.abspath(path) for path in sys.argv[1:])
    if not shutil.which(QEMU):
        print(f"SKIP: no {QEMU}; it is in the package qemu-system-x86")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make_tables(image, LOW, "low")
        make_tables(image, HIGH, "high")
        dump()
        check([command])
        os.chdir("/")
    print("two trees in an ELF core, one in a raw image")


main()
