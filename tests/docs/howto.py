#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Does what a page of docs/howto says, in a copy of the tree.

Usage: howto.py PAGE

A block fenced as "c FILE" becomes that file, a block fenced as "sh" is run, and
the block fenced as "text" behind it is what it prints. All run in one shell, as
a reader would have it, with the output of each compared.
"""
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "ways"))
import way as ways  # noqa: E402

BLOCK = re.compile(r"^```(c|sh|text) ?(\S*)\n(.*?)^```$", re.M | re.S)
MARK = "==== block"


def steps_of(page):
    """The files; the commands; what each block of commands must print."""
    files, commands, says = {}, [], []
    with open(page, encoding="utf-8") as file:
        text = file.read()
    for kind, name, body in BLOCK.findall(text):
        if kind == "c" and name:
            files[name] = body
        elif kind == "sh":
            commands.append(body)
            says.append("")
        elif kind == "text" and commands:
            says[-1] = body
    return files, commands, says


def main():
    page = sys.argv[1]
    files, commands, says = steps_of(page)
    if not commands:
        sys.exit(f"{page}: nothing to run")
    with tempfile.TemporaryDirectory() as folder:
        way = ways.Way(folder)
        for name, text in files.items():
            way.write(f"hvpt/{name}", text)
        script = f"echo {MARK}\n".join(["set -eu\ncd hvpt\n", *commands])
        output = way.run("sh", "-c", script)
    wrong = [f"prints:\n{found}instead of:\n{want}" for found, want
             in zip(output.split(f"{MARK}\n")[1:], says) if found != want]
    for text in wrong:
        print(f"{page}: {text}")
    print(f"{len(files)} files, {len(commands)} blocks of commands, "
          f"{len(wrong)} with another output")
    sys.exit(wrong != [])


main()
