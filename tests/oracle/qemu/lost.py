#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A QEMU that is lost ends `hvpt replay` with a message and exit code 2.

It may be lost before it speaks, while it is set up and between two events.
"stand-in" plays a QEMU and needs none; "killed" kills a real one.

Usage: lost.py stand-in|killed COMMAND
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SKIP = 77
ENDED = "QEMU ended unexpectedly"
EARLY = "QEMU ended before it answered"


def events(first, count):
    return "".join(
        f"1.0: map: IOMMU: iova=0x{at:x} - 0x{at + 0x1000:x} "
        f"paddr=0x{at + 0x100000:x} size=4096\n"
        for at in range(first * 0x1000, (first + count) * 0x1000, 0x1000))


class Test:
    def __init__(self, command):
        self.command = command
        self.checks = 0
        self.failures = 0

    def that(self, good, what):
        self.checks += 1
        if not good:
            self.failures += 1
            print("FAIL:", what)

    def start(self, walker, **variables):
        return subprocess.Popen(
            [self.command, "replay", "--json", "json", "--walker", walker,
             "-"], env=dict(os.environ, **variables), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)

    def end(self, what, process, text, messages):
        """Gives it the rest of the trace; it must fail as it should."""
        out, err = process.communicate(text)
        self.that(process.returncode == 2,
                  f"{what}: exit code {process.returncode}: {err}")
        self.that(any(m in err for m in messages) and
                  err.startswith("<stdin>: error: ") and
                  err.count("\n") == 1, f"{what}: {err}")
        try:
            with open("json", encoding="ascii") as file:
                result = json.load(file)
        except ValueError as error:
            self.that(False, f"{what}: JSON: {error}")
            return out
        self.that(any(m in result["error"] for m in messages),
                  f"{what}: JSON: {result['error']}")
        self.that(result.get("mismatches", 0) == 0, f"{what}: mismatches")
        return out


# ---- without a QEMU ----------------------------------------------------------

def stand_in(test, walker, where, answers, then, *messages):
    what = f"{walker}, {where}: {answers} answers, then {then}"
    process = test.start(
        walker, HVPT_QEMU=os.path.join(HERE, "stand_in.py"),
        HVPT_STAND_IN=f"{where} {answers} {then}")
    test.end(what, process, events(1, 8), messages)


def test_stand_ins(test):
    for then in ("end", "close"):
        stand_in(test, "vtd", "qtest", 0, then, EARLY)
        stand_in(test, "cpu", "monitor", 0, then, EARLY)
        for answers in range(1, 12, 2):
            stand_in(test, "vtd", "qtest", answers, then, ENDED)

        for answers in (1, 2):
            stand_in(test, "cpu", "monitor", answers, then, ENDED)
        for answers in range(9):
            stand_in(test, "cpu", "gdb", answers, then, ENDED)
    for answers in (1, 4):
        stand_in(test, "vtd", "qtest", answers, "nonsense",
                 "qtest: FAIL who knows")
    stand_in(test, "cpu", "monitor", 0, "nonsense", "monitor: no greeting")
    for answers in (1, 2):
        stand_in(test, "cpu", "monitor", answers, "nonsense",
                 'monitor: {"error": "who knows"}')
    stand_in(test, "cpu", "gdb", 1, "nonsense", "gdb: no description")
    for answers in (2, 7):
        stand_in(test, "cpu", "gdb", answers, "nonsense", "gdb: register")


# ---- with one ----------------------------------------------------------------

def find_qemu():
    """As qemu_find() of the command does."""
    if "HVPT_QEMU" in os.environ:
        return os.environ["HVPT_QEMU"]
    found = subprocess.run(
        [os.path.join(HERE, "../../../scripts/get-qemu"), "--cached"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        check=False)
    return found.stdout.strip() if found.returncode == 0 else ""


def wait_for_pid():
    while not os.path.exists("pid"):
        time.sleep(0.01)
    with open("pid", encoding="ascii") as file:
        return int(file.read())


def killed(test, walker, delay):
    """Half of the trace, a kill, and the other half: never too late."""
    if os.path.exists("pid"):
        os.unlink("pid")
    process = test.start(walker, HVPT_QEMU="./wrapper")
    process.stdin.write(events(1, 500))
    process.stdin.flush()
    pid = wait_for_pid()
    time.sleep(delay)
    os.kill(pid, signal.SIGKILL)
    out = test.end(f"{walker}, killed after {delay} s", process,
                   events(501, 500), (ENDED, EARLY))
    test.that("1000 maps" not in out, f"{walker}: replayed to the end")


def test_killed(test):
    qemu = find_qemu()
    if not qemu:
        print("SKIP: no QEMU with first-stage VT-d; scripts/get-qemu "
              "fetches one")
        sys.exit(SKIP)
    with open("wrapper", "w", encoding="ascii") as file:
        file.write("#!/bin/sh\necho $$ >pid.new && mv pid.new pid\n"
                   f'exec "{qemu}" "$@"\n')
    os.chmod("wrapper", 0o755)
    for walker in ("vtd", "cpu"):
        for delay in (0, 0.05, 0.2, 0.5, 1, 2):
            killed(test, walker, delay)


def main():
    kind, command = sys.argv[1:]
    test = Test(os.path.abspath(command))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        {"stand-in": test_stand_ins, "killed": test_killed}[kind](test)
        cores = [name for name in os.listdir(".") if "core" in name]
        test.that(not cores, f"left behind: {cores}")
        os.chdir("/")
    print(f"{test.checks} checks, {test.failures} failures")
    sys.exit(test.failures != 0)


main()
