#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What the console of a guest says about the cases that ran there.

As a program it checks itself.
"""

import sys


class Verdict:
    """The output of the console."""

    def __init__(self, cases):
        self.results = dict.fromkeys(cases, "not run")
        self.said = ""
        self.done = False
        self.kernel_said = []
        self.others = []

    def line(self, text):
        words = text.split()
        if words[:1] == ["RESULT"] and len(words) > 2:
            self.results[words[1]] = words[2]
            if words[2] != "ok":
                self.results[words[1]] += self.said
            self.said = ""
        elif text.startswith("  failed: "):
            self.said += ", " + text[len("  failed: "):]
        elif text.startswith("GUEST done"):
            self.done = True
        elif text.startswith("DMESG "):
            self.kernel_said.append(text[6:])

    def problems(self):
        wrong = [f"{case}: {result}" for case, result in self.results.items()
                 if result != "ok"]
        if not self.done:
            wrong.append("the guest did not come to its end")
        return (wrong + [f"kernel: {said}" for said in self.kernel_said]
                + self.others)


# Consoles of a guest that ran "nvme" and "switch", and what is wrong.
CONSOLES = (
    (["RESULT nvme ok at 1", "RESULT switch ok at 2", "GUEST done"], []),
    (["CASE nvme", "[ 3.1] Kernel panic - not"],
     ["nvme: not run", "switch: not run",
      "the guest did not come to its end"]),
    (["RESULT nvme ok at 1", "CASE switch"],
     ["switch: not run", "the guest did not come to its end"]),
    (["RESULT nvme ok at 1", "CASE switch", "RESULT switch ok at 2",
      "[ 3.1] Kernel panic - not"],
     ["the guest did not come to its end"]),
    (["  failed: two bytes", "RESULT nvme FAILED at 1", "CASE switch",
      "  failed: nobody", "RESULT switch FAILED at 2", "GUEST done"],
     ["nvme: FAILED, two bytes", "switch: FAILED, nobody"]),
    (["RESULT nvme ok at 1", "RESULT switch ok at 2", "DMESG BUG: x",
      "GUEST done"], ["kernel: BUG: x"]),
)


def main():
    wrong = 0
    for lines, want in CONSOLES:
        verdict = Verdict(["nvme", "switch"])
        for line in lines:
            verdict.line(line)
        if verdict.problems() != want:
            print(f"{lines}: {verdict.problems()}, not {want}")
            wrong += 1
    print(f"{len(CONSOLES)} consoles, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
