#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A page's commands print what the page says.

Usage: page.py PAGE COMMAND...

In each block fenced as console, a line "$ hvpt ..." is run, in a folder with
tests/ of the project and a small memory dump, vmcore. What follows, up to the
next "$" or the end, is its output; "..." stands for any lines.
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)


def write_dump(path):
    """Tables of 4 levels at gpa 0x1000: one page, and one entry spoiled."""
    memory = bytearray(0x10000)
    for at, entry in [(0x1000, 0x2027), (0x2000, 0x3027), (0x3008, 0x4027),
                      (0x4000, 0x7023067), (0x4008, 0xdead00007024067),
                      (0x4010, 0x8000000007025067)]:
        memory[at:at + 8] = entry.to_bytes(8, "little")
    with open(path, "wb") as file:
        file.write(memory)


def commands(page):
    """(line, what it must print) of each command."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            line, _, output = part.partition("\n")
            yield line, output


def pattern(output):
    lines = [r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n"
             for line in output.splitlines()]
    return re.compile("".join(lines))


def run(command, line):
    words = shlex.split(line)
    if words[0] != "hvpt":
        sys.exit(f"not a command of hvpt: {line}")
    done = subprocess.run([*command, *words[1:]], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8",
                          check=False)
    return done.stdout


def main():
    page, command = os.path.abspath(sys.argv[1]), sys.argv[2:]
    command[-1] = os.path.abspath(command[-1])
    tests = os.path.abspath("tests")
    wrong = count = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.symlink(tests, "tests")
        write_dump("vmcore")
        for line, output in commands(page):
            count += 1
            found = run(command, line)
            if not pattern(output).fullmatch(found):
                wrong += 1
                print(f"{page}: $ {line}\nprints:\n{found}")
        os.chdir("/")
    print(f"{count} commands, {wrong} with another output")
    sys.exit(wrong != 0 or count == 0)


main()
