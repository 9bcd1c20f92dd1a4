#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Boots Debian's shim, GRUB and kernel from a device behind QEMU's VT-d.

FIRMWARE is an OVMF_CODE.fd that contains the driver, PACKAGES a folder into
which shim-signed, grub-efi-amd64-signed, mtools and dosfstools were unpacked,
KERNEL the root of scripts/get-linux, with a kernel. Each device kind gets a
boot of its own. It passes if the kernel reaches user space, the disk has
the right content there (NVMe), and the VT-d has refused nothing.
"""

import argparse
import hashlib
import os
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
import initramfs  # noqa: E402

DISK_MIB = 96
VTD = "intel-iommu,intremap=off,scalable-mode=on,fsts=on,aw-bits=48"
DRIVE = ["-drive", "file=DISK,format=raw,if=none,id=disk"]
KINDS = {
    "nvme": DRIVE + ["-device", "nvme,drive=disk,serial=hvpt,bootindex=0"],
    "ahci": DRIVE + ["-device", "ich9-ahci,id=ahci", "-device",
                     "ide-hd,drive=disk,bus=ahci.0,bootindex=0"],
    "usb": DRIVE + ["-device", "qemu-xhci,id=usb", "-device",
                    "usb-storage,drive=disk,bus=usb.0,bootindex=0"],
    "virtio-blk": DRIVE + ["-device", "virtio-blk-pci,drive=disk,bootindex=0,"
                           "disable-legacy=on,iommu_platform=on"],
    "virtio-scsi": DRIVE + ["-device", "virtio-scsi-pci,id=scsi,"
                            "disable-legacy=on,iommu_platform=on", "-device",
                            "scsi-hd,drive=disk,bus=scsi.0,bootindex=0"],
    "pxe": ["-netdev", "user,id=net,tftp=TFTP,bootfile=/BOOTX64.EFI",
            "-device", "e1000,netdev=net,bootindex=0"],
}
GRUB = """\
set timeout=0
if [ -z "$net_default_server" ]; then
  search --no-floppy --file /vmlinuz --set=root
fi
linux /vmlinuz console=ttyS0 panic=-1 quiet no_timer_check
initrd /initrd
boot
"""
INIT = """\
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t sysfs none /sys
for name in $(/bin/busybox cat /modules/order); do
  /bin/busybox insmod /modules/$name.ko
done
# Where there is one, the driver finds it some time after it was loaded.
tries=0
while /bin/busybox grep -q 0x010802 /sys/bus/pci/devices/*/class &&
  [ ! -b /dev/nvme0n1 ] && [ $tries -lt 60 ]; do
  /bin/busybox sleep 1
  tries=$((tries + 1))
done
echo "os: user space of $(/bin/busybox uname -r)"
[ ! -b /dev/nvme0n1 ] ||
  echo "os: disk $(/bin/busybox sha256sum </dev/nvme0n1)"
/bin/busybox poweroff -f
"""


def read(path):
    with open(path, "rb") as file:
        return file.read()


def make_initramfs(path, kernel, release):
    archive = initramfs.Archive()
    archive.file("bin/busybox", read(f"{kernel}/usr/bin/busybox"))
    archive.file("init", INIT.encode())
    modules = initramfs.Modules(f"{kernel}/lib/modules/{release}")
    found = {}
    modules.closure("nvme", found)
    for name, data in found.items():
        archive.file(f"modules/{name}.ko", data)
    archive.file("modules/order", " ".join(found).encode())
    archive.write(path)


def make_files(args, folder):
    """What the firmware loads: paths on the disk, and the files."""
    initrd, config = f"{folder}/initrd", f"{folder}/grub.cfg"
    make_initramfs(initrd, args.kernel, args.release)
    with open(config, "w", encoding="ascii") as file:
        file.write(GRUB)
    grub = f"{args.packages}/usr/lib/grub/x86_64-efi-signed"
    return {"EFI/BOOT/BOOTX64.EFI":
            f"{args.packages}/usr/lib/shim/shimx64.efi.signed",
            "EFI/BOOT/grubx64.efi": f"{grub}/grubx64.efi.signed",
            "EFI/debian/grub.cfg": config,
            "vmlinuz": f"{args.kernel}/boot/vmlinuz-{args.release}",
            "initrd": initrd}


def make_disk(args, path, files):
    with open(path, "wb") as file:
        file.truncate(DISK_MIB << 20)
    env = dict(os.environ, MTOOLS_SKIP_CHECK="1")
    tools = args.packages
    subprocess.run([f"{tools}/sbin/mkfs.fat", "-F", "32", path], check=True,
                   stdout=subprocess.DEVNULL)
    for name in ("EFI", "EFI/BOOT", "EFI/debian"):
        subprocess.run([f"{tools}/usr/bin/mmd", "-i", path, f"::{name}"],
                       check=True, env=env)
    for name, source in files.items():
        subprocess.run([f"{tools}/usr/bin/mcopy", "-i", path, source,
                        f"::{name}"], check=True, env=env)


def make_tftp(args, path, files):
    os.makedirs(f"{path}/grub")
    grub = f"{args.packages}/usr/lib/grub/x86_64-efi-signed"
    shutil.copy(files["EFI/BOOT/BOOTX64.EFI"], f"{path}/BOOTX64.EFI")
    shutil.copy(f"{grub}/grubnetx64.efi.signed", f"{path}/grubx64.efi")
    shutil.copy(files["EFI/debian/grub.cfg"], f"{path}/grub/grub.cfg")
    for name in ("vmlinuz", "initrd"):
        shutil.copy(files[name], f"{path}/{name}")


def machine(args, folder, kind):
    variables = f"{folder}/vars.fd"
    shutil.copy(args.firmware.replace("CODE", "VARS"), variables)
    options = [part.replace("DISK", f"{folder}/disk")
               .replace("TFTP", f"{folder}/tftp") for part in KINDS[kind]]
    return [args.qemu, "-machine", "q35", "-machine", f"accel={args.accel}",
            "-cpu", "max", "-m", "1024", "-display", "none", "-nodefaults",
            "-no-reboot",
            "-drive", "if=pflash,format=raw,unit=0,readonly=on,file="
            + args.firmware,
            "-drive", f"if=pflash,format=raw,unit=1,file={variables}",
            "-debugcon", f"file:{folder}/log",
            "-global", "isa-debugcon.iobase=0x402",
            "-serial", f"file:{folder}/serial", "-device", VTD] + options


def problems(folder, kind, want):
    """What is not as it should be."""
    log = read(f"{folder}/log").decode("latin-1")
    serial = read(f"{folder}/serial").decode("latin-1")
    for line in re.findall(r"^(?:hvpt|vtd): .*$", log, re.M):
        print(f"  {line.strip()}")
    for line in re.findall(r"os: .*", serial):
        print(f"  {line.strip()}")
    if "os: user space" not in serial:
        yield "no user space"
    if not re.search(r"^hvpt: maps [1-9]", log, re.M):
        yield "the driver did not hand over"
    if not re.search(r"^vtd: calls .* faults 0\s*$", log, re.M):
        yield "faults in the firmware"
    if kind == "nvme" and f"os: disk {want}" not in serial:
        yield "the disk has another content"


def boot(args, folder, kind):
    for name in ("log", "serial"):
        open(f"{folder}/{name}", "wb").close()
    want = hashlib.sha256(read(f"{folder}/disk")).hexdigest()
    start = time.monotonic()
    try:
        subprocess.run(machine(args, folder, kind), check=True,
                       stdin=subprocess.DEVNULL, timeout=args.seconds)
        found = list(problems(folder, kind, want))
    except subprocess.TimeoutExpired:
        found = ["time is up"] + list(problems(folder, kind, want))
    print(f"{kind}: {'; '.join(found) or 'pass'} in "
          f"{time.monotonic() - start:.1f} s", flush=True)
    return not found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("qemu", "firmware", "packages", "kernel", "release"):
        parser.add_argument(name)
    parser.add_argument("--devices", default=",".join(KINDS))
    parser.add_argument("--accel", default="tcg")
    parser.add_argument("--seconds", type=int, default=300)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = make_files(args, folder)
        make_disk(args, f"{folder}/disk", files)
        make_tftp(args, f"{folder}/tftp", files)
        good = [boot(args, folder, kind) for kind in args.devices.split(",")]
    sys.exit(0 if all(good) else 1)


main()
