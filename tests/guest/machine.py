# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The emulated machine of the guests, and its kernel's command line."""

import os

# In these one kernel starts another: it needs room for that.
CHAINS = ("kexec", "kdump")
# 1 GiB pages can only be reserved at boot.
HUGE = ["hugepagesz=1G", "hugepages=1"]
# For the kernel that is started after a crash.
CRASH = ["crashkernel=320M"]
# What outlives kernels: see tests/guest/keep.h.
KEEP = ["-object", "memory-backend-ram,id=keep,size=16M",
        "-device", "ivshmem-plain,addr=15,memdev=keep"]
MAC = "52:54:00:00:00:"
# For a host that is busy, where a processor of the guest can stand still. The
# kernel's check of the timer can fail then. Linux 7.3 can hang when it compares
# the TSCs of two processors while one of them waits in stop_machine: its
# time-out can be measured in jiffies, which do not advance then. The other
# three are in seconds, and delay the reports that a processor, RCU or a
# workqueue is stuck. Source: admin-guide/kernel-parameters of Linux.
SLOW = ["no_timer_check", "tsc=reliable", "watchdog_thresh=60",
        "rcupdate.rcu_cpu_stall_timeout=120", "workqueue.watchdog_thresh=120"]


def chained(cases):
    """Does one kernel start another?"""
    return any(case in cases for case in CHAINS)


def memory_of(kernel, cases):
    if "user" in cases:
        return "4G"
    return "1G" if chained(cases) else kernel.memory


def processors_of(cases):
    """Flushes are combined when three processors ask at once."""
    return 4 if "combine" in cases else 2


def command(qemu, kernel, mode, memory, image, append, processors=2):
    """Of QEMU: a machine with a VT-d, which only the bridge uses."""
    append = ["console=ttyS0", "panic=-1", "quiet", *SLOW,
              "intel_iommu=off", "intremap=off",
              f"iommu.strict={int(mode == 'strict')}", *append]
    return [qemu, "-M", "q35", "-accel", "tcg,thread=multi", "-cpu",
            kernel.cpu, "-smp", str(processors), "-m", memory,
            "-nodefaults", "-display", "none",
            "-serial", "stdio", "-no-reboot",
            "-kernel", kernel.image(), *(["-initrd", image] if image else []),
            "-append", " ".join(append),
            "-device", "intel-iommu,scalable-mode=on,fsts=on,aw-bits=48"]


def with_devices(qemu, kernel, folder, mode, cases):
    """The same with the devices of the cases; its disk is in the folder."""
    append = []
    extra = []
    if "user" in cases:
        append += HUGE
    if "kdump" in cases:
        append += CRASH
    if chained(cases):
        extra = KEEP
    disk = os.path.join(folder, "nvme.img")
    with open(disk, "wb") as file:
        file.truncate(96 << 20)
    return [*command(qemu, kernel, mode, memory_of(kernel, cases),
                     os.path.join(folder, "initramfs"), append,
                     processors_of(cases)),
            "-drive", f"if=none,id=disk,file={disk},format=raw,cache=unsafe",
            "-device", "nvme,addr=4,serial=hvpt,drive=disk",
            "-netdev", "hubport,id=h1,hubid=0",
            "-device", f"e1000e,addr=5,netdev=h1,mac={MAC}01,romfile=",
            "-netdev", "hubport,id=h2,hubid=0",
            "-device", f"virtio-net-pci,addr=6,netdev=h2,mac={MAC}02,"
            "romfile=,disable-legacy=on,iommu_platform=on",
            "-netdev", "hubport,id=h3,hubid=0",
            "-device", f"virtio-net-pci,addr=14,netdev=h3,mac={MAC}03,"
            "romfile=,disable-legacy=on,iommu_platform=off",
            "-device", f"edu,addr=7,dma_mask={(1 << 64) - 1:#x}",
            *extra]
