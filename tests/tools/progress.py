#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Run a command with standard error on a terminal; print what it shows there.

Usage: progress.py COMMAND...
"""
import os
import pty
import subprocess
import sys


def read_all(fd):
    data = b""
    while True:
        try:
            chunk = os.read(fd, 65536)
        except OSError:  # the other side is closed
            return data
        if not chunk:
            return data
        data += chunk


def main():
    master, slave = pty.openpty()
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL,
                          stderr=slave) as process:
        os.close(slave)
        sys.stdout.buffer.write(read_all(master))
    sys.exit(process.returncode)


main()
