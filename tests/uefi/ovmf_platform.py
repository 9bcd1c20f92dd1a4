#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Writes OVMF's platform with the driver in it: HvptOvmf.dsc and .fdf.

OVMF is OvmfPkg of edk2's sources, FOLDER is the output folder. The lines are
those of adapters/uefi/README.md, except for the two libraries that use QEMU's
VT-d instead of a hypervisor.
"""

import os
import sys

LIBRARIES = """\
  HvptLib|HvptPkg/Library/HvptLib/HvptLib.inf
  HvptHypercallLib|HvptPkg/Library/HvptHypercallLibVtd/HvptHypercallLibVtd.inf
  HvptDeviceIdLib|HvptPkg/Library/HvptDeviceIdLibPci/HvptDeviceIdLibPci.inf
"""
COMPONENT = "  HvptPkg/HvptIoMmuDxe/HvptIoMmuDxe.inf\n"
INF = "INF  HvptPkg/HvptIoMmuDxe/HvptIoMmuDxe.inf\n"
OTHER = "INF  OvmfPkg/IoMmuDxe/IoMmuDxe.inf\n"


def read(ovmf, name):
    with open(os.path.join(ovmf, name), encoding="ascii") as file:
        return file.read()


def put(text, before, line):
    """The line in front of the first place where before stands."""
    if before not in text:
        sys.exit(f"this OVMF has no {before!r}")
    return text.replace(before, line + before, 1)


def after(text, head, lines):
    if head not in text:
        sys.exit(f"this OVMF has no {head!r}")
    return text.replace(head, head + lines, 1)


def description(ovmf):
    text = read(ovmf, "OvmfPkgX64.dsc")
    text = after(text, "\n[LibraryClasses]\n", LIBRARIES)
    text = after(text, "\n[Components]\n", COMPONENT)
    return text.replace("= OvmfPkg/OvmfPkgX64.fdf", "= HvptOvmf.fdf")


def flash(ovmf):
    text = read(ovmf, "OvmfPkgX64.fdf")
    for name in ("OvmfPkgDefines", "VarStore", "FvmainCompactScratchEnd"):
        text = text.replace(f"!include {name}", f"!include OvmfPkg/{name}")
    start = text.index("APRIORI DXE {")
    end = text.index("\n}", start) + 1
    text = text[:end] + "  " + INF + text[end:]
    return put(text, OTHER, INF)


def main():
    ovmf, folder = sys.argv[1:]
    for name, text in (("HvptOvmf.dsc", description(ovmf)),
                       ("HvptOvmf.fdf", flash(ovmf))):
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write(text)


main()
