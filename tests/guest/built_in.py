#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Boots a kernel with the driver built in, from a disk behind the IOMMU.

The kernel is the one that scripts/test-linux-tree built: no initramfs, no
module. The disk has an ext4 file system with busybox and tests/guest/cases.sh.
As in guest.py, the bridge carries out the hypercalls on QEMU's VT-d; it is
built in too.
"""

import argparse
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import guest  # noqa: E402
import machine  # noqa: E402

CASES = ["built_in", "debugfs", "root"]
FOLDERS = ("bin", "dev", "proc", "sys", "tmp", "mnt")
MEGABYTES = 96
APPEND = ["root=/dev/nvme0n1", "rw", "init=/init"]


def make_disk(path, folder, busybox):
    """A file system; nothing needs root."""
    for name in FOLDERS:
        os.makedirs(os.path.join(folder, name))
    files = [("bin/busybox", guest.read(busybox)),
             ("init", guest.read(f"{HERE}/init.sh")),
             *((name, guest.read(f"{HERE}/{name}")) for name in guest.SHELL),
             ("cases", " ".join(CASES).encode())]
    for name, data in files:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
        os.chmod(os.path.join(folder, name), 0o755)
    with open(path, "wb") as file:
        file.truncate(MEGABYTES << 20)
    subprocess.run(["/usr/sbin/mke2fs", "-q", "-t", "ext4", "-d", folder,
                    path], check=True)


class BuiltIn:
    """A kernel in a file; no modules."""

    cpu = "max"

    def __init__(self, path):
        self.path = path

    def image(self):
        return self.path


def command(qemu, kernel, disk, mode):
    return [*machine.command(qemu, kernel, mode, "512M", None, APPEND),
            "-drive", f"if=none,id=disk,file={disk},format=raw,cache=unsafe",
            "-device", "nvme,addr=4,serial=hvpt,drive=disk"]


def run(options, mode):
    qemu = os.environ.get("HVPT_QEMU") or guest.ask("scripts/get-qemu",
                                                    "--cached")
    busybox = os.path.join(guest.ask("scripts/get-linux", "--cached", "7.3"),
                           "root/usr/bin/busybox")
    log = f"{options.log}-{mode}.log"
    with tempfile.TemporaryDirectory() as folder:
        disk = os.path.join(folder, "disk")
        make_disk(disk, os.path.join(folder, "root"), busybox)
        verdict = guest.boot(command(qemu, BuiltIn(options.kernel), disk, mode),
                             CASES, log, options.verbose)
    return guest.tell(f"built in, {mode}", verdict, CASES, log)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", required=True, help="the bzImage")
    parser.add_argument("--log", required=True,
                        help="the console goes to LOG-MODE.log")
    parser.add_argument("--verbose", action="store_true",
                        help="show the console")
    options = parser.parse_args()
    try:
        results = [run(options, mode) for mode in guest.MODES]
    except guest.Skip as skip:
        print(f"SKIP: {skip}")
        sys.exit(guest.EXIT_SKIP)
    sys.exit(not all(results))


main()
