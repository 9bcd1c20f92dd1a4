#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Checks that a file is a UEFI driver for x86-64 that imports nothing, and that
does not say when it was linked: the same sources give the same file.

PE/COFF format: header, optional header, data directories. The linkers of edk2's
toolchains refuse undefined symbols, so only imports are left to check.
"""

import struct
import sys

SUBSYSTEMS = {"app": 10, "driver": 11}


def check(path, kind):
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] != b"MZ":
        return "not a PE file"
    at = struct.unpack_from("<I", data, 0x3c)[0]
    if data[at:at + 4] != b"PE\0\0":
        return "no PE header"
    machine = struct.unpack_from("<H", data, at + 4)[0]
    stamp = struct.unpack_from("<I", data, at + 8)[0]
    optional = at + 24
    magic = struct.unpack_from("<H", data, optional)[0]
    if machine != 0x8664 or magic != 0x20b:
        return f"machine {machine:#x}, magic {magic:#x}: not x86-64"
    if stamp != 0:
        return f"time stamp {stamp:#x}: each build would differ"
    subsystem = struct.unpack_from("<H", data, optional + 68)[0]
    if subsystem != SUBSYSTEMS[kind]:
        return f"subsystem {subsystem}, not a {kind}"
    count = struct.unpack_from("<I", data, optional + 108)[0]
    imports = (0, 0)
    if count > 1:
        imports = struct.unpack_from("<II", data, optional + 112 + 8)
    if imports != (0, 0):
        return "it imports something"
    return None


def main():
    kind = "driver"
    args = sys.argv[1:]
    if args and args[0] in SUBSYSTEMS:
        kind = args.pop(0)
    if not args:
        sys.exit("usage: check_efi.py [driver|app] FILE...")
    bad = 0
    for path in args:
        why = check(path, kind)
        if why:
            print(f"{path}: {why}", file=sys.stderr)
            bad = 1
    sys.exit(bad)


main()
