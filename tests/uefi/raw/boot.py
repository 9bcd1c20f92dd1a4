#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Boots a program of raw/build_raw.sh in OVMF, under QEMU without hardware
help.

FIRMWARE is OVMF_CODE*.fd; the template of the variables is in the same folder.
Programs named dma-* get a machine with a VT-d and devices behind it, and the
host compares their disks afterwards. The exit code is 0 if the expected result
happened: pass; fail, with a fault, a wrong byte or a device that does not work;
absent, if no device works and nothing was reached; or refused, if no driver
started. For programs that hand over, what a device reached afterwards: all,
its own memory, or nothing.
"""

import argparse
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

DISK_BYTES, READ_BYTES = 8 << 20, 7 << 20
FIRST_ID = 0xffff0000  # PcdHvptDomainIdFirst
FACTOR, WRITTEN = 0x9e3779b97f4a7c15, 0x80
MASK = (1 << 64) - 1
EXITS = {33: "pass", 35: "fail"}
# What handover_app.c says: before ExitBootServices and in a handler the device
# reaches its memory, and nothing faults.
REACHED = {
    "before 1 handler 1 after 1 os 1; faults in handlers 0, later 0; "
    "bytes spoilt 0": "all",
    "before 1 handler 1 after 1 os 0; faults in handlers 0, later 1; "
    "bytes spoilt 0": "own",
    "before 1 handler 1 after 0 os 0; faults in handlers 0, later 1; "
    "bytes spoilt 0": "nothing",
}
VTD = ["-device", "intel-iommu,intremap=off,{scalable},aw-bits=48"]


def word(disk, index):
    return (index * FACTOR & MASK) ^ (disk << 56)


def disk_image(disk, first, count):
    return struct.pack(f"<{count}Q", *(word(disk, first + i)
                                       for i in range(count)))


def make_disk(path, disk):
    with open(path, "wb") as file:
        file.write(disk_image(disk, 0, DISK_BYTES // 8))


def untouched(path, disk):
    with open(path, "rb") as file:
        return file.read() == disk_image(disk, 0, DISK_BYTES // 8)


def compare_disk(path, disk):
    """Bytes which are not as the program should have left them."""
    with open(path, "rb") as file:
        data = file.read()
    want = (disk_image(disk, 0, READ_BYTES // 8)
            + disk_image(disk ^ WRITTEN, READ_BYTES // 8,
                         (DISK_BYTES - READ_BYTES) // 8))
    if data == want:
        return 0
    return sum(1 for a, b in zip(data, want) if a != b) or 1


# Each with a disk of its own, but for the network.
KINDS = {
    "nvme": ["-device", "nvme,drive=DISK,serial=hvpt"],
    "ahci": ["-device", "ich9-ahci,id=ahci", "-device",
             "ide-hd,drive=DISK,bus=ahci.0"],
    "usb": ["-device", "qemu-xhci,id=usb", "-device",
            "usb-storage,drive=DISK,bus=usb.0"],
    "virtio": ["-device", "virtio-blk-pci,drive=DISK,disable-legacy=on,"
               "iommu_platform=on"],
    "e1000": ["-netdev", "user,id=net,restrict=on", "-device",
              "e1000,netdev=net"],
}


def devices(folder, kinds):
    """Options of the machine, and the files of its disks."""
    args, disks = [], []
    for kind in kinds:
        if kind != "e1000":
            path = os.path.join(folder, kind)
            make_disk(path, len(disks) + 1)
            disks.append(path)
            args += ["-drive", f"file={path},format=raw,if=none,id={kind}0"]
        args += [part.replace("DISK", kind + "0") for part in KINDS[kind]]
    return args, disks


def scalable_option(qemu):
    text = subprocess.run([qemu, "-device", "intel-iommu,help"], check=True,
                          capture_output=True, text=True).stdout
    if "fsts=" in text:
        return "scalable-mode=on,fsts=on"
    if "x-flts=" in text:
        return "x-scalable-mode=on,x-flts=on"
    return None


def wait_for(machine, args, log):
    """The exit code; None when the time was up, or all was seen."""
    end = time.monotonic() + args.seconds
    while time.monotonic() < end:
        try:
            return machine.wait(timeout=1)
        except subprocess.TimeoutExpired:
            pass
        # A driver whose device faults may wait for it for ever.
        with open(log, "rb") as file:
            if args.expected == "fail" and b"vtd: fault" in file.read():
                break
    machine.kill()
    return None


def boot(args, folder):
    esp = os.path.join(folder, "esp", "EFI", "BOOT")
    os.makedirs(esp)
    shutil.copy(args.program, os.path.join(esp, "BOOTX64.EFI"))
    variables = os.path.join(folder, "vars.fd")
    shutil.copy(args.firmware.replace("CODE", "VARS"), variables)
    log = os.path.join(folder, "log")
    open(log, "wb").close()
    command = [
        args.qemu, "-machine", "q35", "-accel", "tcg", "-cpu", args.cpu,
        "-m", args.memory, "-nographic", "-nodefaults", "-no-reboot",
        "-drive", "if=pflash,format=raw,unit=0,readonly=on,file="
        + args.firmware,
        "-drive", f"if=pflash,format=raw,unit=1,file={variables}",
        "-debugcon", f"file:{log}",
        "-global", "isa-debugcon.iobase=0x402",
        "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
        "-drive", f"file=fat:rw:{folder}/esp,format=raw,if=none,id=esp"]
    disks = []
    if os.path.basename(args.program).startswith("dma-"):
        scalable = scalable_option(args.qemu)
        if not scalable:
            print("SKIP: this QEMU has no first-stage translation")
            sys.exit(77)
        command += [part.format(scalable=scalable) for part in VTD]
        more, disks = devices(folder, args.devices.split(","))
        command += more
    command += ["-device", "virtio-blk-pci,drive=esp,bootindex=0"]
    start = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as machine:
        code = wait_for(machine, args, log)
    seconds = time.monotonic() - start
    with open(log, "rb") as file:
        text = file.read().decode("latin-1")
    return code, text, disks, seconds


def refused(lines):
    """How many calls were refused, if none was but those by which hvpt asks.

    It asks whether a domain exists, by a flush that is refused where there is
    none: of the last id once, and of each id before it makes a domain. Ids are
    given out from FIRST_ID on.
    """
    ids = [re.match(r"hvpt: device \w+ in domain ([0-9a-fA-F]+)", line)
           for line in lines]
    return 1 + max([2] + [int(match[1], 16) - FIRST_ID + 1
                          for match in ids if match])


def result(args, code, text, disks):
    """What happened, in a word, and why."""
    lines = [line for line in text.splitlines()
             if re.match(r"(app|hvpt|vtd|cr3|la57): ", line)]
    faults = [line for line in lines if line.startswith("vtd: fault")]
    for line in lines:
        if line not in faults[3:]:
            print(line)
    if "driver started: 800" in text:
        return "refused", "the driver did not start"
    reached = re.search(r"^app: reached: (.*?)\r?$", text, re.M)
    if reached:
        return REACHED.get(reached[1], "fail"), ""
    contract = re.search(r"^app: contract: rows (\d+) wrong (\d+)", text, re.M)
    if contract:
        good = int(contract[1]) > 200 and contract[2] == "0"
        return ("pass" if good else "fail"), f"{contract[2]} wrong"
    why, evidence = [], len(faults)
    if args.in_firmware != ("driver of the firmware: 0" in text):
        why.append("the driver of the firmware")
    if EXITS.get(code) != "pass":
        why.append("stopped" if code is None else f"exit code {code}")
    if not os.path.basename(args.program).startswith("dma-"):
        return ("fail" if why else "pass"), ", ".join(why)
    if faults or not re.search(
            rf"^vtd: .* refused {refused(lines)} faults 0\r?$", text, re.M):
        why.append(f"{len(faults)} faults")
    counts = re.search(r"^app: disks (\d+) networks (\d+) bytes \d+ "
                       r"mismatches (\d+)", text, re.M)
    missing = len(disks) - int(counts[1]) if counts else 0
    if counts and "e1000" in args.devices and counts[2] == "0":
        missing += 1
    if missing:
        why.append(f"{missing} devices do not work")
    if missing == len(args.devices.split(",")) and not faults and all(
            untouched(path, number + 1) for number, path in enumerate(disks)):
        return "absent", ", ".join(why)
    mismatches = sum(int(n) for n in re.findall(
        r"^app: disk .* mismatches (\d+)", text, re.M))
    wrong = sum(compare_disk(path, number + 1)
                for number, path in enumerate(disks))
    evidence += mismatches + missing
    if mismatches or wrong:
        why.append(f"wrong: {mismatches} words read, {wrong} bytes on disks")
    elif not why:
        print(f"host: {len(disks)} disks of {DISK_BYTES} bytes are as the "
              "program should have left them")
    if why and not evidence:
        return "unclear", ", ".join(why)
    return ("fail" if why else "pass"), ", ".join(why)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("qemu")
    parser.add_argument("firmware")
    parser.add_argument("program")
    parser.add_argument("expected", nargs="?", default="pass",
                        choices=("pass", "fail", "absent", "refused",
                                 *REACHED.values()))
    parser.add_argument("--in-firmware", action="store_true",
                        help="the firmware has the driver in it")
    parser.add_argument("--devices", default=",".join(KINDS))
    parser.add_argument("--memory", default="512", help="in MiB")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--cpu", default="max")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        code, text, disks, seconds = boot(args, folder)
        happened, why = result(args, code, text, disks)
    print(f"{os.path.basename(args.program)}: {happened} in {seconds:.1f} s"
          + (f" ({why})" if why else ""))
    sys.exit(0 if happened == args.expected else 1)


main()
