#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Boots guests from a disk behind the IOMMU, as scripts/test-boot made them.

The kernel, the initramfs tools and the user space are Debian's. As in guest.py,
the hypercalls are carried out on the VT-d of QEMU.
"""

import argparse
import os
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import guest  # noqa: E402
import machine  # noqa: E402

TRANSLATED = ["on_disk", "translated"]
# What Linux turns on for an IOMMU driver that is there before the bus.
ACS = "pci=config_acs=111x1@pci:0:0"
# Boots: the initramfs, what the command line has in addition, and the cases.
BOOTS = {
    # What adapters/linux/boot is for: without it the disk is not translated.
    "late": ("late", "", ["on_disk", "untranslated", "acs_off"]),
    # With the dependencies of modules alone: udev follows them.
    "softdep": ("softdep", "", TRANSLATED),
    # With all that is installed.
    "initramfs-tools": ("initramfs-tools", ACS, [*TRANSLATED, "acs_on"]),
    "dracut": ("dracut", "", TRANSLATED),
    # The module as it is shipped, where there is no Hyper-V.
    "absent": ("absent", "", ["on_disk", "tried", "without"]),
    # How a person turns it off who cannot boot.
    "off": ("initramfs-tools", "module_blacklist=hvpt_iommu",
            ["on_disk", "without"]),
}
MEMORY = "1G"
# The bridge manages slots 0 to 15, and QEMU's own AHCI is in slot 31.
APPEND = ["root=/dev/nvme0n1", "rw", "init=/usr/sbin/root_disk",
          "modprobe.blacklist=ahci"]


def command(qemu, kernel, files, image, append):
    return [*machine.command(qemu, kernel, "strict", MEMORY,
                             os.path.join(files, f"{image}.img"), append),
            "-drive", f"if=none,id=disk,file={files}/disk.img,format=raw,"
            "cache=unsafe,snapshot=on",
            "-device", "nvme,addr=4,serial=hvpt,drive=disk",
            "-device", "pcie-root-port,id=acs,addr=8,chassis=1"]


def run(name, qemu, kernel, options):
    image, more, cases = BOOTS[name]
    append = [*APPEND, f"hvpt_cases={','.join(cases)}", *more.split()]
    log = os.path.join(options.files, f"boot-{name}.log")
    start = time.monotonic()
    verdict = guest.boot(command(qemu, kernel, options.files, image, append),
                         cases, log, options.verbose)
    return guest.tell(f"{kernel.release} boot {name}, "
                      f"{time.monotonic() - start:.0f} s", verdict, cases, log)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default="7.3", choices=guest.VERSIONS)
    parser.add_argument("--files", required=True,
                        help="where scripts/test-boot put them")
    parser.add_argument("--verbose", action="store_true",
                        help="show the console")
    parser.add_argument("images", nargs="+", help=" ".join(
        sorted({image for image, _, _ in BOOTS.values()})))
    options = parser.parse_args()
    kernel = guest.Kernel(options.kernel,
                          os.path.join(guest.ROOT, "build/linux"))
    qemu = (os.environ.get("HVPT_QEMU") or
            guest.ask("scripts/get-qemu", "--cached"))
    good = True
    for name, (image, _, _) in BOOTS.items():
        if image in options.images:
            good &= run(name, qemu, kernel, options)
    sys.exit(not good)


main()
