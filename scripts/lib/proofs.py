# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What scripts/prove and scripts/check-proofs know of proofs/.

Each C file of a folder of proofs/ is a proof. Its first comment has lines of
the form "Word: text", which may go on in the next lines:

    Functions: the public functions whose contract it proves
    Parts: internal functions that it proves something about
    Bounds: how large the inputs are
    Contract: a header and a part of a comment of it, word by word, that the
        proof states too; scripts/check-contracts compares them
    Run: a name and options of cbmc; several lines give several runs. The word
        "long" behind the name keeps a run out of the quick set.

Without a Run there is one, named "all", without options.
"""

import os
import re

import tree

FOLDER = "proofs"
WORD = re.compile(r"^ \* (Functions|Parts|Bounds|Run|Contract): ?(.*)$")
MORE = re.compile(r"^ \*(?:  +|\t)(\S.*)$")
# How often a loop is unrolled; CBMC proves that it needs no more.
UNWIND = ["--unwind", "9"]
NAME = re.compile(r"\bhvpt_\w+")


class Run:
    """One configuration of a proof."""

    def __init__(self, text):
        words = text.split()
        self.name = words[0]
        self.long = "long" in words[1:2]
        self.options = words[2:] if self.long else words[1:]
        self.options = "\n".join(self.options).replace(",\n", ",").split()
        if "--unwind" not in self.options:
            self.options += UNWIND


class Proof:
    """A file of proofs/ and what its first comment says."""

    def __init__(self, path, root=tree.ROOT):
        self.path = path
        self.name = os.path.splitext(os.path.basename(path))[0]
        said = fields(tree.read(os.path.join(root, path)))
        self.functions = NAME.findall(" ".join(said["Functions"]))
        self.parts = NAME.findall(" ".join(said["Parts"]))
        self.bounds = " ".join(said["Bounds"])
        self.contracts = said["Contract"]
        self.runs = [Run(text) for text in said["Run"] or ["all"]]


def fields(text):
    """The lines "Word: text" of the first comment of a harness."""
    said = {"Functions": [], "Parts": [], "Bounds": [], "Run": [],
            "Contract": []}
    current = None
    for line in text.split("*/")[1].split("\n"):
        begins, goes_on = WORD.match(line), MORE.match(line)
        if begins:
            current = said[begins.group(1)]
            current.append(begins.group(2))
        elif goes_on and current:
            current[-1] += " " + goes_on.group(1)
        else:
            current = None
    return said


def paths(root=tree.ROOT):
    """The proofs, by folder and name."""
    found = []
    top = os.path.join(root, FOLDER)
    for folder in sorted(os.listdir(top)):
        if os.path.isdir(os.path.join(top, folder)):
            found += [f"{FOLDER}/{folder}/{name}" for name in
                      sorted(os.listdir(os.path.join(top, folder)))
                      if name.endswith(".c")]
    return found


def all_proofs(root=tree.ROOT):
    return [Proof(path, root) for path in paths(root)]
