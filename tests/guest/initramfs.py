# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""An initramfs without root: the newc form of cpio, written by hand.

Documentation/driver-api/early-userspace/buffer-format.rst of Linux.
"""

import gzip
import lzma
import os
import re

MODE_DIRECTORY = 0o40755
MODE_LINK = 0o120777
MODE_CHARACTER = 0o20600


class Archive:
    """Collects files, then writes them."""

    def __init__(self):
        self.entries = []
        self.folders = set()
        for name in ("dev", "proc", "sys", "tmp", "bin", "mnt", "etc"):
            self.folder(name)
        self.entries.append(("dev/console", MODE_CHARACTER, b"", (5, 1)))

    def folder(self, name):
        parts = name.split("/")
        for count in range(1, len(parts) + 1):
            path = "/".join(parts[:count])
            if path not in self.folders:
                self.folders.add(path)
                self.entries.append((path, MODE_DIRECTORY, b"", (0, 0)))

    def file(self, name, data, mode=0o755):
        if os.path.dirname(name):
            self.folder(os.path.dirname(name))
        self.entries.append((name, 0o100000 | mode, data, (0, 0)))

    def link(self, name, to):
        self.entries.append((name, MODE_LINK, to.encode(), (0, 0)))

    def write(self, path):
        with gzip.open(path, "wb", compresslevel=1) as out:
            for number, entry in enumerate(
                    self.entries + [("TRAILER!!!", 0, b"", (0, 0))], 1):
                out.write(record(number, *entry))


def record(number, name, mode, data, device):
    name = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device,
              len(name), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
    return pad(head) + pad(data)


def pad(data):
    return data + b"\0" * (-len(data) % 4)


class Modules:
    """The modules of one kernel, by name."""

    def __init__(self, folder):
        self.paths = {}
        for where, _, names in os.walk(folder):
            for name in names:
                match = re.fullmatch(r"(.+)\.ko(\.xz)?", name)
                if match:
                    key = match.group(1).replace("-", "_")
                    self.paths[key] = os.path.join(where, name)
        with open(os.path.join(folder, "modules.builtin"),
                  encoding="ascii") as file:
            self.builtin = {os.path.basename(line.strip())[:-3].replace(
                "-", "_") for line in file}

    def read(self, name):
        path = self.paths[name]
        with open(path, "rb") as file:
            data = file.read()
        return lzma.decompress(data) if path.endswith(".xz") else data

    def closure(self, name, found):
        """Adds to found, in load order: what name needs, then name."""
        name = name.replace("-", "_")
        if name in found or name in self.builtin:
            return
        if name not in self.paths:
            raise KeyError(f"no module {name}")
        data = self.read(name)
        needs = re.findall(rb"\0depends=([^\0]*)", data)[:1]
        needs += re.findall(rb"\0softdep=pre: ([^\0]*)", data)
        for need in re.split(r"[ ,]+", b" ".join(needs).decode()):
            if need and (need.replace("-", "_") in self.paths):
                self.closure(need, found)
        found[name] = data
