# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Tests of scripts/linux-tree on a small tree.

The tree has the places that the edits look for, and nothing else. It was
written for these tests; it is not a kernel's.
"""

import os
import re
import subprocess
import sys
import tempfile

import linux_series
import tree

WHO = "Some One <one@example.org>"
SMALL = {
    "Makefile": "# small\nVERSION = 7\nPATCHLEVEL = 3\n",
    "MAINTAINERS": ("How to read this.\n\nA FIRST ENTRY\nS:\tOdd\n\n"
                    "HYPER ZOO\nS:\tOdd\n\nZOO\nS:\tOdd\n"),
    "include/linux/iommu.h": (
        "/*\n * @unmap_pages: x\n */\nstruct y {\n"
        "\tsize_t (*unmap_pages)(int x);\n};\n"),
    "drivers/iommu/iommu.c": (
        "ssize_t iommu_map_sg(int x)\n{\n\twhile (x)\n\t\tx--;\n}\n"),
    "drivers/iommu/Kconfig": 'source "x/intel/y"\n',
    "drivers/iommu/hyperv/Makefile": "obj-y += something.o\n",
    "drivers/pci/controller/pci-hyperv.c": (
        "#include <linux/hyperv.h>\n"
        "void hv_irq_retarget_interrupt(int x)\n{\n"
        "\tp.device_id = (x & 0xf8) | y;\n}\n"
        "int hv_pci_probe(int x)\n{\n"
        "\tret = create_root_anything(x);\n\tif (ret)\n"
        "\t\tgoto free_windows;\n\treturn 0;\n"
        "free_windows:\n\treturn ret;\n}\n"
        "void hv_pci_remove(int x)\n{\n\thv_pci_bus_exit(x);\n}\n"),
    "arch/x86/hyperv/hv_init.c": (
        "#include <linux/kexec.h>\n"
        "void hyperv_init(void)\n{\n\tx86_init.pci.arch_init = 0;\n}\n"),
    "Documentation/virt/hyperv/index.rst": "   vpci\n",
}
# File, what is taken out, and what the error must say.
MISSING = [
    ("MAINTAINERS", "\nZOO\nS:\tOdd\n", "no place for the entry"),
    ("include/linux/iommu.h", "@unmap", "what is said of unmap_pages: missing"),
    ("include/linux/iommu.h", "(*unmap", "unmap_pages: missing"),
    ("drivers/iommu/iommu.c", "iommu_map_sg", "function iommu_map_sg: missing"),
    ("drivers/iommu/iommu.c", "while", "where it begins: missing"),
    ("drivers/iommu/Kconfig", "intel", "where intel's is sourced: missing"),
    ("drivers/iommu/hyperv/Makefile", "obj-y", "objects: missing"),
    ("drivers/pci/controller/pci-hyperv.c", "#include", "header of VMBus"),
    ("drivers/pci/controller/pci-hyperv.c", "retarget",
     "function hv_irq_retarget_interrupt: missing"),
    ("drivers/pci/controller/pci-hyperv.c", "0xf8", "the prefix: missing"),
    ("drivers/pci/controller/pci-hyperv.c", "create_root", "the scan: missing"),
    ("drivers/pci/controller/pci-hyperv.c", "goto",
     "the scan that failed: missing"),
    ("drivers/pci/controller/pci-hyperv.c", "free_windows:", "windows are"),
    ("drivers/pci/controller/pci-hyperv.c", "hv_pci_bus_exit",
     "where the bus is gone: missing"),
    ("arch/x86/hyperv/hv_init.c", "kexec", "the header of kexec: missing"),
    ("arch/x86/hyperv/hv_init.c", "arch_init", "the hook of PCI: missing"),
    ("Documentation/virt/hyperv/index.rst", "vpci", "vpci: missing"),
]
# File, and what is put behind itself.
TWICE = [
    ("drivers/iommu/Kconfig", 'source "x/intel/y"\n'),
    ("drivers/pci/controller/pci-hyperv.c", "#include <linux/hyperv.h>\n"),
    ("drivers/pci/controller/pci-hyperv.c",
     "\tret = create_root_anything(x);\n"),
    ("drivers/pci/controller/pci-hyperv.c", "\thv_pci_bus_exit(x);\n"),
    ("arch/x86/hyperv/hv_init.c", "\tx86_init.pci.arch_init = 0;\n"),
    ("Documentation/virt/hyperv/index.rst", "   vpci\n"),
]


def write(folder, files):
    for path, text in files.items():
        tree.write(os.path.join(folder, path), text)


def snapshot(folder):
    return {os.path.relpath(os.path.join(where, name), folder):
            tree.read(os.path.join(where, name))
            for where, _, names in os.walk(folder) for name in names
            if "/.git" not in where}


class Check:
    """Runs the command, and counts what is not as it must be."""

    def __init__(self, command):
        self.command = command
        self.wrong = 0

    def run(self, *words, who=WHO):
        given = ["--maintainer", who] if who else []
        done = subprocess.run(
            [sys.executable, "-B", self.command, *words, *given],
            capture_output=True, text=True, check=False,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull,
                 "GIT_CONFIG_NOSYSTEM": "1", "EMAIL": "",
                 "GIT_CEILING_DIRECTORIES": "/"}, cwd="/")
        return done.returncode, done.stdout + done.stderr

    def that(self, good, what):
        if not good:
            print(f"linux-tree: {what}")
            self.wrong += 1

    def refused(self, folder, says, *words, **more):
        """An error that says so, and a tree that is as it was."""
        before = snapshot(folder)
        code, text = self.run(*(words or ("--into", folder)), **more)
        self.that(code != 0, f"no error: {says}")
        self.that(says in text, f"{text!r} does not say {says!r}")
        self.that("Traceback" not in text, text)
        self.that(snapshot(folder) == before, f"changed, with: {says}")


def small(change=None):
    """A folder with the tree, in which one file is changed."""
    folder = tempfile.TemporaryDirectory()  # pylint: disable=R1732
    files = dict(SMALL)
    if change:
        path, old, new = change
        assert old in files[path]
        files[path] = files[path].replace(old, new, 1)
    write(folder.name, files)
    return folder


def test_into(check):
    with small() as folder:
        code, text = check.run("--into", folder)
        check.that(code == 0, text)
        done = snapshot(folder)
        bus = done["drivers/pci/controller/pci-hyperv.c"]
        check.that(re.search(r"ids_add\(.*create_root.*goto remove_ids;.*"
                             r"^remove_ids:\n.*ids_remove.*^free_windows:.*"
                             r"hv_pci_remove.*ids_remove.*bus_exit", bus,
                             re.S | re.M), f"the bus driver: {bus}")
        check.that("device_id = hv_logical_id_prefix(&hbus->hdev->"
                   "dev_instance) | y;" in bus, f"the prefix: {bus}")
        check.that(done["MAINTAINERS"].index("HYPER-V PARA") >
                   done["MAINTAINERS"].index("HYPER ZOO"), "wrong order")
        check.that(not [name for name in done if name.endswith("hvpt-new")],
                   "something was left over")
        check.refused(folder, "hvpt is there already")


def test_self_contained(check):
    """Nothing includes what is outside, is for other versions or for tests."""
    with small() as folder:
        check.run("--into", folder)
        for path, text in snapshot(folder).items():
            if path.startswith(linux_series.HVPT):
                check.that(not re.search(r'^#include "\.\.', text, re.M),
                           f"{path} includes from outside")
                for word in ("LINUX_VERSION_CODE", "HVPT_IN_TREE",
                             "HVPT_ATTACH_ARGS", "HVPT_COMPAT_OPS",
                             "HVPT_LINUX_TEST", "ifdef HVPT_LINUX",
                             "EXPORT_SYMBOL"):
                    check.that(word not in text, f"{path} has {word}")


def objects_of(folder):
    text = tree.read(os.path.join(folder, linux_series.HVPT, "Makefile"))
    return re.findall(r"\S+(?=\.o\b)", "\n".join(
        re.findall(r"hvpt_iommu-y.*", text)))


def test_makefile(check):
    """Each source is built, and each object has a source."""
    with small() as folder:
        check.run("--into", folder)
        sources = {path.removeprefix(f"{linux_series.HVPT}/")[:-2]
                   for path in snapshot(folder)
                   if path.startswith(linux_series.HVPT)
                   and path.endswith(".c")}
        found = objects_of(folder)
        check.that(sorted(found) == sorted(sources),
                   f"objects and sources: {sources ^ set(found)}")


def test_places(check):
    for path, text, says in MISSING:
        with small((path, text, "gone")) as folder:
            check.refused(folder, says)
    for path, text in TWICE:
        with small((path, text, text + text)) as folder:
            check.refused(folder, "found 2 times")
    for path in SMALL:
        with small() as folder:
            os.remove(os.path.join(folder, path))
            check.refused(folder, path)


def test_all_problems(check):
    """Each place that is missing is named, not only the first."""
    with small(("drivers/iommu/Kconfig", "intel", "gone")) as folder:
        tree.write(os.path.join(folder, "Documentation/virt/hyperv/index.rst"),
                   "")
        check.refused(folder, "drivers/iommu/Kconfig")
        check.refused(folder, "index.rst: vpci: missing")


def test_in_the_way(check):
    for path in ("drivers/iommu/hyperv/Kconfig",
                 "include/linux/hv_logical_ids.h",
                 "Documentation/virt/hyperv/hvpt.rst"):
        with small() as folder:
            tree.write(os.path.join(folder, path), "other\n")
            check.refused(folder, f"{path}: is there already")


def test_not_a_tree(check):
    with small(("Makefile", "= 3", "= 2")) as folder:
        check.refused(folder, "Linux 7.2; the edits are for 7.3")
    with small(("Makefile", "VERSION", "THING")) as folder:
        check.refused(folder, "not a kernel's")
    with small() as folder:
        tree.write(os.path.join(folder, linux_series.MERGED), "")
        check.refused(folder, "has a driver of its own")
    with small() as folder:
        check.refused(folder, "no such folder", "--into", f"{folder}/none")
        check.refused(folder, "is needed", "--maintainer", WHO)
        check.refused(folder, "go together", "--base", folder)
        check.refused(folder, "in no series", "--test", "--base", folder,
                      "--series", f"{folder}/out")
        check.refused(folder, "who maintains it", who="nobody")


def test_bridge_is_whole(check):
    """With --test: each header that a file names by its path is there."""
    with small() as folder:
        check.run("--into", folder, "--test")
        files = {path.removeprefix(f"{linux_series.TEST}/"): path
                 for path in snapshot(folder)
                 if path.startswith(f"{linux_series.TEST}/")}
        named = {(path, header) for path, place in files.items()
                 if path.startswith("tests/guest/")
                 for header in re.findall(r'^#include "(.*/.*)"', tree.read(
                     os.path.join(folder, place)), re.M)}
        check.that(named, "no header is named by its path")
        for path, header in sorted(named):
            check.that(header in files, f"{path}: {header} is not there")


def test_series(check):
    """git am makes the same tree; the base is only read."""
    with small() as folder, tempfile.TemporaryDirectory() as out:
        before = snapshot(folder)
        code, text = check.run("--base", folder, "--series", f"{out}/series")
        check.that(code == 0, text)
        check.that(snapshot(folder) == before, "the base was changed")
        check.refused(f"{out}/series", "not empty", "--base", folder,
                      "--series", f"{out}/series")
        names = sorted(os.listdir(f"{out}/series"))
        check.that("*** " not in tree.read(f"{out}/series/{names[0]}"),
                   "the cover letter is not filled in")
        git = ["git", "-C", folder, "-c", "user.name=x", "-c", "user.email=x"]
        for words in (["init", "-q"], ["add", "-A"],
                      ["commit", "-q", "-m", "base"],
                      ["am", "-q", *(f"{out}/series/{name}"
                                     for name in names[1:])]):
            subprocess.run([*git, *words], check=True)
        with small() as other:
            check.run("--into", other)
            check.that(snapshot(folder) == snapshot(other),
                       "am and --into differ")


def test_documented(check):
    """Each parameter and each file of debugfs is in the ABI's texts."""
    abi = "".join(linux_series.ours(f"{linux_series.OURS}/{name}") for name in
                  ("debugfs-hvpt", "sysfs-module-hvpt_iommu"))
    folder = os.path.join(tree.ROOT, linux_series.ADAPTER)
    code = "".join(tree.read(os.path.join(folder, name))
                   for name in os.listdir(folder) if name.endswith(".c"))
    want = {f"/sys/module/hvpt_iommu/parameters/{name}" for name in
            re.findall(r"^module_param(?:_named)?\((\w+),", code, re.M)}
    want |= {f"/sys/kernel/debug/hvpt/{name}" for name in
             re.findall(r'debugfs_create_file\(\s*"(\w+)"', code)}
    found = set(re.findall(r"^What:\t\t(\S+)$", abi, re.M))
    check.that(found == want, f"documented or there, not both: {found ^ want}")


def run(command):
    """Return: the exit code."""
    check = Check(command)
    for test in (test_into, test_self_contained, test_makefile, test_places,
                 test_all_problems, test_in_the_way, test_not_a_tree,
                 test_bridge_is_whole, test_series, test_documented):
        test(check)
    print(f"linux-tree: {check.wrong} wrong")
    return check.wrong != 0
