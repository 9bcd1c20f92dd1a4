# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The instructions of an object file, with the source lines they stem from."""

import collections
import os
import re

from toolchain import output_of

SYMBOL = re.compile(r"^[0-9a-f]+ <(\S+)>:$")
PLACE = re.compile(r"^(/\S+):(\d+)(?: \(discriminator \d+\))?$")
INSTRUCTION = re.compile(r"^\s+([0-9a-f]+):\t(.*)$")

# place: name of the source and line; text: without comments
Instruction = collections.namedtuple("Instruction",
                                     "symbol place address text")


def instructions(path, objdump="objdump"):
    """All of an object that was compiled with -g, in the order they lie."""
    said = output_of([objdump, "-dl", "--no-show-raw-insn", path])
    symbol, place = None, None
    for line in said.splitlines():
        if found := SYMBOL.match(line):
            symbol, place = found[1], None
        elif found := PLACE.match(line):
            place = os.path.basename(found[1]), int(found[2])
        elif found := INSTRUCTION.match(line):
            text = re.split(r"\s*(?:#|//)\s", found[2])[0]
            yield Instruction(symbol, place, int(found[1], 16),
                              " ".join(text.split()))
