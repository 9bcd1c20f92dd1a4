#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Run a command with standard output on a terminal; print what it shows there.

Usage: terminal.py [--stderr | --press KEYS TEXT] COMMAND...

With --stderr, standard error is on the terminal instead, and standard output is
dropped. With --press, standard input is that terminal as well, and KEYS are
typed once TEXT was shown.
"""
import os
import pty
import subprocess
import sys


def show(master, keys, text):
    data = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # the other side is closed
            return data
        if not chunk:
            return data
        data += chunk
        if keys and text in data:
            os.write(master, keys)
            keys = b""


def main():
    words = sys.argv[1:]
    keys = text = b""
    master, slave = pty.openpty()
    if words[0] == "--press":
        keys, text = words[1].encode(), words[2].encode()
        words = words[3:]
    shown = {"stdout": slave}
    if words[0] == "--stderr":
        words = words[1:]
        shown = {"stdout": subprocess.DEVNULL, "stderr": slave}
    with subprocess.Popen(words, **shown, start_new_session=True,
                          stdin=slave if keys else subprocess.DEVNULL,
                          env={"TERM": "xterm", **os.environ}) as process:
        os.close(slave)
        sys.stdout.buffer.write(show(master, keys, text))
    sys.exit(process.returncode)


main()
