#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Takes a QEMU's place, and gives up after some answers.

hvpt starts it as HVPT_QEMU. HVPT_STAND_IN says how often it answers on which
socket, and what comes then: "qtest 3 end", "monitor 0 nonsense",
"gdb 2 close".
"""

import os
import re
import select
import socket
import sys

NONSENSE = {"qtest": b"FAIL who knows\n",
            "monitor": b'{"error": "who knows"}\n',
            "gdb": b"$E01#a6"}
WAIT_WORD, WAIT_DATA = 0x4000, 0x600d


class Machine:
    def __init__(self, arguments):
        text = " ".join(arguments)
        self.memory = int(re.search(r"mem-path=/proc/self/fd/(\d+)", text)[1])
        self.sockets = {}
        for name, fd in re.findall(r"socket,id=(\w+),fd=(\d+)", text):
            name = name.replace("qmp", "monitor")
            self.sockets[name] = socket.socket(fileno=int(fd))
        self.registers = {}
        self.where, self.left, self.then = os.environ["HVPT_STAND_IN"].split()
        self.left = int(self.left)

    def send(self, name, answer):
        """False: this was the last one."""
        if name == self.where:
            if self.left == 0:
                return self.give_up(name)
            self.left -= 1
        self.sockets[name].sendall(answer)
        return True

    def give_up(self, name):
        if self.then == "nonsense":
            self.sockets[name].sendall(NONSENSE[name])
        if self.then == "close":
            self.sockets.pop(name).close()
            return bool(self.sockets)
        return self.then != "end"

    def qtest(self, _line):
        """All bits are set, and the invalidation queue is always done."""
        os.pwrite(self.memory, WAIT_DATA.to_bytes(8, "little"), WAIT_WORD)
        return b"OK 0xffffffffffffffff\n"

    def monitor(self, line):
        if b"qmp_capabilities" in line:
            return b'{"return": {}}\n'
        return b'{"return": "Unmapped\\r\\n"}\n'

    def gdb(self, text):
        if text.startswith("q"):
            return self.packet("l")
        if text.startswith("P"):
            number, value = text[1:].split("=")
            self.registers[number] = value
            return self.packet("OK")
        return self.packet(self.registers.get(text[1:], "0" * 16))

    @staticmethod
    def packet(text):
        return f"+${text}#{sum(text.encode()) & 255:02x}".encode()

    def answers(self, name, data):
        if name == "gdb":
            for text in re.findall(r"\$([^#]*)#", data.decode()):
                yield self.gdb(text)
        else:
            for line in data.splitlines():
                yield getattr(self, name)(line)

    def serve(self, name):
        data = self.sockets[name].recv(65536)
        return data and all(self.send(name, answer)
                            for answer in self.answers(name, data))

    def run(self):
        if "monitor" in self.sockets and not self.send(
                "monitor", b'{"QMP": {}}\n'):
            return
        while self.sockets:
            names = {s: n for n, s in self.sockets.items()}
            ready, _, _ = select.select(list(names), [], [])
            if not self.serve(names[ready[0]]):
                return


Machine(sys.argv[1:]).run()
