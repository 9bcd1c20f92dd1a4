#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Boots Linux behind the driver: each exit policy, each kind of Linux.

PROGRAMS is the output of build_raw.sh, VERSION a kernel of scripts/get-linux
for which scripts/build-linux built the modules. The firmware's drivers use an
NVMe disk through the driver, which hands over by its policy when Linux starts.
Then Linux reads the disk with no driver for the pvIOMMU, with hvpt's that does
not know of firmware, or with hvpt's that adopts what it left. With a driver,
the bridge in Linux goes on with the domains and the VT-d of the one in
firmware. It passes when Linux reads the right content, or finds no disk, as it
should, and with a driver no hypercall and no DMA was refused.
"""

import argparse
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(HERE)),
                                "guest"))
import guest  # noqa: E402
import initramfs  # noqa: E402

POLICIES = ("identity", "blocked", "detached", "keep")
# Parameters of hvpt_iommu; None: no driver.
SYSTEMS = {
    "none": None,
    "unaware": "first_id=1",
    "ours": "handover=$(cat /sys/firmware/efi/config_table)",
}
# Without a driver, only the identity domain lets the disk's DMA through.
WITHOUT_DISK = {("blocked", "none"), ("detached", "none"), ("keep", "none")}
# What the firmware left: domains, and devices that reach less than memory.
LEFT = {"identity": (1, 0), "blocked": (1, 1), "detached": (0, 0),
        "keep": (4, 1)}
VTD = "intel-iommu,intremap=off,scalable-mode=on,fsts=on,aw-bits=48"
DISK_BYTES = 16 << 20

INIT = """\
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
say() {
  echo "os: $*" >/dev/console
}
load() {
  for each in $(cat /modules/$1.order); do
    [ -e /sys/module/$each ] || insmod /modules/$each.ko $2 || say "no $each"
  done
}
say "user space of $(uname -r)"
DRIVER
# A disk that is blocked fails soon.
load nvme admin_timeout=3
tries=0
while [ ! -b /dev/nvme0n1 ] && [ $tries -lt SECONDS ]; do
  sleep 1
  tries=$((tries + 1))
done
if [ -b /dev/nvme0n1 ]; then
  say "disk $(sha256sum </dev/nvme0n1 | cut -c 1-64)"
else
  say "no disk"
fi
P=/sys/module/hvpt_bridge/parameters
if [ -e $P ]; then
  say "left $(cat $P/left_domains) $(cat $P/left_translated)"
  say "refused $(cat $P/refused) fault $(cat $P/fault)"
  dmesg | sed -n 's/.*hvpt_iommu: /os: hvpt_iommu: /p' >/dev/console
fi
say end
# At once: Linux waits for a disk that does not answer.
echo b >/proc/sysrq-trigger
"""
DRIVER = """\
load hvpt_iommu "PARAMETERS"
load hvpt_bridge firmware=1
"""


def read(path):
    with open(path, "rb") as file:
        return file.read()


def make_initramfs(args, path, system):
    parameters = SYSTEMS[system]
    driver = ""
    if parameters is not None:
        driver = DRIVER.replace("PARAMETERS", parameters)
    archive = initramfs.Archive()
    archive.file("bin/busybox", read(f"{args.kernel.root}/usr/bin/busybox"))
    archive.file("init", INIT.replace("DRIVER", driver).replace(
        "SECONDS", str(args.disk_seconds)).encode())
    guest.add_modules(archive, args.kernel)
    archive.write(path)


def machine(args, folder):
    variables = f"{folder}/vars.fd"
    shutil.copy(args.firmware.replace("CODE", "VARS"), variables)
    return [args.qemu, "-machine", "q35", "-accel", "tcg", "-cpu", "max",
            "-m", "1024", "-display", "none", "-nodefaults", "-no-reboot",
            "-drive", "if=pflash,format=raw,unit=0,readonly=on,file="
            + args.firmware,
            "-drive", f"if=pflash,format=raw,unit=1,file={variables}",
            "-debugcon", f"file:{folder}/log",
            "-global", "isa-debugcon.iobase=0x402",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
            "-serial", f"file:{folder}/serial", "-device", VTD,
            "-drive", f"file={folder}/disk,format=raw,if=none,id=disk",
            "-device", "nvme,addr=4,drive=disk,serial=hvpt",
            "-drive", f"file=fat:rw:{folder}/esp,format=raw,if=none,id=esp",
            "-device", "virtio-blk-pci,addr=10,drive=esp,bootindex=0"]


def problems(folder, policy, system, want):
    """What is not as it should be."""
    log = read(f"{folder}/log").decode("latin-1")
    serial = read(f"{folder}/serial").decode("latin-1")
    said = [line.strip() for line in re.findall(r"os: .*", serial)]
    for line in re.findall(r"^(?:app|hvpt|vtd): .*$", log, re.M) + said:
        print(f"  {line.strip()}")
    if "os: end" not in said:
        yield "user space did not come to its end"
    if not re.search(r"^hvpt: device 20 in domain", log, re.M | re.I):
        yield "firmware did not use the disk"
    if not re.search(r"^vtd: calls .* faults 0\s*$", log, re.M):
        yield "faults in the firmware"
    blocked = (policy, system) in WITHOUT_DISK
    if ("os: no disk" if blocked else f"os: disk {want}") not in said:
        yield "the disk is " + ("not out of reach" if blocked else "not right")
    if system != "none":
        left = " ".join(str(number) for number in LEFT[policy])
        if f"os: left {left}" not in said:
            yield f"not {left} left"
        if "os: refused 0 fault none" not in said:
            yield "a refusal or a fault"
    adopted = any("firmware left 2 devices in domains, 2 adopted" in line
                  for line in said)
    if adopted != (policy == "keep" and system == "ours"):
        yield "adopted, or not"


def boot(args, folder, policy, system):
    for name in ("log", "serial"):
        open(f"{folder}/{name}", "wb").close()
    shutil.copy(f"{args.programs}/dma-vtd-os-{POLICIES.index(policy)}.efi",
                f"{folder}/esp/EFI/BOOT/BOOTX64.EFI")
    make_initramfs(args, f"{folder}/esp/initrd", system)
    want = hashlib.sha256(read(f"{folder}/disk")).hexdigest()
    start = time.monotonic()
    found = []
    try:
        subprocess.run(machine(args, folder), check=False,
                       stdin=subprocess.DEVNULL, timeout=args.seconds)
    except subprocess.TimeoutExpired:
        found = ["time is up"]
    found += problems(folder, policy, system, want)
    print(f"{policy}, {system}: {'; '.join(found) or 'pass'} in "
          f"{time.monotonic() - start:.1f} s", flush=True)
    return not found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("qemu", "firmware", "programs", "version"):
        parser.add_argument(name)
    parser.add_argument("--modules", default=os.path.join(guest.ROOT,
                                                          "build/linux"))
    parser.add_argument("--policies", default=",".join(POLICIES))
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    parser.add_argument("--disk-seconds", type=int, default=15)
    parser.add_argument("--seconds", type=int, default=300)
    args = parser.parse_args()
    try:
        args.kernel = guest.Kernel(args.version, args.modules)
        image = args.kernel.image()
    except guest.Skip as skip:
        print(f"SKIP: {skip}")
        sys.exit(guest.EXIT_SKIP)
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(f"{folder}/esp/EFI/BOOT")
        shutil.copy(image, f"{folder}/esp/linux.efi")
        with open(f"{folder}/disk", "wb") as file:
            file.write(random.Random(1).randbytes(DISK_BYTES))
        good = [boot(args, folder, policy, system)
                for policy in args.policies.split(",")
                for system in args.systems.split(",")]
    sys.exit(0 if all(good) else 1)


main()
