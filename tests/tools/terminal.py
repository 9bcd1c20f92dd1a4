#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Run a command with standard output on a terminal; print what it shows there.

Usage: terminal.py [--stderr | --interrupt TEXT | --press KEYS TEXT] COMMAND...

With --stderr, standard error is on the terminal instead, and what was shown is
printed there. --interrupt is that, too, and sends SIGINT once TEXT was shown.
With --press, standard input is the terminal as well, and KEYS are typed once
TEXT was shown. The exit status is the command's, or 99 if TEXT was never shown.
"""
import os
import pty
import signal
import subprocess
import sys
import threading

# The terminal loses what it has not handed on yet when its last user closes it.
# So it stays open, and this is written to it after the command has ended.
END = b"\0the command has ended\0"

# What is on the terminal, and how many values follow the option.
STREAMS = {None: ["stdout"], "--stderr": ["stderr"],
           "--interrupt": ["stderr"], "--press": ["stdin", "stdout"]}
VALUES = {"--interrupt": 1, "--press": 2}


def finish(process, slave):
    process.wait()
    os.write(slave, END)


def show(master, text, act):
    """What was shown until END; act() is called once text was."""
    data = b""
    acted = False
    while not data.endswith(END):
        data += os.read(master, 65536)
        if act and not acted and text in data:
            act()
            acted = True
    return data[:-len(END)], acted or not act


def run(words, mode, values):
    master, slave = pty.openpty()
    streams = {stream: slave for stream in STREAMS[mode]}
    if mode != "--interrupt":
        streams.setdefault("stdin", subprocess.DEVNULL)
    process = subprocess.Popen(words, start_new_session=mode != "--interrupt",
                               env={"TERM": "xterm", **os.environ}, **streams)
    acts = {"--interrupt": lambda: process.send_signal(signal.SIGINT),
            "--press": lambda: os.write(master, values[0])}
    threading.Thread(target=finish, args=(process, slave)).start()
    shown, acted = show(master, values[-1], acts.get(mode))
    status = process.wait()
    return shown, status if acted else 99


def main():
    words = sys.argv[1:]
    mode = words.pop(0) if words[0].startswith("--") else None
    values = [words.pop(0).encode() for _ in range(VALUES.get(mode, 0))]
    shown, status = run(words, mode, values or [b""])
    out = sys.stderr if "stderr" in STREAMS[mode] else sys.stdout
    out.buffer.write(shown)
    out.flush()
    sys.exit(status)


main()
