# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""How long each case took in a guest, kept in a file of lines.

A line has the kernel, the mode, the boot, the case, its result and its seconds.
The case WHOLE is the boot itself, with what starts and ends it.
"""

import os
import time

WHOLE = "whole"


class Clock:
    """Listens to the console of a boot."""

    def __init__(self):
        self.start = self.last = time.monotonic()
        self.rows = []

    def line(self, text):
        words = text.split()
        if words[:1] == ["RESULT"] and len(words) > 2:
            self.add(words[1], words[2], self.last)

    def add(self, case, result, since):
        self.last = time.monotonic()
        self.rows.append((case, result, round(self.last - since)))

    def end(self, good):
        self.add(WHOLE, "ok" if good else "FAILED", self.start)


def read(path):
    """A list of rows: kernel, mode, boot, case, result, seconds."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii") as file:
        return [tuple(line.split()) for line in file]


def write(path, kernel, mode, boot, rows):
    """Replaces what the file had of this boot."""
    kept = [row for row in read(path) if row[:3] != (kernel, mode, boot)]
    kept += [(kernel, mode, boot, *map(str, row)) for row in rows]
    with open(path, "w", encoding="ascii") as file:
        file.writelines(" ".join(row) + "\n" for row in kept)
