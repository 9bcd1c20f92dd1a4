# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Litmus tests: proofs/order/*.litmus, run by herd7.

The condition of a test says what must never happen. Its first comment has

    Models: FILE NAME                 whose order it models; often several
    Port: MACRO PRIMITIVE             of the Linux port, as the test uses it
    Reached: CONDITION                must happen, so the test is no empty one
    Weakened: WHY: OLD => NEW [&& ..] with it, it must happen

In a comment "( *" stands for "(" and "*" without the space, which herd7 would
take for another comment. NEW is "nothing" where OLD is taken out. Code is
compared with one space between words. Tests whose name ends in -linux are run
under the Linux kernel's memory model, the others under that of C11 (RC11).
"""

import collections
import os
import re
import subprocess
import tempfile

import tree

FOLDER = os.path.join("proofs", "order")
FIELD = re.compile(r"^ \* (Models|Port|Reached|Weakened): (.*)$", re.M)
SEEN = re.compile(r"^Observation \S+ (Never|Sometimes|Always) ", re.M)
STATES = re.compile(r"^States (\d+)$", re.M)
# herd7 looks for what a kernel's file includes in the current folder.
MODELS = {"linux": ["-conf", "linux-kernel.cfg"], "C11": ["-model", "rc11.cat"]}

Litmus = collections.namedtuple(
    "Litmus", "name path model text models ports reached weakened")
Verdict = collections.namedtuple("Verdict", "seen states")


class Failed(Exception):
    """The text is no test, or herd7 gives no verdict."""


def uncommented(text):
    return text.replace("( *", "(*")


def joined(text):
    """With one space between words."""
    return " ".join(text.split())


def weakening(text, path):
    """WHY: OLD => NEW && ... as a name and pairs of texts."""
    name, _, rest = text.partition(": ")
    pairs = [uncommented(one).split(" => ") for one in rest.split(" && ")]
    if not rest or any(len(pair) != 2 for pair in pairs):
        raise Failed(f"{path}: not a weakened variant: {text}")
    return name, [(old, "" if new == "nothing" else new)
                  for old, new in pairs]


def read(path, root=tree.ROOT):
    text = tree.read(os.path.join(root, path))
    fields = collections.defaultdict(list)
    for key, value in FIELD.findall(text):
        fields[key].append(value)
    name = os.path.basename(path)[:-len(".litmus")]
    if not text.startswith(f"C {name}\n"):
        raise Failed(f"{path}: is not named {name}")
    if len(fields["Reached"]) != 1 or not fields["Weakened"] \
            or not fields["Models"]:
        raise Failed(f"{path}: needs Models, one Reached, and Weakened")
    return Litmus(name, path, "linux" if name.endswith("-linux") else "C11",
                  text, [tuple(one.split()) for one in fields["Models"]],
                  [tuple(one.split()) for one in fields["Port"]],
                  fields["Reached"][0],
                  [weakening(one, path) for one in fields["Weakened"]])


def all_tests(root=tree.ROOT):
    folder = os.path.join(root, FOLDER)
    return [read(os.path.join(FOLDER, name), root)
            for name in sorted(os.listdir(folder)) if name.endswith(".litmus")]


def reached_form(test):
    """The test that asks for what must happen."""
    head, _, _ = test.text.rpartition("\nexists ")
    return f"{head}\nexists ({uncommented(test.reached)})\n"


def weakened_form(test, pairs):
    """The weakened text; what is replaced must be there once, as code."""
    head, comment, code = test.text.partition(" *)\n")
    code = joined(code)
    for old, new in pairs:
        if code.count(old) != 1:
            raise Failed(f"{test.path}: is there {code.count(old)} times: "
                         f"{old}")
        code = code.replace(old, new)
    return head + comment + code + "\n"


def run(herd, folder, test, text):
    """What herd7 says of the text under the model of the test."""
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, test.name + ".litmus")
        tree.write(path, text)
        done = subprocess.run(
            [herd, *MODELS[test.model], path], cwd=folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False)
    seen, states = SEEN.search(done.stdout), STATES.search(done.stdout)
    if done.returncode != 0 or not seen or not states or \
            "Warning" in done.stdout or "Flag " in done.stdout:
        raise Failed(f"{test.path}: herd7: {done.stdout.strip()}")
    return Verdict(seen[1], int(states[1]))


def check(herd, folder, test):
    """Runs all forms. Return: states of the test, and problems."""
    problems = []
    plain = run(herd, folder, test, test.text)
    if plain.seen != "Never":
        problems.append(f"{test.path}: it happens: {plain.seen}")
    if run(herd, folder, test, reached_form(test)).seen == "Never":
        problems.append(f"{test.path}: not reached: {test.reached}")
    for name, pairs in test.weakened:
        if run(herd, folder, test,
               weakened_form(test, pairs)).seen == "Never":
            problems.append(f"{test.path}: not refuted: {name}")
    return plain.states, problems
