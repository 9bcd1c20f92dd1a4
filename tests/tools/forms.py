#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The same events in every form give the same result.

Random events are rendered once in the format of trace_pipe, and then as every
tracer with every option writes them, with every end of line, and compressed in
every way. What `hvpt replay` makes of them must not differ.

Usage: forms.py COMMAND...; the seed is HVPT_SEED, or one of its own.
"""

import bz2
import gzip
import json
import lzma
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

EVENTS = 60
ROUNDS = 2
PAGE = 4096
READ, WRITE = 1, 2
TASKS = ["dd", "kworker/u8:2+events", "Web Content", "a [9] b: c", "map:",
         "1: kmap: x", "<...>", "x-7"]
# What may differ: they are of the text, not of the events.
OF_THE_TEXT = ("file", "lines", "other_lines")


# ---- events ------------------------------------------------------------------

def make_events(rng):
    """Maps and unmaps of three domains, some of which go wrong."""
    events = []
    mapped = []
    for number in range(EVENTS):
        when = 8_000_000_000 + number * 1_234_567
        task = (rng.choice(TASKS), rng.randrange(1, 90000), rng.randrange(4))
        if mapped and rng.random() < 0.45:
            dom, iova, size = mapped.pop(rng.randrange(len(mapped)))
            unmapped = rng.choice([size] * 8 + [0, PAGE])
            events.append(("unmap", when, task, dom, iova, size, unmapped))
            continue
        dom = rng.choice([0xffff888100a00000 + i * 0x1000 for i in range(3)])
        size = PAGE * rng.choice([1, 1, 1, 2, 16, 512])
        iova = PAGE * rng.randrange(1 << 20) & -size
        prot = rng.choice([READ, READ | WRITE, WRITE, WRITE | 4])
        gpa = PAGE * rng.randrange(1 << 24)
        mapped.append((dom, iova, size))
        events.append(("map", when, task, dom, iova, size, gpa, prot))
    return events


# ---- what is said of an event ------------------------------------------------

def tracepoint(event):
    name, iova, size = event[0], event[4], event[5]
    head = f"IOMMU: iova=0x{iova:016x} - 0x{iova + size:016x}"
    if name == "map":
        return name, f"{head} paddr=0x{event[6]:016x} size={size}"
    return name, f"{head} size={size} unmapped_size={event[6]}"


def old_tracepoint(event):
    """Up to Linux 5.16."""
    name, text = tracepoint(event)
    return name, re.sub(r" - 0x\w+", "", text)


def raw_tracepoint(event):
    """trace-cmd report -R"""
    name, text = old_tracepoint(event)
    return name, text.replace("IOMMU: ", " ")


def probe(event, where="iommu_map_nosync+0x4/0x310"):
    name, dom, iova, size = event[0], *event[3:6]
    text = f"({where}) dom=0x{dom:x} iova=0x{iova:x}"
    if name == "map":
        text += f" pa=0x{event[6]:x} size=0x{size:x} prot=0x{event[7]:x}"
    else:
        text += f" size=0x{size:x}"
    return "k" + name, text


def raw_probe(event):
    name, text = probe(event, "x")
    return name, text.replace("(x)", " __probe_ip=ffffffff87586684")


# ---- lines -------------------------------------------------------------------
# Each is given name, text, task, pid, cpu and nanoseconds.

def ftrace(n, t, task, pid, cpu, ns):
    return f"{task:>16}-{pid:<7} [{cpu:03}] d.h1. {ns / 1e9:12.6f}: {n}: {t}"


def group_of(name):
    return "kprobes" if name.startswith("k") else "iommu"


LINES = {
    "trace_pipe": ftrace,
    "noirq-info": lambda n, t, task, pid, cpu, ns:
        f"{task:>16}-{pid:<7} [{cpu:03}] {ns / 1e9:12.6f}: {n}: {t}",
    "record-tgid": lambda n, t, task, pid, cpu, ns:
        f"{task:>16}-{pid:<7} ({pid:7}) [{cpu:03}] ..... {ns / 1e9:12.6f}: "
        f"{n}: {t}",
    "record-tgid, unknown": lambda n, t, task, pid, cpu, ns:
        f"{task:>16}-{pid:<7} (-------) [{cpu:03}] .... {ns / 1e9:12.6f}: "
        f"{n}: {t}",
    "nocontext-info": lambda n, t, task, pid, cpu, ns: f"{n}: {t}",
    "counting clock": lambda n, t, task, pid, cpu, ns:
        f"{task:>16}-{pid:<7} [{cpu:03}] ..... {ns}: {n}: {t}",
    "latency": lambda n, t, task, pid, cpu, ns:
        f"{task:>8.8}-{pid:<7} {cpu:3}d.h1. {ns // 1000}us+: {n}: {t}",
    "latency, no mark": lambda n, t, task, pid, cpu, ns:
        f"{task:>8.8}-{pid:<7} {cpu:3}..... {ns // 1000}us : {n}: {t}",
    "latency, verbose": lambda n, t, task, pid, cpu, ns:
        f"{task:>16} {pid:7} {cpu:3} 0 00000000 00000001 [{ns // 1000:08x}] "
        f"{ns / 1e6:.3f}ms (+0.246ms): {n}: {t}",
    "trace-cmd": lambda n, t, task, pid, cpu, ns:
        f"{task:>16}-{pid:<5} [{cpu:03}] {ns / 1e9:12.6f}: {n + ':':<21} {t}",
    "trace-cmd -t": lambda n, t, task, pid, cpu, ns:
        f"{task:>16}-{pid:<5} [{cpu:03}] {ns / 1e9:15.9f}: {n + ':':<21} {t}",
    "trace-cmd -l": lambda n, t, task, pid, cpu, ns:
        f"{task:>8.8}-{pid:<5} {cpu:3}..... {ns / 1e9:12.6f}: "
        f"{n + ':':<21} {t}",
    "trace-cmd --ts-diff": lambda n, t, task, pid, cpu, ns:
        f"{task:>16}-{pid:<5} [{cpu:03}] {ns / 1e9:12.6f}: (+55)    "
        f"{n + ':':<21} {t}",
    "trace-cmd, instance": lambda n, t, task, pid, cpu, ns:
        f"mine: {task:>16}-{pid:<5} [{cpu:03}] {ns / 1e9:12.6f}: "
        f"{n + ':':<21} {t}",
    "perf": lambda n, t, task, pid, cpu, ns:
        f"{task:>16} {pid:5} [{cpu:03}] {ns / 1e9:12.6f}: "
        f"{group_of(n) + ':' + n:>16}: {t}",
    "perf --ns": lambda n, t, task, pid, cpu, ns:
        f"{task:>16} {pid:5} [{cpu:03}] {ns / 1e9:15.9f}: "
        f"{group_of(n)}:{n}: {t}",
    "perf, pid and tid": lambda n, t, task, pid, cpu, ns:
        f"{task:>16} {pid:5}/{pid:<5} [{cpu:03}] {ns / 1e9:12.6f}: "
        f"{group_of(n)}:{n}: {t}",
    "perf, period": lambda n, t, task, pid, cpu, ns:
        f"{task:>16} {pid:5} [{cpu:03}] {ns / 1e9:12.6f}:          1 "
        f"{group_of(n)}:{n}: {t}",
    "perf, ip and symbol": lambda n, t, task, pid, cpu, ns:
        f"{task:>16} {pid:5} [{cpu:03}] {ns / 1e9:12.6f}: "
        f"{group_of(n)}:{n}: {t} ffffffff87586685 iommu_map_nosync",
    "perf, call chain": lambda n, t, task, pid, cpu, ns:
        f"{task:>16} {pid:5} [{cpu:03}] {ns / 1e9:12.6f}: "
        f"{group_of(n)}:{n}: {t}\n"
        "\tffffffff87586685 iommu_map_nosync+0x5 ([kernel.kallsyms])\n"
        "\tffffffff87586900 iommu_map+0x10 ([kernel.kallsyms])\n",
    "perf, no time": lambda n, t, task, pid, cpu, ns:
        f"{task:>16} {group_of(n)}:{n}: {t}",
    "perf, event alone": lambda n, t, task, pid, cpu, ns:
        f"{group_of(n)}:{n}: {t}",
    "perf probe": lambda n, t, task, pid, cpu, ns:
        f"{task:>16} {pid:5} [{cpu:03}] {ns / 1e9:12.6f}: "
        f"{group_of(n).replace('kprobes', 'probe')}:{n}: {t}",
    "kernel log": lambda n, t, task, pid, cpu, ns:
        f"[{ns / 1e9:12.6f}] {n}: {t}",
    "kernel log, raw": lambda n, t, task, pid, cpu, ns:
        f"<6>[{ns / 1e9:12.6f}][{'T' + str(pid):>6}] {n}: {t}",
    "kernel log, date": lambda n, t, task, pid, cpu, ns:
        f"[Fri Nov 27 19:31:11 2026] {n}: {t}",
    "journal": lambda n, t, task, pid, cpu, ns:
        f"Nov 27 19:31:11 host kernel: {n}: {t}",
    "dump on oops": lambda n, t, task, pid, cpu, ns:
        f"[{ns / 1e9:12.6f}] {task:>8.8}-{pid:<7} {cpu:3}..... "
        f"{ns // 1000}us : {n}: {t}",
}
POINTS = {"": (probe, tracepoint), "Linux 5.16": (probe, old_tracepoint),
          "raw": (raw_probe, raw_tracepoint),
          "address": (lambda e: probe(e, "ffffffff87586684"), tracepoint)}


def render(events, line, points):
    rows = ["# tracer: nop", "#", "cpus=4"]
    for event in events:
        when, (task, pid, cpu) = event[1:3]
        for form in points:
            name, text = form(event)
            rows.append(line(name, text, task, pid, cpu, when))
    return "\n".join(rows) + "\n"


# ---- files -------------------------------------------------------------------

def coloured(text):
    return re.sub(r"(map|iova)", "\033[01;31m\033[K\\1\033[m\033[K", text)


ENDS = {
    "CR LF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "no end": lambda text: text.rstrip("\n").encode(),
    "mark of UTF-8": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "colours": lambda text: coloured(text).encode(),
    "lost": lambda text: text.encode(),
}


def zstd(data):
    return subprocess.run(["zstd", "-q"], input=data, stdout=subprocess.PIPE,
                          check=True).stdout


PACKED = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress,
          "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE)}
LIBLZMA = ("xz", "lzma")
if shutil.which("zstd"):
    PACKED["zst"] = zstd


def drop_missing(test):
    """Without a library its form is refused by name; that is tested then."""
    for name in list(PACKED):
        code, _, said = test.replay(PACKED[name](b"text\n"))
        if code == 2 and "this hvpt was built without" in said:
            print(f"not built in: {name}")
            del PACKED[name]


def in_two(pack):
    def both(data):
        half = len(data) // 2
        return pack(data[:half]) + pack(data[half:])
    return both


# ---- replays -----------------------------------------------------------------

class Test:
    """Runs the command and counts what goes wrong."""

    def __init__(self, command, folder):
        self.command = command
        self.folder = folder
        self.checks = 0
        self.failures = 0

    def replay(self, data, stdin=False):
        """Return: exit code, figures, messages."""
        path = os.path.join(self.folder, "trace")
        with open(path, "wb") as file:
            file.write(data)
        done = subprocess.run(
            [*self.command, "replay", "--json", "-", "--seed", "7",
             "-" if stdin else path],
            input=data if stdin else None, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, check=False)
        figures = json.loads(done.stdout) if done.stdout else {}
        for key in OF_THE_TEXT:
            figures.pop(key, None)
        return done.returncode, figures, done.stderr.decode()

    def that(self, good, what):
        self.checks += 1
        if not good:
            self.failures += 1
            print(f"FAIL: {what}")

    def same(self, wanted, data, what, stdin=False):
        code, figures, said = self.replay(data, stdin)
        differing = {key: (wanted.get(key), figures.get(key))
                     for key in {*wanted, *figures}
                     if wanted.get(key) != figures.get(key)}
        self.that(code == 0 and not differing,
                  f"{what}: exit {code}, {differing} {said[:300]}")

    def refused(self, data, error, what, stdin=False):
        code, _, said = self.replay(data, stdin)
        self.that(code == 2 and error in said,
                  f"{what}: exit {code}, not '{error}' but {said[:300]}")


def test_lines(test, events, wanted):
    for points_name, points in POINTS.items():
        for name, line in LINES.items():
            text = render(events, line, points)
            test.same(wanted, text.encode(), f"{name} {points_name}")


def test_files(test, events, wanted, rng):
    for name, end in ENDS.items():
        line = rng.choice(list(LINES))
        text = render(events, LINES[line], POINTS[""])
        test.same(wanted, end(text), f"{name}, {line}")
    text = render(events, ftrace, POINTS[""]).encode()
    for name, pack in PACKED.items():
        for stdin in (False, True):
            test.same(wanted, pack(text), f"{name} {stdin}", stdin)
        if name != "lzma":
            test.same(wanted, in_two(pack)(text), f"two of {name}")
            test.same(wanted, pack(text) + pack(b""), f"{name} and nothing")
    if "gz" in PACKED:
        test.same(wanted, gzip.compress(text) + bytes(512), "gz, padded")


def test_damaged(test, events, rng):
    text = render(events, ftrace, POINTS[""]).encode()
    for name, pack in PACKED.items():
        data = pack(text)
        for _ in range(4):
            cut = rng.randrange(16, len(data) - 1)
            test.refused(data[:cut], f"the .{name} data is truncated",
                         f"{name} cut at {cut}", rng.random() < 0.5)
        test.refused(data + b"more than a few bytes follow",
                     f"the .{name} data is corrupt" if name in LIBLZMA else
                     f"other data follows the .{name} data",
                     f"{name} and garbage")
        test.refused(pack(data), "compressed more than once", f"{name} twice")
        if name != "lzma":
            at = rng.randrange(len(data) // 2, len(data) - 16)
            data = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1:]
            test.refused(data, f"the .{name} data is", f"{name} wrong at {at}")
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        wide = text.decode().encode(encoding)
        kind = encoding[:6].upper()
        mark = "\ufeff".encode(encoding)
        test.refused(wide, kind, encoding)
        test.refused(mark + wide, kind, f"{encoding} with a mark")
        test.refused(lzma.compress(mark + wide), kind, f"{encoding}, packed")


def main():
    seed = int(os.environ.get("HVPT_SEED", "20261127"), 0)
    print(f"HVPT_SEED={seed}")
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        test = Test(sys.argv[1:], folder)
        drop_missing(test)
        for _ in range(ROUNDS):
            events = make_events(rng)
            text = render(events, ftrace, POINTS[""])
            code, wanted, said = test.replay(text.encode())
            test.that(code == 0 and wanted["events"] == EVENTS and
                      wanted["named"] == EVENTS and wanted["mismatches"] == 0,
                      f"reference: exit {code} {said} {wanted}")
            test_lines(test, events, wanted)
            test_files(test, events, wanted, rng)
            test_damaged(test, events, rng)
    print(f"{test.checks} checks, {test.failures} failures")
    sys.exit(test.failures != 0)


main()
