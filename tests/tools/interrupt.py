#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Run a command with standard error on a terminal, and interrupt it.

Usage: interrupt.py TEXT COMMAND...

SIGINT is sent once TEXT was shown on standard error. What was shown there is
printed on standard error; the exit status is the command's.
"""
import os
import pty
import signal
import subprocess
import sys


def main():
    text = sys.argv[1].encode()
    master, slave = pty.openpty()
    data = b""
    with subprocess.Popen(sys.argv[2:], stderr=slave) as process:
        os.close(slave)
        sent = False
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:  # the other side is closed
                break
            if not chunk:
                break
            data += chunk
            if text in data and not sent:
                process.send_signal(signal.SIGINT)
                sent = True
    sys.stderr.buffer.write(data)
    sys.exit(process.returncode if sent else 99)


main()
