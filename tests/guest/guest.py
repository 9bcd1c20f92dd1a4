#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs the Linux module in a guest of QEMU, with real drivers.

The guest is a Debian kernel (scripts/get-linux) with the modules that
scripts/build-linux made, and an initramfs of busybox and tests/guest/cases.sh.
QEMU (scripts/get-qemu) emulates the processor and the VT-d;
tests/guest/module.c carries out the module's hypercalls on the VT-d. Nothing
needs root.

Without named cases, all cases of the mode are run. Exit code 77: something was
not downloaded or built.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import conformance_report  # noqa: E402
import initramfs  # noqa: E402
import machine  # noqa: E402
import monitor as qemu_monitor  # noqa: E402
import times  # noqa: E402
import verdicts  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(HERE))
EXIT_SKIP = 77
VERSIONS = ("7.3", "6.12", "6.1")
# With PREEMPT_RT; only when named.
REALTIME = "7.3-rt"
# The kernel of scripts/build-debug-kernel; only used when named.
DEBUG = "debug"
MODES = ("strict", "lazy")
# In this order. Cases with planted faults have a boot of their own.
CASES = {
    "good": ["load", "nvme", "debugfs", "ext4", "e1000e", "virtio_net",
             "hotplug", "rescind", "switch", "pressure", "cpus", "sleep",
             "idle", "unmapped", "hibernate", "unload"],
    "user": ["load", "nvme", "combine", "user", "unload"],
    "broken": ["load", "nvme", "left_out", "dropped"],
    "asked": ["conformance_refuses", "conformance"],
    "kexec": ["load", "nvme", "kexec", "next_load", "next_nvme",
              "next_unload"],
    "plain": ["load", "nvme", "kexec", "next_plain"],
    "kdump": ["load", "nvme", "kdump", "dump_load", "dump_nvme"],
}
# 6.1 hands nothing over at kexec, and needs ACPI to start after a crash.
UNCHAINED = ("6.1", DEBUG)
# Lazy mode does not flush before memory is reused, so nothing to break there.
SETS = {"strict": ["good", "user", "broken", "asked", "kexec", "plain",
                   "kdump"],
        "lazy": ["good"]}
# Only for the debug kernel: run before the last case of "good".
DEBUG_CASES = ["failslab", "iommufd"]
# It is built without sleep and hibernation.
DEBUG_LACKS = ("sleep", "idle", "hibernate")
BASE_DRIVERS = ["nvme", "ext4", "e1000e", "virtio_pci", "virtio_net"]
DRIVERS = BASE_DRIVERS + ["button", "vfio_iommu_type1", "vfio_pci"]
DEBUG_DRIVERS = BASE_DRIVERS + ["iommufd", "vfio_pci"]
# Needed, but not declared by the modules.
EXTRA = {"ext4": ["crc32c_generic", "libcrc32c"]}
OURS = ["hvpt_iommu", "hvpt_bridge"]
PROGRAMS = ("user", "kexec", "reread")
# What init.sh needs beside it.
SHELL = ("cases.sh", "power.sh")
# A guest that prints nothing for so long hangs.
GUARD_SECONDS = 900


class Skip(Exception):
    """Something that this needs is missing."""


def ask(*command):
    done = subprocess.run([os.path.join(ROOT, command[0]), *command[1:]],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == EXIT_SKIP:
        raise Skip(f"run {command[0]}")
    if done.returncode:
        sys.exit(f"{command[0]} failed")
    return done.stdout.strip()


class Kernel:
    """One of the kernels, and the modules built for it."""

    drivers = DRIVERS
    memory = "512M"
    cpu = "max"

    def __init__(self, version, built):
        self.version = version
        folder = ask("scripts/get-linux", "--cached", version)
        self.root = os.path.join(folder, "root")
        with open(os.path.join(folder, "release-" + version),
                  encoding="ascii") as file:
            self.release = file.read().strip()
        self.built = os.path.join(built, version)
        self.modules = initramfs.Modules(self.find("lib/modules"))

    def find(self, where):
        for prefix in ("usr", ""):
            path = os.path.join(self.root, prefix, where, self.release)
            if os.path.exists(os.path.join(path, "modules.builtin")):
                return path
        raise Skip("run scripts/get-linux")

    def image(self):
        for path in (f"{self.find('lib/modules')}/vmlinuz",
                     f"{self.root}/boot/vmlinuz-{self.release}"):
            if os.path.exists(path):
                return path
        raise Skip("run scripts/get-linux")

    def ours(self, name):
        folder = {"hvpt_iommu": "adapters/linux",
                  "hvpt_bridge": "tests/guest"}[name]
        path = f"{self.built}/{folder}/{name}.ko"
        if not os.path.exists(path):
            raise Skip("run scripts/build-linux")
        return read(path)

    def conformance(self, folder):
        path = f"{self.built}/{folder}/hvpt_conformance.ko"
        if not os.path.exists(path):
            raise Skip("run scripts/build-linux")
        return read(path)

    def program(self, name):
        path = f"{self.built}/tests/guest/{name}"
        if not os.path.exists(path):
            raise Skip("run scripts/build-linux")
        return read(path)


class DebugKernel(Kernel):
    """The one which checks itself; tools are those of get-linux."""

    drivers = DEBUG_DRIVERS
    memory = "1G"
    # With 5 levels KASAN now and then reports the kernel's own early boot.
    cpu = "max,la57=off"

    # pylint: disable=super-init-not-called
    def __init__(self, built):
        self.version = DEBUG
        self.folder = ask("scripts/build-debug-kernel", "--cached")
        self.root = os.path.join(ask("scripts/get-linux", "--cached", "7.3"),
                                 "root")
        self.release = read(f"{self.folder}/release").decode().strip()
        self.built = os.path.join(built, DEBUG)
        self.modules = initramfs.Modules(
            f"{self.folder}/modules/lib/modules/{self.release}")

    def image(self):
        return f"{self.folder}/bzImage"


def open_kernel(version, built):
    return (DebugKernel(built) if version == DEBUG else
            Kernel(version, built))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def add_modules(archive, kernel):
    added = set()
    for driver in kernel.drivers:
        found = {}
        for extra in EXTRA.get(driver, ()):
            if extra in kernel.modules.paths:
                kernel.modules.closure(extra, found)
        kernel.modules.closure(driver, found)
        for name, data in found.items():
            if name not in added:
                archive.file(f"modules/{name}.ko", data)
                added.add(name)
        archive.file(f"modules/{driver}.order", " ".join(found).encode())
    for name in OURS:
        archive.file(f"modules/{name}.ko", kernel.ours(name))
        archive.file(f"modules/{name}.order", name.encode())
    # As it is shipped, and so that the bridge brings the hypercalls.
    archive.file("modules/asks.ko", kernel.conformance("."))
    archive.file("modules/asks_bridge.ko",
                 kernel.conformance("conformance/linux"))


def make_initramfs(path, kernel, cases, boot_files=()):
    archive = initramfs.Archive()
    archive.file("bin/busybox", read(f"{kernel.root}/usr/bin/busybox"))
    for name in PROGRAMS:
        archive.file(f"bin/{name}", kernel.program(name))
    archive.file("init", read(f"{HERE}/init.sh"))
    for name in SHELL:
        archive.file(name, read(f"{HERE}/{name}"))
    archive.file("cases", " ".join(cases).encode())
    if kernel.version == DEBUG:
        archive.file("bin/iommufd", kernel.program("iommufd"))
    for name, file in boot_files:
        archive.file(f"boot/{name}", read(file))
    add_modules(archive, kernel)
    archive.write(path)


def make_chain(path, kernel, cases):
    """With the kernel, and an initramfs for it, inside."""
    inner = f"{path}.next"
    make_initramfs(inner, kernel, cases)
    make_initramfs(path, kernel, cases,
                   [("kernel", kernel.image()), ("initramfs", inner)])


class Guard:
    """Ends a guest that prints nothing for GUARD_SECONDS."""

    def __init__(self, guest):
        self.guest = guest
        self.timer = None
        self.line("")

    def line(self, _text):
        self.end()
        self.timer = threading.Timer(GUARD_SECONDS, self.guest.kill)
        self.timer.daemon = True
        self.timer.start()

    def end(self):
        if self.timer:
            self.timer.cancel()


def boot(command, cases, log_path, verbose, *others):
    verdict = verdicts.Verdict(cases)
    with open(log_path, "w", encoding="utf-8", buffering=1) as log, \
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True,
                errors="replace") as guest:
        guard = Guard(guest)
        listeners = [verdict, guard, *others]
        for line in guest.stdout:
            line = line.rstrip()
            log.write(line + "\n")
            for listener in listeners:
                listener.line(line)
            if verbose:
                print(line, flush=True)
        guard.end()
    return verdict


def tell(title, verdict, cases, log):
    """Prints how a boot ended. Return: well?"""
    wrong = verdict.problems()
    print(f"{title}: {'FAILED' if wrong else 'ok'}, {len(cases)} cases",
          flush=True)
    for problem in wrong:
        print(f"  {problem}")
    for line in verdict.evidence():
        print(f"  | {line}")
    if wrong:
        print(f"  the whole console: {log}")
    return not wrong


def sets_of(version, mode):
    """Names of boots, and their cases. The debug kernel has no VFIO groups."""
    sets = {name: CASES[name] for name in SETS[mode]}
    if version in UNCHAINED:
        sets = {name: cases for name, cases in sets.items()
                if not machine.chained(cases)}
    if version == DEBUG:
        sets.pop("user", None)
        good = [case for case in CASES["good"] if case not in DEBUG_LACKS]
        sets["good"] = good[:-1] + DEBUG_CASES + good[-1:]
    return sets


def run(version, mode, name, cases, options):
    kernel = open_kernel(version, options.modules)
    qemu = os.environ.get("HVPT_QEMU") or ask("scripts/get-qemu", "--cached")
    log = os.path.join(options.modules, f"guest-{version}-{mode}-{name}.log")
    clock = times.Clock()
    with tempfile.TemporaryDirectory() as folder:
        make = make_chain if machine.chained(cases) else make_initramfs
        make(f"{folder}/initramfs", kernel, cases)
        monitor = qemu_monitor.Monitor(folder)
        command = [*machine.with_devices(qemu, kernel, folder, mode, cases),
                   *monitor.arguments()]
        report = conformance_report.Report()
        verdict = boot(command, cases, log, options.verbose, monitor, clock,
                       report)
    if "conformance" in cases:
        report.write(os.path.join(options.modules, f"report-{version}.json"))
        verdict.others = list(report.problems())
    clock.end(not verdict.problems())
    times.write(os.path.join(options.modules, "times"), version, mode, name,
                clock.rows)
    return tell(f"{kernel.release} {mode} {name}, {clock.rows[-1][2]} s",
                verdict, cases, log)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", action="append",
                        choices=(*VERSIONS, REALTIME, DEBUG),
                        help="without one 7.3, 6.12 and 6.1")
    parser.add_argument("--mode", action="append", choices=MODES,
                        help="both without one")
    parser.add_argument("--boot", action="append", choices=CASES,
                        help="only this one; all of the mode without one")
    parser.add_argument("--modules", default=os.path.join(ROOT, "build/linux"),
                        help="where scripts/build-linux put them")
    parser.add_argument("--verbose", action="store_true",
                        help="show the console")
    parser.add_argument("cases", nargs="*",
                        help=" ".join(CASES["good"] + CASES["user"][2:4] +
                                      CASES["broken"][2:] + CASES["asked"] +
                                      CASES["kexec"][2:] +
                                      CASES["plain"][3:] +
                                      CASES["kdump"][2:] + DEBUG_CASES))
    options = parser.parse_args()
    results = []
    try:
        for version in options.kernel or VERSIONS:
            for mode in options.mode or MODES:
                sets = ({"chosen": options.cases} if options.cases else
                        sets_of(version, mode))
                for name, cases in sets.items():
                    if name not in (options.boot or [name]):
                        continue
                    results.append(run(version, mode, name, cases, options))
    except Skip as skip:
        print(f"SKIP: {skip}")
        sys.exit(EXIT_SKIP)
    if not results:
        sys.exit("none of these kernels and modes has such a boot")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
