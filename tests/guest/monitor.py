# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""QEMU's monitor: what a person at the machine would do."""

import os
import socket
import threading

PROMPT = b"(qemu) "
# QEMU answers at once, unless it has ended.
SECONDS = 10


class Monitor:
    """Presses the power button again and again, from PRESS N to AWAKE."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "monitor")
        self.awake = threading.Event()

    def arguments(self):
        return ["-monitor", f"unix:{self.path},server=on,wait=off"]

    def line(self, text):
        """A line of the console."""
        words = text.split()
        if words[:1] == ["PRESS"]:
            self.awake.clear()
            threading.Thread(target=self.press, args=(int(words[1]),),
                             daemon=True).start()
        elif words[:1] == ["AWAKE"]:
            self.awake.set()

    def press(self, seconds):
        while not self.awake.wait(seconds):
            self.say(b"system_powerdown\n")

    def say(self, command):
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(SECONDS)
            try:
                monitor.connect(self.path)
                until_prompt(monitor)
                monitor.sendall(command)
                until_prompt(monitor)
            except OSError:
                # The guest has ended, and its verdict tells why.
                self.awake.set()


def until_prompt(monitor):
    said = b""
    while not said.endswith(PROMPT):
        got = monitor.recv(4096)
        if not got:
            raise ConnectionError
        said += got
