#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Records IOMMU traffic in a guest, with the commands of docs/RECORDING.md.

The guest is a Debian kernel (scripts/get-linux) on QEMU (scripts/get-qemu),
which emulates a VT-d for Linux's own driver. The marked code blocks of the
document run in it verbatim (record.sh); `workload` is a few writes and reads of
an NVMe disk. trace-cmd and perf are those of this system, if installed. The
recordings are unpacked into FOLDER.

Usage: record.py FOLDER, or record.py --check HVPT, which also records with
`hvpt capture`, and replays the recording of each tracer. Exit code 77:
something was not downloaded.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import initramfs  # noqa: E402
import machine  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(HERE))
EXIT_SKIP = 77
VERSION = "7.3"
DISK_BYTES = 64 << 20
# A guest that prints nothing for so long hangs.
GUARD_SECONDS = 550
WORKLOAD = b"""#!/bin/busybox sh
for size in 4096 65536 1048576; do
	dd if=/dev/zero of=/dev/nvme0n1 bs=$size count=4 oflag=direct
	dd if=/dev/nvme0n1 of=/dev/null bs=$size count=4 iflag=direct
done
"""


def ask(*command):
    done = subprocess.run([os.path.join(ROOT, command[0]), *command[1:]],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(f"SKIP: run {command[0]}")
        sys.exit(EXIT_SKIP)
    return done.stdout.strip()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def blocks():
    """The marked code blocks of the document, by mark."""
    text = read(f"{ROOT}/docs/RECORDING.md").decode()
    return re.findall(r"<!-- guest: (\S+) -->\n```sh\n(.*?)```", text,
                      re.DOTALL)


def add_program(archive, name):
    """Adds a program of this system, if installed, with its libraries."""
    path = shutil.which(name)
    if not path:
        return
    archive.file(f"usr/bin/{os.path.basename(path)}", read(path))
    listed = subprocess.run(["ldd", path], stdout=subprocess.PIPE, text=True,
                            check=True).stdout
    for library in re.findall(r"(/\S+) \(", listed):
        archive.file(library.lstrip("/"), read(library))


def add_modules(archive, folder):
    modules = initramfs.Modules(folder)
    found = {}
    for driver in ("nvme", "virtio_pci", "virtio_blk"):
        modules.closure(driver, found)
    for name, data in found.items():
        archive.file(f"modules/{name}.ko", data)
    archive.file("modules/order", " ".join(found).encode())


def make_initramfs(path, root, release, hvpt):
    archive = initramfs.Archive()
    archive.file("bin/busybox", read(f"{root}/usr/bin/busybox"))
    archive.file("init", read(f"{HERE}/record.sh"))
    archive.file("usr/bin/workload", WORKLOAD)
    for name, text in blocks():
        archive.file(f"recording/{name}.sh", text.encode())
    for name in ("trace-cmd", "perf", *([hvpt] if hvpt else ())):
        add_program(archive, name)
    add_modules(archive, f"{root}/usr/lib/modules/{release}")
    archive.write(path)


def command_line(qemu, folder, image):
    for name in ("nvme", "out"):
        with open(f"{folder}/{name}.img", "wb") as file:
            file.truncate(DISK_BYTES)
    return ["timeout", str(GUARD_SECONDS), qemu, "-M", "q35", "-accel",
            "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1G",
            "-nodefaults", "-display", "none", "-serial", "stdio",
            "-no-reboot", "-kernel", image, "-initrd", f"{folder}/initramfs",
            "-append", " ".join(["console=ttyS0", "panic=-1", "quiet",
                                 *machine.SLOW, "intel_iommu=on,sm_on",
                                 "iommu.strict=1"]),
            "-device", "intel-iommu,scalable-mode=on,fsts=on,aw-bits=48",
            "-drive", f"if=none,id=disk,file={folder}/nvme.img,format=raw",
            "-device", "nvme,serial=hvpt,drive=disk",
            "-drive", f"if=none,id=out,file={folder}/out.img,format=raw",
            "-device", "virtio-blk-pci,drive=out"]


def check_capture(folder):
    """Did hvpt capture do in the guest what record.sh says of it?"""
    text = read(f"{folder}/capture.log").decode()
    print(text, end="")
    return text.rstrip().endswith("capture: ok")


def check(hvpt, folder):
    """Is the recording of each tracer complete and correct, with domains?"""
    good = check_capture(folder)
    for name in ("tracefs.txt", "capture.txt.xz", "trace-cmd.txt", "perf.txt"):
        path = f"{folder}/{name}"
        if not os.path.exists(path):
            print(f"{name}: not recorded")
            good &= name not in ("tracefs.txt", "capture.txt.xz")
            continue
        done = subprocess.run([hvpt, "replay", "--json", "-", path],
                              stdout=subprocess.PIPE, text=True, check=False)
        figures = json.loads(done.stdout)
        good &= (done.returncode == 0 and figures["maps"] > 1000 and
                 figures["unmaps"] > 70 and figures["domains"] == 1 and
                 figures["named"] > 1000 and not figures["malformed"] and
                 not figures["conflicts"])
        print(name, {key: figures[key] for key in (
            "maps", "unmaps", "named", "conflicts", "malformed")})
    return good


def record(target, hvpt=None):
    linux = ask("scripts/get-linux", "--cached", VERSION)
    qemu = os.environ.get("HVPT_QEMU") or ask("scripts/get-qemu", "--cached")
    release = read(f"{linux}/release-{VERSION}").decode().strip()
    root = f"{linux}/root"
    image = f"{root}/usr/lib/modules/{release}/vmlinuz"
    with tempfile.TemporaryDirectory() as folder:
        make_initramfs(f"{folder}/initramfs", root, release, hvpt)
        done = subprocess.run(command_line(qemu, folder, image),
                              stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, text=True,
                              errors="replace")
        if "RECORDED" not in done.stdout:
            sys.exit(f"{done.stdout}\nthe guest did not come to its end")
        with tarfile.open(f"{folder}/out.img") as archive:
            archive.extractall(target)


def main():
    if sys.argv[1] != "--check":
        record(sys.argv[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        record(folder, sys.argv[2])
        sys.exit(not check(sys.argv[2], folder))


main()
