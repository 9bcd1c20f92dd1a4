#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What the console of a guest says about the cases that ran there.

As a program it checks itself.
"""

import collections
import sys

# So many lines of the console tell how a case failed.
EVIDENCE = 80


class Verdict:
    """The output of the console."""

    def __init__(self, cases):
        self.results = dict.fromkeys(cases, "not run")
        self.said = ""
        self.done = False
        self.kernel_said = []
        self.others = []
        self.last = collections.deque(maxlen=EVIDENCE)
        self.kept = []

    def line(self, text):
        words = text.split()
        if words[:1] == ["CASE"]:
            self.last.clear()
        self.last.append(text)
        if words[:1] == ["RESULT"] and len(words) > 2:
            self.results[words[1]] = words[2]
            if words[2] != "ok":
                self.results[words[1]] += self.said
                self.kept += self.last
            self.last.clear()
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

    def evidence(self):
        """The console while a case failed, and before the guest broke off."""
        return self.kept + ([] if self.done else list(self.last))


# Consoles of a guest that ran "nvme" and "switch"; what is wrong; where its
# evidence is.
CONSOLES = (
    (["RESULT nvme ok at 1", "RESULT switch ok at 2", "GUEST done"], [], []),
    (["CASE nvme", "[ 3.1] Kernel panic - not"],
     ["nvme: not run", "switch: not run",
      "the guest did not come to its end"], [0, 1]),
    (["RESULT nvme ok at 1", "CASE switch"],
     ["switch: not run", "the guest did not come to its end"], [1]),
    (["RESULT nvme ok at 1", "CASE switch", "RESULT switch ok at 2",
      "[ 3.1] Kernel panic - not"],
     ["the guest did not come to its end"], [3]),
    (["  failed: two bytes", "RESULT nvme FAILED at 1", "CASE switch",
      "  failed: nobody", "RESULT switch FAILED at 2", "GUEST done"],
     ["nvme: FAILED, two bytes", "switch: FAILED, nobody"],
     [0, 1, 2, 3, 4]),
    (["RESULT nvme ok at 1", "RESULT switch ok at 2", "DMESG BUG: x",
      "GUEST done"], ["kernel: BUG: x"], []),
    (["CASE nvme", *map(str, range(EVIDENCE))],
     ["nvme: not run", "switch: not run",
      "the guest did not come to its end"], list(range(1, EVIDENCE + 1))),
)


def main():
    wrong = 0
    for lines, problems, evidence in CONSOLES:
        verdict = Verdict(["nvme", "switch"])
        for line in lines:
            verdict.line(line)
        got = verdict.problems(), verdict.evidence()
        want = problems, [lines[at] for at in evidence]
        if got != want:
            print(f"{lines}: {got}, not {want}")
            wrong += 1
    print(f"{len(CONSOLES)} consoles, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
