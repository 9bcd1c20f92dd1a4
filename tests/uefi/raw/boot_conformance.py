#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Boots a disk of scripts/conformance-image in OVMF, and reads the files that
the program wrote.

EXPECTATION is `refused`, or the report that the host must give. FIRMWARE is
OVMF_CODE*.fd. The disk is one that no IOMMU translates. With --person the
program stops after each page, and keys are pressed. QEMU's edu device is at
00:07.0; --config can give it to the program. If it does not, only the answers
of questions without a device are compared.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

DONE = b"hvpt conformance: done"
STOP = b"-- press a key for more, q to skip to the end"
KINDS = {".vhd": "vpc", ".vhdx": "vhdx", ".img": "raw"}
CPUID = "\n  0x40000000: 0x"
LIMIT = "domains.limit"
NO_DEVICE = "no device was given"
NOBODY = ("Nobody can be asked here: the hypervisor has no interface Hv#1 "
          "(CPUID leaf 0x40000001, EAX is 0x0).\nThis is not a Hyper-V VM.")
ENDED = b"back to the firmware"
FIRST = re.compile(r"hvpt conformance \d+\.\d+\.\d+: asks the hypervisor")
SEND = "Send this file: README.TXT on the disk says how.\n"
SENDING = "and send"  # on the screen
LAST = "hvpt conformance: done\n"
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


class Machine:
    """QEMU, what it shows, and its keyboard."""

    def __init__(self, command, screen, seconds):
        self.qemu = subprocess.Popen(  # pylint: disable=consider-using-with
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self.screen = screen
        self.end = time.monotonic() + seconds

    def shown(self):
        with open(self.screen, "rb") as file:
            return file.read()

    def wait_for(self, text, times=1):
        """Is text shown so often before the time is up?"""
        while time.monotonic() < self.end and self.qemu.poll() is None:
            if self.shown().count(text) >= times:
                return True
            time.sleep(0.2)
        return self.shown().count(text) >= times

    def press(self, key):
        self.qemu.stdin.write(f"sendkey {key}\n".encode())
        self.qemu.stdin.flush()

    def stop(self):
        self.qemu.stdin.close()
        self.qemu.terminate()
        self.qemu.wait()


def person(machine):
    """Reads two pages, skips the rest, ends the program. Yields problems."""
    for page, key in ((1, "spc"), (2, "q")):
        if not machine.wait_for(STOP, page):
            yield f"it does not stop after page {page}"
            return
        before = machine.shown()
        time.sleep(2)
        if machine.shown() != before:
            yield f"it does not wait after page {page}"
        rows = before.split(STOP)[page - 1].count(b"\n")
        if page == 2 and not 10 < rows < 60:
            yield f"a page of {rows} rows"
        machine.press(key)
    if not machine.wait_for(DONE) or machine.shown().count(STOP) != 2:
        yield "it stops after q"
    machine.press("ret")
    if not machine.wait_for(ENDED):
        yield "a key does not end it"


def nobody(machine):
    """No key is pressed. Yields problems."""
    machine.wait_for(DONE)
    if machine.shown().count(STOP) > 1:
        yield "it stops again, though nobody is there"


def write_config(disk, words):
    subprocess.run(["mcopy", "-o", "-i", disk + VOLUME, "-",
                    f"::/{NAME}.cfg"], input=words.encode(), check=True)


def boot(args, folder):
    disk = os.path.join(folder, "disk")
    variables = os.path.join(folder, "vars.fd")
    screen = os.path.join(folder, "screen")
    shutil.copy(args.disk, disk)
    if args.config:
        write_config(disk, args.config)
    shutil.copy(args.firmware.replace("CODE", "VARS"), variables)
    open(screen, "wb").close()
    kind = KINDS[os.path.splitext(args.disk)[1]]
    command = [
        args.qemu, "-machine", "q35", "-accel", "tcg", "-cpu", "max",
        "-m", "512", "-display", "none", "-nodefaults", "-no-reboot",
        "-drive", "if=pflash,format=raw,unit=0,readonly=on,file="
        + args.firmware,
        "-drive", f"if=pflash,format=raw,unit=1,file={variables}",
        "-serial", f"file:{screen}", "-monitor", "stdio",
        *([] if args.native else vtd_options(args.qemu)),
        "-device", f"edu,addr=7,dma_mask={(1 << 64) - 1:#x}",
        "-drive", f"file={disk},format={kind},if=none,id=disk",
        "-device", "virtio-blk-pci,addr=8,drive=disk,bootindex=0"]
    machine = Machine(command, screen, args.seconds)
    problems = list((person if args.person else nobody)(machine))
    machine.stop()
    if kind == "vhdx":
        subprocess.run(["qemu-img", "convert", "-O", "raw", disk, disk + "2"],
                       check=True)
        disk += "2"
    return disk, machine.shown().decode("latin-1"), problems


def read_file(disk, name):
    """A file of the disk's volume; None: there is none."""
    done = subprocess.run(["mcopy", "-i", disk + VOLUME, "::/" + name, "-"],
                          capture_output=True, check=False)
    return done.stdout.decode() if done.returncode == 0 else None


def options_line(config):
    """The line about options that are all right."""
    words = [word for line in config.splitlines()
             for word in line.split("#")[0].split()]
    end = "" if config else " (no hvpt-conformance.cfg)"
    return f"options: {' '.join(words) or 'none'}{end}"


def problems_of_text(text, screen, is_sent, options):
    """Does it begin and end as it should, and say whether to send it?"""
    lines = (text or "").splitlines() + ["", ""]
    if not FIRST.match(lines[0]):
        yield f"the first line is: {lines[0]}"
    if options and lines[1] != options:
        yield f"the second line is: {lines[1]}"
    if not (text or "").endswith(LAST):
        yield "the text does not say that it is whole"
    if (SENDING in screen) != is_sent:
        yield "the screen says to send what is no answer, or not to"


def problems_of_refusal(text, report, why, is_sent):
    if report is not None:
        yield "a report was written"
    for words in (why, CPUID):
        if not text or words not in text.replace("\n(CPUID", " (CPUID"):
            yield f"the text does not say: {words}"
    if (SEND in (text or "")) != is_sent:
        yield "the text says to send what is no answer, or not to"


def problems_of_report(text, report, wanted, has_device):
    if not text or report is None:
        yield "there is no report"
        return
    if CPUID not in text:
        yield "the text has no CPUID"
    found = json.loads(report)
    with open(wanted, encoding="utf-8") as file:
        wanted_all = json.load(file)
    if has_device and found != wanted_all:
        yield f"another report than {wanted}"
    expected = {finding["id"]: finding for finding in wanted_all["findings"]}
    answers = [finding for finding in found["findings"] if has_device or
               not finding.get("note", "").startswith(NO_DEVICE)]
    if has_device == (len(answers) < len(found["findings"])):
        yield "a device is given, or not, otherwise than was asked for"
    for finding in answers:
        # A device that is given leaves one domain less.
        if finding["id"] == LIMIT and not has_device:
            continue
        if finding != expected[finding["id"]]:
            yield f"another answer than in {wanted}: {finding}"
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
    parser.add_argument("--config", default="",
                        help="options of the program, on its disk")
    parser.add_argument("--person", action="store_true",
                        help="press keys; else nobody is there")
    parser.add_argument("--native", action="store_true", help="without a VT-d")
    parser.add_argument("--why", default="",
                        help="the refusal of what a person asked for; without "
                        "it the host is refused")
    args = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        disk, screen, problems = boot(args, folder)
        text = read_file(disk, NAME + ".txt")
        report = read_file(disk, NAME + ".json")
    if args.keep and report:
        with open(args.keep, "w", encoding="utf-8") as file:
            file.write(report)
    is_sent = not args.why
    is_wrong = "is no option" in args.why
    problems += problems_of_text(text, screen, is_sent,
                                 None if is_wrong else
                                 options_line(args.config))
    problems += (problems_of_refusal(text, report, args.why or NOBODY, is_sent)
                 if args.expectation == "refused" else
                 problems_of_report(text, report, args.expectation,
                                    "device=" in args.config))
    if DONE.decode() not in screen:
        problems.append("the program did not end:\n" + screen[-2000:])
    for problem in problems:
        print(f"{os.path.basename(args.disk)}: {problem}")
    print(f"{os.path.basename(args.disk)}: "
          f"{'FAILED' if problems else 'as expected'} after "
          f"{time.monotonic() - start:.1f} s")
    sys.exit(1 if problems else 0)


main()
