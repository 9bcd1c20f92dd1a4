# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Protocols: proofs/order/*.pml, checked by spin in every interleaving.

The first comment of a protocol has

    Models: FILE NAME         whose order it models; often several
    Reached: MACRO            with it an assertion fails where all is done, so
                              the end can be reached
    Weakened: MACRO WHY       with it an assertion must fail
"""

import collections
import os
import re
import subprocess
import tempfile

import tree

FOLDER = os.path.join("proofs", "order")
FIELD = re.compile(r"^ \* (Models|Reached|Weakened): (.*)$", re.M)
ERRORS = re.compile(r"errors: (\d+)$", re.M)
STATES = re.compile(r"^ *([\d.e+]+) states, stored", re.M)
# Only safety: assertions and deadlocks. Far deeper than any of them is.
BUILD = ["gcc", "-w", "-DSAFETY", "-o", "pan", "pan.c"]
SEARCH = ["./pan", "-m1000000"]

Protocol = collections.namedtuple(
    "Protocol", "name path text models reached weakened")
Verdict = collections.namedtuple("Verdict", "asserted errors states")


class Failed(Exception):
    """The file is no protocol, or spin gives no verdict."""


def read(path, root=tree.ROOT):
    text = tree.read(os.path.join(root, path))
    fields = collections.defaultdict(list)
    for key, value in FIELD.findall(text):
        fields[key].append(value)
    if len(fields["Reached"]) != 1 or not fields["Weakened"] \
            or not fields["Models"]:
        raise Failed(f"{path}: needs Models, one Reached, and Weakened")
    weakened = [tuple(one.split(" ", 1)) for one in fields["Weakened"]]
    for macro in fields["Reached"] + [one[0] for one in weakened]:
        if not re.search(rf"^#.*\b{macro}\b", text, re.M):
            raise Failed(f"{path}: nothing depends on {macro}")
    return Protocol(os.path.basename(path)[:-len(".pml")], path, text,
                    [tuple(one.split()) for one in fields["Models"]],
                    fields["Reached"][0], weakened)


def all_protocols(root=tree.ROOT):
    folder = os.path.join(root, FOLDER)
    return [read(os.path.join(FOLDER, name), root)
            for name in sorted(os.listdir(folder)) if name.endswith(".pml")]


def output(command, folder):
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    return done.returncode, done.stdout


def run(protocol, macro=None):
    """What spin finds with the macro defined."""
    with tempfile.TemporaryDirectory() as work:
        tree.write(os.path.join(work, "model.pml"), protocol.text)
        define = [f"-D{macro}"] if macro else []
        for command in (["spin", *define, "-a", "model.pml"], BUILD, SEARCH):
            code, said = output(command, work)
            if code != 0:
                raise Failed(f"{protocol.path}: {command[0]}: {said}")
    errors, states = ERRORS.search(said), STATES.search(said)
    if not errors or not states or "too small" in said:
        raise Failed(f"{protocol.path}: spin: {said}")
    return Verdict("assertion violated" in said, int(errors[1]),
                   int(float(states[1])))


def check(protocol):
    """Runs all forms. Return: states of the protocol, and problems."""
    problems = []
    plain = run(protocol)
    if plain.errors:
        problems.append(f"{protocol.path}: it goes wrong")
    if not run(protocol, protocol.reached).asserted:
        problems.append(f"{protocol.path}: its end is not reached")
    for macro, why in protocol.weakened:
        if not run(protocol, macro).asserted:
            problems.append(f"{protocol.path}: not refuted: {macro} {why}")
    return plain.states, problems
