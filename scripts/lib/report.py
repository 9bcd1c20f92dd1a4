#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Summarises a report of ctest: the slowest tests, skipped tests and why.

The last line is "N passed, N failed, N skipped". Exit code 1: something failed;
with --no-skips also when a test was skipped that need not have been. A test
whose reason begins with "cannot be avoided" could not be run here at all.
"""

import argparse
import os
import re
import sys
import tempfile
import xml.etree.ElementTree as xml
from collections import namedtuple

UNAVOIDABLE = "cannot be avoided"
REASON = re.compile(r"SKIP(?:PED)?:\s*(.*)")
Case = namedtuple("Case", "preset name seconds verdict reason")


def verdict_of(case):
    """passed, failed or skipped, of one element of a report."""
    if case.find("failure") is not None or case.get("status") == "fail":
        return "failed"
    if case.find("skipped") is not None or case.get("status") != "run":
        return "skipped"
    return "passed"


def cases_of(preset, path):
    """All tests of one report."""
    for case in xml.parse(path).getroot().iter("testcase"):
        said = REASON.search(case.findtext("system-out") or "")
        yield Case(preset, case.get("name"), float(case.get("time") or 0),
                   verdict_of(case), said[1] if said else "gives no reason")


def is_avoidable(case):
    return case.verdict == "skipped" and UNAVOIDABLE not in case.reason


def slowest(cases, count=10):
    ordered = sorted(cases, key=lambda case: -case.seconds)
    return [f"{case.seconds:8.1f} s  {case.preset} {case.name}"
            for case in ordered[:count]]


def totals(cases, unbuilt):
    """Passed, failed, skipped; a preset that does not build is a failure."""
    verdicts = [case.verdict for case in cases]
    return (verdicts.count("passed"), verdicts.count("failed") + unbuilt,
            verdicts.count("skipped"))


def show(cases, count, no_skips):
    """Prints the summary. Return: did everything pass?"""
    if cases:
        print("slowest tests:", *slowest(cases), sep="\n")
    for case in cases:
        if case.verdict == "failed":
            print(f"FAILED: {case.preset} {case.name}")
        elif case.verdict == "skipped":
            print(f"SKIPPED: {case.preset} {case.name}: {case.reason}")
    avoidable = [case for case in cases if is_avoidable(case)]
    if no_skips and avoidable:
        print(f"FAILED: {len(avoidable)} test(s) were skipped that need not "
              "have been")
    print("{} passed, {} failed, {} skipped".format(*count))
    return not count[1] and not (no_skips and avoidable)


SAMPLE = """<testsuite tests="4"><testcase name="good" time="2" status="run">
<system-out>SKIP: is not one</system-out></testcase>
<testcase name="bad" time="9" status="fail"><failure message=""/></testcase>
<testcase name="missing" time="1" status="notrun"><skipped message=""/>
<system-out>SKIP: no tool</system-out></testcase>
<testcase name="other" time="0" status="notrun"><skipped message=""/>
<system-out>x
SKIP: cannot be avoided: another version</system-out></testcase></testsuite>
"""


def self_test():
    """Results are counted, and avoidable skips are found."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "ctest.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(SAMPLE)
        cases = list(cases_of("p", path))
    good, bad, missing, other = cases
    checks = {
        "verdicts": [case.verdict for case in cases]
        == ["passed", "failed", "skipped", "skipped"],
        "reason": missing.reason == "no tool",
        "avoidable": [is_avoidable(case) for case in cases]
        == [False, False, True, False],
        "slowest": slowest(cases, 1) == ["     9.0 s  p bad"],
        "totals": totals(cases, 1) == (1, 2, 2),
        "failure": not show([bad], (0, 1, 0), False),
        "skip": show([good, missing], (1, 0, 1), False)
        and not show([good, missing], (1, 0, 1), True)
        and show([good, other], (1, 0, 1), True),
    }
    wrong = [name for name, right in checks.items() if not right]
    print("reports: " + (f"wrong: {wrong}" if wrong else "ok"))
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--no-skips", action="store_true",
                        help="a skip that could be avoided is a failure")
    parser.add_argument("--unbuilt", type=int, default=0, metavar="N",
                        help="so many presets were not built")
    parser.add_argument("--totals", metavar="FILE",
                        help="the three numbers go there too")
    parser.add_argument("reports", nargs="*", metavar="PRESET=FILE")
    options = parser.parse_args()
    if options.self_test:
        sys.exit(not self_test())
    cases = []
    for report in options.reports:
        cases += cases_of(*report.split("=", 1))
    count = totals(cases, options.unbuilt)
    if options.totals:
        with open(options.totals, "w", encoding="utf-8") as file:
            print(*count, file=file)
    sys.exit(not show(cases, count, options.no_skips))


main()
