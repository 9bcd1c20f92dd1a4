#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""hvpt dump and hvpt walk on a guest's memory.

Usage: memory.py IMAGE HVPT [EMULATOR...]

IMAGE writes tables of the library to a raw image. The same tables are then in
ELF cores, in files that are cut, sparse or of another form, and with entries
that are spoiled.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile

BASE = 0x100000
PAGES = 32
PT_LOAD, PT_NOTE = 1, 4
P, RW, US, A, D, PS = 1, 2, 4, 0x20, 0x40, 0x80
TABLE = P | RW | US | A
XD = 1 << 63

EXPECTED = """\
root 0x100000: up to 0xffffffffffffffff, 9 mappings, 6 of 4K, 2 of 2M, 1 of 1G
  0x000000001000-0x000000003fff -> 0x000000005000 4K x 3  rwad
  0x000000010000-0x000000010fff -> 0x000000009000 4K x 1  r-a-
  0x000000200000-0x0000005fffff -> 0x000040000000 2M x 2  rwad
  0x000140000000-0x00017fffffff -> 0x000080000000 1G x 1  r-a-
  0x7fffffffe000-0x7fffffffffff -> 0x000000123000 4K x 2  rwad
Nothing is wrong.
"""


class Test:
    def __init__(self, image, command):
        self.image, self.command = image, command
        self.checks = 0
        self.failed = []

    def make(self, levels=4):
        """A raw image of tables."""
        subprocess.run([*self.command[:-1], self.image, "image", str(levels),
                        hex(BASE)], check=True, stdout=subprocess.DEVNULL)
        with open("image", "rb") as file:
            return bytearray(file.read())

    def run(self, status, *words):
        """Runs hvpt; returns what it printed to both streams."""
        done = subprocess.run([*self.command, *words], capture_output=True,
                              text=True, check=False)
        self.expect(done.returncode == status,
                    f"{words}: exit {done.returncode}, not {status}: "
                    f"{done.stderr}{done.stdout[-300:]}")
        return done.stdout, done.stderr

    def expect(self, good, what):
        self.checks += 1
        if not good:
            self.failed.append(what)

    def says(self, text, where, what):
        self.expect(text in where, f"{what}: '{text}' is not in: {where}")

    def dump(self, status, data, *texts, words=()):
        """Dumps @data; each of @texts is in the output."""
        write("memory", data)
        out, err = self.run(status, "dump", "--memory", "memory", "--root",
                            hex(BASE), *words)
        for text in texts:
            self.says(text, err if status == 2 else out, "dump")
        return out, err

    def walk(self, status, data, iova, *texts, words=()):
        write("memory", data)
        out, err = self.run(status, "walk", "--memory", "memory", "--root",
                            hex(BASE), *words, "--", hex(iova))
        for text in texts:
            self.says(text, err if status == 2 else out, f"walk {iova:#x}")
        return out, err


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def set_entry(data, gpa, value):
    struct.pack_into("<Q", data, gpa, value)


def get_entry(data, gpa):
    return struct.unpack_from("<Q", data, gpa)[0]


def elf(segments, kind=4, machine=62, headers=None, bits=2):
    """A core with (gpa, bytes) as segments, each at an odd offset."""
    count = headers if headers is not None else len(segments) + 1
    offset = 64 + 56 * (len(segments) + 1)
    table = struct.pack("<IIQQQQQQ", PT_NOTE, 0, offset, 0, 0, 0, 0, 0)
    body = b""
    for gpa, data in segments:
        body += b"#" * 13
        table += struct.pack("<IIQQQQQQ", PT_LOAD, 0, offset + len(body),
                             0, gpa, len(data), len(data), 0)
        body += data
    head = b"\x7fELF" + bytes([bits, 1, 1]) + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", kind, machine, 1, 0, 64, 0, 0, 64,
                        56, count, 64, 0, 0)
    return head + table + body


# ---- what is right -----------------------------------------------------------

def test_raw(test):
    image = test.make()
    out, err = test.dump(0, image)
    test.expect(out == EXPECTED, f"raw: {out}")
    test.expect(err == "", f"raw: {err}")
    found = json.loads(test.dump(0, image, words=["--json"])[0])
    test.expect(found["problems"] == 0 and
                found["domains"][0]["root"] == "0x100000" and
                len(found["domains"][0]["ranges"]) == 5, f"JSON: {found}")
    test.walk(0, image, 0x201234, "-> gpa 0x40001234, in a 2M page, rwad",
              "the iova is mapped, for reads and writes", words=["--write"])
    test.walk(0, image, 0x140000008, "-> gpa 0x80000008, in a 1G page, r-a-")
    test.walk(0, image, 0x7fffffffffff, "-> gpa 0x124fff, in a 4K page")


def test_elf(test):
    image = test.make()
    whole = [(0, bytes(image))]
    # Each table page in a segment of its own, and one page in two.
    pages = [(BASE + 4096 * i, bytes(image[BASE + 4096 * i:][:4096]))
             for i in reversed(range(PAGES))]
    split = [(BASE + 4096 * i + part, data[part:][:2048])
             for i, (_, data) in enumerate(reversed(pages))
             for part in (2048, 0)]
    for segments in (whole, pages, split):
        out, err = test.dump(0, elf(segments))
        test.expect(out == EXPECTED, f"ELF: {out}{err}")
    # More headers than 16 bits hold: section 0 has their number.
    data = bytearray(elf(pages, headers=0xffff))
    section = struct.pack("<IIQQQQIIQQ", 0, 0, 0, 0, 0, 0, 0, PAGES + 1, 0, 0)
    struct.pack_into("<Q", data, 40, len(data))
    out, err = test.dump(0, data + section)
    test.expect(out == EXPECTED, f"PN_XNUM: {out}{err}")


def test_levels(test):
    image = test.make(levels=5)
    out, _ = test.dump(0, image, words=["--levels", "5"])
    test.expect(out == EXPECTED, f"5 levels: {out}")
    test.walk(0, image, 0x1000, "PML5E", "-> gpa 0x5000",
              words=["--levels", "5"])
    # With 4 levels, the PML5 is read as a PML4.
    test.walk(0, image, 0x1000, "-> gpa 0x40000000, in a 4K page",
              words=["--levels", "4"])


def test_forms(test):
    """The upper half of the tables is what the form says."""
    image = test.make()
    set_entry(image, BASE + 8 * 511, get_entry(image, BASE))
    set_entry(image, BASE, 0)
    test.dump(0, image, "0xffffff8000001000-0xffffff8000003fff")
    test.dump(0, image, "0xff8000001000-0xff8000003fff",
              words=["--iova-form", "plain"])
    test.walk(0, image, 0xffffff8000001000, "-> gpa 0x5000")
    test.walk(1, image, 0xff8000001000,
              "not canonical: bits 63 to 47 are not all equal")
    test.walk(0, image, 0xff8000001000, "-> gpa 0x5000",
              words=["--iova-form", "plain"])
    test.walk(1, image, 0xffffff8000001000, "the iova has more than 48 bits",
              words=["--iova-form", "plain"])


def test_sparse(test):
    """A huge file with holes costs nothing; tables may be far in it."""
    image = test.make()
    far = 0x10000000000
    with open("sparse", "wb") as file:
        file.seek(far)
        data = bytearray(image[BASE:])
        for at in range(0, len(data), 8):
            entry = get_entry(data, at)
            if entry & P and BASE <= entry & ~0xfff < BASE + 4096 * PAGES:
                set_entry(data, at, entry - BASE + far)
        file.write(data)
        file.truncate(far * 2)
    out, _ = test.run(0, "dump", "--memory", "sparse", "--root", hex(far))
    test.says("9 mappings", out, "sparse")
    out, _ = test.run(0, "dump", "--memory", "sparse", "--root", hex(2 * BASE))
    test.says("0 mappings", out, "a hole")


# ---- why a walk faults -------------------------------------------------------

def leaf_of(image, iova, level=0):
    """gpa of the entry for @iova at a level."""
    table = BASE
    for above in (3, 2, 1, 0):
        at = table + 8 * (iova >> 12 + 9 * above & 511)
        if above == level:
            return at
        table = get_entry(image, at) & 0xffffffffff000
    return None


def test_faults(test):
    image = test.make()
    at = leaf_of(image, 0x1000)
    entry = get_entry(image, at)
    test.walk(1, image, 0x4000, "faults: nothing is mapped: P is clear in "
              "the PTE")
    test.walk(1, image, 0x8000000000, "nothing is mapped: P is clear in the "
              "PML4E")
    test.walk(1, image, 0x10000, "faults: R/W is clear in the PTE: only reads "
              "are allowed", words=["--write"])
    test.walk(0, image, 0x10000, "mapped, for reads only")
    test.walk(1, image, 0x800000000000, "the iova is not canonical")
    cases = [
        (at, entry | XD, "reserved bits 0x8000000000000000 are set in the "
         "PTE", "63     XD       1  reserved: must be 0  <- WRONG"),
        (at, entry & ~US, "U/S is clear in the PTE: it is not for devices",
         "supervisor only"),
        (at, entry & ~A, "-> gpa 0x5000, in a 4K page, rw-d",
         "not accessed yet"),
        (leaf_of(image, 0x1000, 3), TABLE | PS | BASE + 4096,
         "reserved bits 0x80 are set in the PML4E", "7      reserved 1"),
        (leaf_of(image, 0x200000, 1), TABLE | PS | 0x40002000,
         "reserved bits 0x2000 are set in the PDE", "20:13"),
        (leaf_of(image, 0x1000, 2), 0x40000000 | TABLE,
         "the table at 0x40000000 is not in the memory", "PDPTE"),
        (leaf_of(image, 0x1000, 1), BASE + 4096 * 3 | P | US | A,
         "PDE", "R/W      0  no writes"),
    ]
    for at, value, *texts in cases:
        spoiled = bytearray(image)
        set_entry(spoiled, at, value)
        iova = 0x200000 if "PDE," in texts[0] or "20:13" in texts else 0x1000
        status = 0 if "->" in texts[0] else 1
        if texts[1].startswith("R/W"):
            spoiled = bytearray(image)
            below = get_entry(image, at) & ~RW
            set_entry(spoiled, at, below)
            texts = ["R/W is clear in the PDE: only reads are allowed",
                     texts[1]]
            test.walk(1, spoiled, iova, *texts, words=["--write"])
            continue
        test.walk(status, spoiled, iova, *texts)
    spoiled = bytearray(image)
    set_entry(spoiled, at := leaf_of(image, 0x1000), entry | 1 << 45)
    test.walk(0, spoiled, 0x1000, "-> gpa 0x200000005000")
    test.walk(1, spoiled, 0x1000, "reserved bits 0x200000000000 are set in "
              "the PTE", "51:40", words=["--maxphyaddr", "40"])


def test_problems(test):
    """hvpt dump names each entry that is wrong, and where it is."""
    image = test.make()
    pml4, entry = BASE, get_entry(image, BASE)
    cases = [
        (pml4 + 8, BASE | TABLE, "WRONG: it points at a table above it"),
        (pml4 + 8, entry, "WRONG: it points at a table that was met before"),
        (pml4 + 8, 0x7000000000 | TABLE,
         "WRONG: it points at a table that is not in the memory"),
        (pml4 + 8, entry | PS, "WRONG: reserved bit set"),
        (pml4 + 8, entry & ~US, "WRONG: supervisor only"),
        (leaf_of(image, 0x1000), 0x8000000000005027, "WRONG: reserved bit"),
    ]
    for at, value, text in cases:
        spoiled = bytearray(image)
        set_entry(spoiled, at, value)
        test.dump(1, spoiled, text, "1 mapping is wrong.",
                  f"(entry 0x{value:016x} at {at:#x})")
        found = json.loads(test.dump(1, spoiled, words=["--json"])[0])
        wrong = [r for r in found["domains"][0]["ranges"] if "problem" in r]
        test.expect(len(wrong) == 1 and found["problems"] == 1 and
                    wrong[0]["entry_gpa"] == hex(at), f"JSON: {wrong}")
    spoiled = bytearray(image)
    set_entry(spoiled, pml4 + 8, entry)
    test.dump(1, spoiled, "WRONG: it stands for no iova",
              words=["--width", "39"])


def test_bounds(test):
    """Tables that are made to cost: each table is read once."""
    image = bytearray(BASE + 4096 * PAGES)
    for i in range(512):
        set_entry(image, BASE + 8 * i, BASE | TABLE)
    test.dump(1, image, "512 mappings are wrong.", "above it")
    # 512 entries of each table lead to all tables of the level below.
    for level in range(3):
        for i in range(512):
            set_entry(image, BASE + 4096 * level + 8 * i,
                      BASE + 4096 * (level + 1) | TABLE)
    for i in range(512):
        set_entry(image, BASE + 4096 * 3 + 8 * i, 0x1000 * i | TABLE)
    test.dump(1, image, "met before", f"{511 * 3} mappings are wrong.")
    test.walk(0, image, 0x123456789abc)


# ---- input that is wrong ----------------------------------------------------

def test_refused(test):
    image = bytes(test.make())
    core = elf([(0, image)])
    head = bytearray(core)
    head[5] = 2
    big = bytes(head)
    for data, text in [
            (b"", "memory: it is empty"),
            (b"x" * 100, "memory: too short: a table has 4096 bytes"),
            (image[:BASE], "--root: 0x100000 is not in memory, which has "
             "0x0-0xfffff"),
            (core[:40], "an ELF file that ends within its header"),
            (core[:100], "an ELF core that ends within its program headers"),
            (elf([(0, image)], bits=1), "a 32-bit ELF file"),
            (big, "a big-endian ELF file"),
            (elf([(0, image)], kind=2), "an ELF file, but not a core"),
            (elf([]), "an ELF core without memory"),
            (elf([(0x40000000, image)]), "--root: 0x100000 is not in memory, "
             f"which has 0x40000000-{0x40000000 + len(image) - 1:#x}"),
            (elf([(0, image)], headers=0xffff), "ends before its section"),
            (b"KDUMP   " + image, "a compressed kdump; makedumpfile -E"),
            (b"PAGEDU64" + image, "a Windows crash dump"),
            (b"EMiL" + image, "a LiME dump"),
            (b"\xfd7zXZ\0" + image, "compressed by xz; decompress it first"),
            (b"\x1f\x8b" + image, "compressed by gzip"),
    ]:
        out, _ = test.dump(2, data, f"hvpt dump: {text}"
                           if text.startswith("--") else text)
        test.expect(out == "", f"{text}: {out}")
        test.walk(2, data, 0x1000, text)
    # Cut within the tables: what is there is shown.
    out, err = test.dump(1, core[:len(core) - 4096 * (PAGES - 2)],
                         "that is not in the memory")
    test.says("note: it is cut off", err, "cut")


def test_usage(test):
    write("memory", bytes(test.make()))
    memory = ["--memory", "memory"]
    root = [*memory, "--root", "0x100000"]
    for words, text in [
            (["dump", *memory], "--memory needs --root GPA"),
            (["dump", "--memory", "none", "--root", "0"],
             "none: No such file or directory"),
            (["dump", "--memory", ".", "--root", "0"], ".: Is a directory"),
            (["dump", "--memory", "", "--root", "0"], "'': No such file"),
            (["dump", *memory, "--root", "0x100123"],
             "--root: 0x100123 is not 4 KiB aligned"),
            (["dump", *memory, "--root", "here"], "--root: must be a 64-bit"),
            (["dump", *memory, "--root", "0x8000000000000000"],
             "--root is above the physical address width"),
            (["dump", *root, "--at", "3"], "--at and --domain are for a "
             "trace"),
            (["dump", *root, "--maxphyaddr", "53"], "must be 36 .. 52"),
            (["dump", *root, "--levels", "3"], "must be 4 or 5"),
            (["dump", *root, "trace"], "exclude each other"),
            (["dump", "--root", "0", "trace"], "--root: only with --memory"),
            (["walk", *root], "no IOVA given"),
            (["walk", *root, "0x1000", "2"], "'2' is one word too many"),
            (["walk", *root, "1000h"], "IOVA: must be a 64-bit number"),
            (["walk", *root, "0x10000000000000000"], "IOVA: must be a 64-bit"),
            (["walk", *memory, "0x1000"], "--memory needs --root"),
            (["walk", *root, "--width", "50", "1"], "span at most 48 bits"),
    ]:
        out, err = test.run(2, *words)
        test.says(text, err, str(words))
        test.expect(out == "" and err.count("\n") == 1, f"{words}: {err}")
    done = subprocess.run([*test.command, "dump", "--memory", "/dev/stdin",
                           "--root", "0"], input=b"x" * 5000,
                          capture_output=True, check=False)
    test.says("a file is needed, not a pipe", done.stderr.decode(), "pipe")


def main():
    image, hvpt, *emulator = sys.argv[1:]
    test = Test(os.path.abspath(image),
                [*emulator, os.path.abspath(hvpt)])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, function in sorted(globals().items()):
            if name.startswith("test_"):
                function(test)
        os.chdir("/")
    for what in test.failed:
        print(what)
    print(f"{test.checks} checks, {len(test.failed)} failed")
    sys.exit(bool(test.failed))


main()
