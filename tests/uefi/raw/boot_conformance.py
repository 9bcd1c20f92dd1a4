#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Boots a disk of scripts/conformance-image in OVMF, and reads the files that
the program wrote.

EXPECTATION is `refused`, or the report that the host must give. FIRMWARE is
OVMF_CODE*.fd. The disk is one that no IOMMU translates.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

DONE = b"hvpt conformance: done"
VOLUME = "@@1M"  # of a disk: where its volume begins
NAME = "hvpt-conformance"
VTD = ["-device", "intel-iommu,intremap=off,{scalable},aw-bits=48"]
OPTIONS = ("scalable-mode=on,fsts=on", "x-scalable-mode=on,x-flts=on")


def vtd_options(qemu):
    text = subprocess.run([qemu, "-device", "intel-iommu,help"], check=True,
                          capture_output=True, text=True).stdout
    for option in OPTIONS:
        if option.rsplit(",", 1)[1].split("=")[0] + "=" in text:
            return [part.format(scalable=option) for part in VTD]
    print("SKIP: this QEMU has no first-stage translation")
    sys.exit(77)


def wait_for_end(machine, screen, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end and machine.poll() is None:
        with open(screen, "rb") as file:
            if DONE in file.read():
                break
        time.sleep(0.5)
    machine.terminate()
    machine.wait()


def boot(args, folder):
    disk = os.path.join(folder, "disk")
    variables = os.path.join(folder, "vars.fd")
    screen = os.path.join(folder, "screen")
    shutil.copy(args.disk, disk)
    shutil.copy(args.firmware.replace("CODE", "VARS"), variables)
    open(screen, "wb").close()
    kind = "vpc" if args.disk.endswith(".vhd") else "raw"
    command = [
        args.qemu, "-machine", "q35", "-accel", "tcg", "-cpu", "max",
        "-m", "512", "-display", "none", "-nodefaults", "-no-reboot",
        "-drive", "if=pflash,format=raw,unit=0,readonly=on,file="
        + args.firmware,
        "-drive", f"if=pflash,format=raw,unit=1,file={variables}",
        "-serial", f"file:{screen}",
        *([] if args.expectation == "refused" else vtd_options(args.qemu)),
        "-drive", f"file={disk},format={kind},if=none,id=disk",
        "-device", "virtio-blk-pci,drive=disk,bootindex=0"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as machine:
        wait_for_end(machine, screen, args.seconds)
    with open(screen, "rb") as file:
        return disk, file.read().decode("latin-1")


def read_file(disk, name):
    """A file of the disk's volume; None: there is none."""
    done = subprocess.run(["mcopy", "-i", disk + VOLUME, "::/" + name, "-"],
                          capture_output=True, check=False)
    return done.stdout.decode() if done.returncode == 0 else None


def problems_of_refusal(text, report):
    if report is not None:
        yield "a report was written"
    if not text or "Nobody can be asked here" not in text:
        yield "the text does not say that nobody can be asked"


def problems_of_report(text, report, wanted):
    if not text or report is None:
        yield "there is no report"
        return
    found = json.loads(report)
    with open(wanted, encoding="utf-8") as file:
        if found != json.load(file):
            yield f"other answers than in {wanted}"
    for finding in found["findings"]:
        if f"  {finding['id']} " not in text:
            yield f"{finding['id']} is not in the text"
    print(f"{len(found['findings'])} questions: {found['as_stated']} as "
          f"stated, {found['differs']} differ, {found['open']} open, "
          f"{found['not_asked']} not asked")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("qemu")
    parser.add_argument("firmware")
    parser.add_argument("disk")
    parser.add_argument("expectation")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--keep", help="where to put the report")
    args = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        disk, screen = boot(args, folder)
        text = read_file(disk, NAME + ".txt")
        report = read_file(disk, NAME + ".json")
    if args.keep and report:
        with open(args.keep, "w", encoding="utf-8") as file:
            file.write(report)
    problems = list(problems_of_refusal(text, report)
                    if args.expectation == "refused" else
                    problems_of_report(text, report, args.expectation))
    if DONE.decode() not in screen:
        problems.append("the program did not end:\n" + screen[-2000:])
    for problem in problems:
        print(f"{os.path.basename(args.disk)}: {problem}")
    print(f"{os.path.basename(args.disk)}: "
          f"{'FAILED' if problems else 'as expected'} after "
          f"{time.monotonic() - start:.1f} s")
    sys.exit(1 if problems else 0)


main()
