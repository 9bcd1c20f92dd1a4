#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Builds and runs the examples that need more than a C compiler, from a copy.

Usage: examples.py EXAMPLE...

scripts/examples installs what they need, and runs all. An example whose tools
are missing ends with 77.
"""

import os
import platform
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from way import ROOT, SHELL, leave, need, take, tree  # noqa: E402
sys.path.insert(0, f"{ROOT}/tests/guest")
import initramfs  # noqa: E402

OVMF = "/usr/share/OVMF/OVMF_CODE_4M.fd"
LINUX = "7.3"
RUNNING = "/lib/modules/$(uname -r)/build"
MACHINE = ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", "max",
           "-m", "512M", "-nodefaults", "-display", "none", "-serial", "stdio",
           "-no-reboot"]

RUST_SAYS = """iova 0x101000 -> gpa 0x4001000
unmapped 0x8000 bytes
HVPT_ERR_NOT_MAPPED
"""

MODULE_SAYS = """hvpt_example: iova 0x100000 -> gpa 0x4000000
hvpt_example: at the end: HVPT_ERR_NOT_MAPPED
"""
# The first program of a guest.
INIT = """#!/bin/busybox sh
busybox insmod /hvpt_example.ko && busybox rmmod hvpt_example
busybox dmesg | busybox sed -n 's/.*\\(hvpt_example: .*\\)/\\1/p'
busybox reboot -f
"""


def need_machine():
    """A compiler for x86-64, and what runs its programs."""
    if platform.machine() != "x86_64":
        print("SKIP: cannot be avoided: the compiler is not for x86-64")
        sys.exit(tree.EXIT_SKIP)
    need("qemu-system-x86_64", "qemu-system-x86")


def need_cargo():
    if not shutil.which("cargo"):
        leave("cargo")


def rust(way):
    need_cargo()
    way.follow("hvpt/examples/rust/README.md", RUST_SAYS)
    build = ["cargo", "build", "--offline", "--manifest-path",
             "hvpt/examples/rust/Cargo.toml"]
    for message, wrong in (
            ("cannot run the compiler 'nocc' (CC): ", {"CC": "nocc"}),
            ("cannot run the archiver 'noar' (AR): ", {"AR": "noar"}),
            ("the compiler 'cc' (CC) failed:\n",
             {"CC": "cc", "CFLAGS": "--no-such"}),
            ("HVPT_SOURCE must be an absolute path, and is 'hvpt'\n",
             {"HVPT_SOURCE": "hvpt"}),
            (f"cannot read {way.folder}/hvpt.cmake: ",
             {"HVPT_SOURCE": way.folder})):
        way.refuses(f"  hvpt-sys: {message}", *build, **wrong)


def rust_system(way):
    """With an hvpt that is installed, and no source of C."""
    need_cargo()
    need("pkg-config", "pkg-config")
    way.install("-DHVPT_BUILD_SHARED=ON")
    way.forget_core()
    way.refuses("  hvpt-sys: 'pkg-config' failed:\n", "cargo", "build",
                "--offline", "--manifest-path", "hvpt/examples/rust/Cargo.toml",
                "--features", "system", PKG_CONFIG_LIBDIR=way.folder)
    command = way.row_command("rust-system",
                              "PKG_CONFIG_PATH=$PWD/prefix/lib/pkgconfig")
    way.expect(way.run(*SHELL, command), RUST_SAYS)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def get_linux():
    """The folder of scripts/get-linux with the kernel, and its release."""
    get = f"{ROOT}/scripts/get-linux"
    done = subprocess.run([get, "--cached", LINUX], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if done.returncode == tree.EXIT_SKIP:
        leave(f"kernel {LINUX}")
    folder = done.stdout.strip()
    return f"{folder}/root", tree.read(f"{folder}/release-{LINUX}").strip()


def in_root(way, root, command):
    """Runs a command in the system that has the headers and a compiler; the
    user's folder is /hvpt there."""
    way.run("sh", "-ec", f'. "{ROOT}/scripts/lib/root.sh"; '
            f'hvpt_in_root "{root}" "{way.folder}" "$1"', "sh", command)


def kernel_module(way):
    """A module of somebody else takes the core in, and runs in a guest."""
    need_machine()
    root, release = get_linux()
    *copies, make = way.commands("hvpt/examples/kernel_module/README.md")
    for command in copies:
        way.run(*SHELL, command)
    headers = f"/usr/src/linux-headers-{release}"
    in_root(way, root, make.replace(RUNNING, headers).replace("$PWD", "/hvpt")
            + " CC=gcc-14 CONFIG_DEBUG_INFO_BTF_MODULES=")
    way.seen.append(make)
    guest = initramfs.Archive()
    guest.file("bin/busybox", read(f"{root}/usr/bin/busybox"))
    guest.file("init", INIT.encode())
    guest.file("hvpt_example.ko", read(f"{way.folder}/module/hvpt_example.ko"))
    guest.write(f"{way.folder}/initramfs")
    images = [f"{root}/usr/lib/modules/{release}/vmlinuz",
              f"{root}/boot/vmlinuz-{release}"]
    said = way.run(*MACHINE, "-kernel", next(filter(os.path.exists, images)),
                   "-initrd", "initramfs", "-append",
                   "console=ttyS0 quiet panic=-1 no_timer_check")
    way.expect("".join(re.findall(r"hvpt_example: (?!.*taint).*\n",
                                  said.replace("\r", ""))), MODULE_SAYS)


def check_make(way, folder, product):
    """Where HVPT is wrong, nothing that was built before runs."""
    way.refuses("HVPT=elsewhere: there is no elsewhere/scripts/list",
                "make", "-s", "-C", folder, "HVPT=elsewhere", "run")
    way.run("make", "-s", "-C", folder, "clean")
    if os.path.exists(f"{way.folder}/{folder}/{product}"):
        sys.exit(f"make clean leaves {product}")


def bare_metal(way):
    need("make", "make")
    need_machine()
    way.follow("hvpt/examples/bare_metal/README.md",
               "the processor reads 0x600d at 0x8000000000\n")
    check_make(way, "image", "image.elf")


def need_ovmf():
    if not os.path.exists(OVMF):
        leave("OVMF")


def uefi_app(way):
    need("make", "make")
    need("qemu-system-x86_64", "qemu-system-x86")
    need("clang", "clang")
    if not shutil.which("lld-link"):
        leave("lld-link")
    need_ovmf()
    way.follow("hvpt/examples/uefi_app/README.md",
               "hvpt: iova 00101000 -> gpa 04001000\n")
    check_make(way, "app", "disk")


def edk2_package(way):
    """A package of somebody else, built by edk2; then OVMF starts it."""
    need_machine()
    need_ovmf()
    page = way.commands("hvpt/examples/edk2_package/README.md")
    way.run(*SHELL, page[0])
    status, said = way.try_run(f"{ROOT}/scripts/uefi-edk2", "--cached",
                               "--user", way.folder)
    if status == tree.EXIT_SKIP:
        leave("edk2")
    if status:
        sys.exit(said)
    way.seen += page
    program = "work/Build/ExamplePkg/DEBUG_GCC5/X64/Example.efi"
    way.run("install", "-D", program, "disk/EFI/BOOT/BOOTX64.EFI")
    said = way.run(*MACHINE, "-drive", "format=raw,file=fat:rw:disk", "-drive",
                   f"if=pflash,format=raw,readonly=on,file={OVMF}")
    way.expect(re.search(r"edk2: .*\n|$", way.plain(said))[0],
               "edk2: iova 0x100000 -> gpa 0x4000000\n")


def fuzz_target(way):
    need("clang", "clang")
    # It ends with status 0 when no run found anything.
    way.follow("hvpt/examples/fuzz_target/README.md", "")


EXAMPLES = {
    "bare-metal": bare_metal, "uefi-app": uefi_app,
    "edk2-package": edk2_package, "fuzz-target": fuzz_target,
    "kernel-module": kernel_module, "rust": rust, "rust-system": rust_system,
}

if __name__ == "__main__":
    take(EXAMPLES, sys.argv[1:], "examples.py")
