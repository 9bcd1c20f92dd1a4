# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What hvpt is in a kernel's tree: patches, each a list of edits.

The patterns name what the kernel has at a place, and quote none of its lines.
"""

import os
import re

import linux_compat
import tree
from anchors import Edit, New, Section

HYPERV = "drivers/iommu/hyperv"
HVPT = f"{HYPERV}/hvpt"
TEST = f"{HYPERV}/hvpt_test"
# Linux's own driver for the same hypercalls.
MERGED = f"{HYPERV}/hv-iommu-guest.c"
PCI_HYPERV = "drivers/pci/controller/pci-hyperv.c"
ADAPTER = "adapters/linux"
OURS = f"{ADAPTER}/tree"
SERIES = f"{OURS}/series"
SPDX = "# SPDX-" "License-Identifier: GPL-2.0-only OR BSD-2-Clause\n"

# The release whose sources these are; its answers to what compat.h asks.
VERSION = (7, 3)
KNOWN = ["-DHVPT_IN_TREE", "-DHVPT_LINUX_6_12=1", "-DHVPT_LINUX_6_19=1",
         "-DHVPT_LINUX_7_3=1", "-DHVPT_DIRTY=1", "-DHVPT_RANGES=1",
         "-DHVPT_LINUX_SYSCORE_DATA", "-DHVPT_LINUX_LISTS"]
NO_HOOK = ["-UHVPT_LINUX_TEST", "-DHVPT_LINUX_NO_TEST"]
HOOK = ["-DHVPT_LINUX_TEST=1", "-UHVPT_LINUX_NO_TEST"]
# Of adapters/linux: what only a module outside a tree has.
OUTSIDE = ("vpci.c", "core_")
# The driver asks the kernel's registry.
UNUSED = ("src/logical_id/registry.c",)
# What the core needs of the driver.
PORT = ("types_linux.h", "port_linux.h")


def ours(path):
    return tree.read(os.path.join(tree.ROOT, path))


def c_text(name):
    """Lines of ours that go into a file of the kernel's."""
    return plain(f"{OURS}/{name}").replace("\\", r"\\")


def plain(path):
    """A text of ours for a file that has no room for a licence."""
    return ours(path).removeprefix(SPDX)


def core_file(path):
    """As it is, but for the form in which kernels want the first line."""
    text = ours(path)
    if path.endswith(".c"):
        text = re.sub(r"\A/\* (SPDX.*?) \*/", r"// \1", text)
    return text


# ---- lists ----------------------------------------------------------------

def core_sources(*modules):
    return [path for path in tree.cmake_list("HVPT_CORE_SOURCES")
            if path.split("/")[1] in modules and path not in UNUSED]


def core_internal(*modules):
    return [path for path in tree.cmake_list("HVPT_INTERNAL_HEADERS")
            if path.split("/")[1] in modules]


def core_place(path):
    return f"{HVPT}/{path}" if path.startswith("include/") else \
        f"{HVPT}/core/{path.removeprefix('src/')}"


def driver_objects():
    """The driver's own, in the order of its Kbuild."""
    words = re.findall(r"^hvpt_iommu-y [+:]?= (.*(?:\\\n.*)*)",
                       ours(f"{ADAPTER}/Kbuild"), re.M)
    names = " ".join(words).replace("\\", " ").split()
    return [name for name in names if name.endswith(".o")]


# ---- the Makefile of the driver -------------------------------------------

def wrapped(names):
    """Lines that add objects, of 80 columns at most."""
    lines = []
    for name in names:
        if lines and len(lines[-1]) + len(name) < 79:
            lines[-1] += f" {name}"
        else:
            lines.append(f"hvpt_iommu-y += {name}")
    return "".join(f"{line}\n" for line in lines)


def objects(paths):
    return wrapped(core_place(path).removeprefix(f"{HVPT}/")[:-2] + ".o"
                   for path in paths)


def makefile(paths):
    return (SPDX + "obj-$(CONFIG_HVPT_IOMMU) += hvpt_iommu.o\n\n" +
            objects(paths) +
            "\nccflags-y += -I$(src)/include -I$(src)\n"
            "ccflags-y += -DHVPT_TYPES_HEADER='\"types_linux.h\"'\n"
            "ccflags-y += -DHVPT_PORT_HEADER='\"port_linux.h\"'\n")


def more_objects(text):
    return Edit(f"{HVPT}/Makefile", "the flags", r"\nccflags-y \+= -I",
                "before", text.replace("\\", r"\\"))


# ---- the patches ----------------------------------------------------------

def new_core(paths):
    return [New(core_place(path), core_file(path)) for path in paths]


def patch_prefix():
    return [
        New("include/linux/hv_logical_ids.h", ours(f"{OURS}/hv_logical_ids.h")),
        Edit(PCI_HYPERV, "the header of VMBus",
             r"^#\w+\s+.linux/hyperv\.h.\n", "before",
             "#include <linux/hv_logical_ids.h>\n"),
        Edit(PCI_HYPERV, "the prefix", r"(device_id = )\([^;]*?0xf8\)",
             "instead",
             r"\1hv_logical_id_prefix(&hbus->hdev->dev_instance)",
             function="hv_irq_retarget_interrupt"),
    ]


def patch_ids():
    return [
        New(f"{HYPERV}/Kconfig", ours(f"{OURS}/Kconfig.ids")),
        New(f"{HYPERV}/hv_logical_ids.c", ours(f"{OURS}/hv_logical_ids.c")),
        Edit(f"{HYPERV}/Makefile", "objects", r"^obj-.*\Z", "after",
             "obj-$(CONFIG_HV_LOGICAL_IDS) += hv_logical_ids.o\n"),
        Edit("drivers/iommu/Kconfig", "where intel's is sourced",
             r"^source [^\n]*/intel/", "before",
             f'source "{HYPERV}/Kconfig"\n'),
    ]


def patch_register():
    return [
        Edit(PCI_HYPERV, "the scan", r"^\tret = create_root\w+\(", "before",
             "\tret = hv_logical_ids_add(hbus->bridge->domain_nr,\n"
             "\t\t\t\t &hdev->dev_instance);\n"
             "\tif (ret)\n"
             "\t\tgoto free_windows;\n\n", function="hv_pci_probe"),
        Edit(PCI_HYPERV, "the scan that failed",
             r"(= create_root\w+\([^;]*;[^;]*goto )free_windows", "instead",
             r"\1remove_ids", function="hv_pci_probe"),
        Edit(PCI_HYPERV, "where windows are freed", r"^free_windows:\n",
             "before",
             "remove_ids:\n"
             "\thv_logical_ids_remove(hbus->bridge->domain_nr);\n",
             function="hv_pci_probe"),
        Edit(PCI_HYPERV, "where the bus is gone", r"^\thv_pci_bus_exit\(",
             "before", "\thv_logical_ids_remove(hbus->bridge->domain_nr);\n\n",
             function="hv_pci_remove"),
    ]


def patch_pagetable():
    sources = core_sources("common", "pagetable")
    return [
        *new_core(tree.cmake_list("HVPT_CORE_HEADERS")),
        *new_core(core_internal("pagetable")), *new_core(sources),
        *(New(f"{HVPT}/{name}", ours(f"{ADAPTER}/{name}")) for name in PORT),
        New(f"{HVPT}/Makefile", makefile(sources)),
    ]


def patch_library(*modules):
    sources = core_sources(*modules)
    return [*new_core(core_internal(*modules)), *new_core(sources),
            more_objects(objects(sources))]


def patch_lists():
    """An operation of a domain that takes a scatter list."""
    header, source = "include/linux/iommu.h", "drivers/iommu/iommu.c"
    return [
        Edit(header, "what is said of unmap_pages", r"^ \* @unmap_pages:",
             "before", c_text("iommu_h_doc.txt")),
        Edit(header, "unmap_pages", r"^\tsize_t \(\*unmap_pages\)", "before",
             c_text("iommu_h.txt")),
        Edit(source, "iommu_map_sg", r"^ssize_t iommu_map_sg\(", "before",
             c_text("iommu_c.txt")),
        Edit(source, "where it begins", r"^\twhile \(", "before",
             c_text("iommu_c_call.txt"), function="iommu_map_sg"),
    ]


def patch_driver(known):
    return [
        *(New(f"{HVPT}/{name}", text) for name, text in
          linux_compat.files(known, OUTSIDE + PORT)),
        New(f"{HVPT}/vpci.c", ours(f"{OURS}/vpci_ids.c")),
        New(f"{HVPT}/Kconfig", ours(f"{OURS}/Kconfig")),
        New("include/linux/hvpt_iommu.h", ours(f"{OURS}/hvpt_iommu.h")),
        more_objects(wrapped(driver_objects())),
        Edit(f"{HVPT}/Makefile", "the flags", r"\Z", "after",
             "ccflags-y += -DHVPT_PORT_COUNT=hvpt_linux_count\n"),
        Edit(f"{HYPERV}/Kconfig", "the registry", r"\bbool\n", "after",
             f'\nsource "{HVPT}/Kconfig"\n'),
        Edit(f"{HYPERV}/Makefile", "the registry", r"\w+_ids\.o\n", "after",
             "obj-$(CONFIG_HVPT_IOMMU) += hvpt/\n"),
    ]


def patch_start():
    source = "arch/x86/hyperv/hv_init.c"
    return [
        Edit(source, "the header of kexec", r"^#\w+\s+.linux/kexec\.h",
             "before", "#include <linux/hvpt_iommu.h>\n"),
        Edit(source, "the hook of PCI",
             r"^\tx86_init\.pci\.arch_init\b[^\n]*\n", "after",
             "\thvpt_iommu_detect();\n", function="hyperv_init"),
    ]


def patch_docs():
    return [
        *(New(f"Documentation/ABI/testing/{name}", plain(f"{OURS}/{name}"))
          for name in ("debugfs-hvpt", "sysfs-module-hvpt_iommu")),
        New("Documentation/virt/hyperv/hvpt.rst", ours(f"{OURS}/hvpt.rst")),
        Edit("Documentation/virt/hyperv/index.rst", "vpci",
             r"^( +)vpci\b[^\n]*\n", "after", r"\1hvpt\n"),
    ]


def patch_maintainers(maintainer):
    return [Section("MAINTAINERS", "HYPER-V PARAVIRTUALIZED IOMMU (HVPT)", [
        f"M:\t{maintainer}",
        "L:\tiommu@lists.linux.dev",
        "L:\tlinux-hyperv@vger.kernel.org",
        "S:\tMaintained",
        "F:\tDocumentation/ABI/testing/debugfs-hvpt",
        "F:\tDocumentation/ABI/testing/sysfs-module-hvpt_iommu",
        "F:\tDocumentation/virt/hyperv/hvpt.rst",
        f"F:\t{HYPERV}/Kconfig",
        f"F:\t{HYPERV}/hv_logical_ids.c",
        f"F:\t{HVPT}/",
        "F:\tinclude/linux/hv_logical_ids.h",
        "F:\tinclude/linux/hvpt_iommu.h",
    ])]


def patches(maintainer, test=False):
    """Names, as of the files with their messages, and edits; in order."""
    known = KNOWN + (HOOK if test else NO_HOOK)
    steps = [
        ("prefix", patch_prefix()), ("ids", patch_ids()),
        ("register", patch_register()), ("pagetable", patch_pagetable()),
        ("hvcall", patch_library("hvcall", "logical_id")),
        ("domain", patch_library("domain")), ("lists", patch_lists()),
        ("driver", patch_driver(known)), ("start", patch_start()),
        ("docs", patch_docs()),
        ("maintainers", patch_maintainers(maintainer)),
    ]
    return steps + [("test", patch_test())] if test else steps


# ---- for tests only -------------------------------------------------------

def patch_test():
    """The bridge that carries out hypercalls on QEMU's VT-d, built in."""
    edits = [Edit(f"{HYPERV}/Makefile", "the driver", r"hvpt/\n", "after",
                  "obj-$(CONFIG_HVPT_IOMMU) += hvpt_test/tests/guest/\n"),
             Edit(f"{HVPT}/Makefile", "the flags", r"\A", "after",
                  "ccflags-y += -DHVPT_LINUX_TEST=1\n")]
    names = [name for name in tree.tracked_files()
             if name.startswith(("tests/guest/", "oracle/qemu/", "include/"))
             # how the firmware's bridge leaves its domains
             or name.endswith("/HvptHypercallLibVtd/Left.h")
             or name == f"{ADAPTER}/hvpt_linux.h" or
             name in [f"{ADAPTER}/{port}" for port in PORT]]
    return edits + [New(f"{TEST}/{name}", ours(name)) for name in names
                    if name.endswith((".c", ".h", "Kbuild"))]
