#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Check the JSON of `hvpt report`.

Usage: report_check.py FILE [--replay REPLAY.json] [--timeline MAPS]
           [--quoted DOCUMENT] [KEY=VALUE...]

A KEY is a figure, or a path with dots in the whole object. With --replay the
figures must be those of a replay with the same --lazy: in the lazy mode of the
replay's policy, and with N = 1 also in the strict mode. With --timeline the
buckets must have so many maps in all, and no more of them than there may be.
With --quoted, the figures that follow (KEY alone) must be in the document, with
commas.
"""
import json
import re
import sys

SAME = {"events": "events", "maps": "maps", "unmaps": "unmaps",
        "lines": "lines", "other_lines": "other_lines",
        "map_bytes": "map_bytes", "unmap_bytes": "unmap_bytes",
        "peak_mapped_bytes": "peak_mapped_bytes",
        "left_mapped_bytes": "left_mapped_bytes",
        "double_maps": "conflicts", "unknown_unmaps": "unknown_unmaps",
        "domains": "domains", "named": "named", "refused": "refused",
        "malformed": "malformed"}
# A lazy replay keeps table pages until its next sync.
TABLES = ("table_pages_peak", "table_pages_final")
COSTS = {"calls": "flush_calls", "descriptors": "descriptors",
         "over_flushed_pages": "over_flushed_pages"}
BUCKETS = 256


def mode_pairs(figures, replay, mode):
    """Pairs of names and values that must be equal."""
    policy = replay["policy"].replace("-", "_")
    for ours, theirs in COSTS.items():
        key = f"flush_{mode}_{policy}_{ours}"
        yield key, figures[key], replay[theirs]
    yield "syncs", figures[f"flush_{mode}_syncs"], replay["syncs"]
    yield "forced", figures[f"flush_{mode}_forced"], replay["forced_syncs"]
    yield "asked", figures[f"flush_{mode}_pages_asked"], replay["pages_asked"]


def check_replay(figures, path):
    with open(path, encoding="utf-8") as file:
        replay = json.load(file)
    pairs = [(ours, figures[ours], replay[theirs])
             for ours, theirs in SAME.items()]
    pairs += [(f"leaves {size}",
               figures[f"leaves_obtained_{size.lower()}"],
               replay["leaves"][size]) for size in ("4K", "2M", "1G")]
    pairs += mode_pairs(figures, replay, "lazy")
    if replay["lazy"] == 1:
        pairs += [(name, figures[name], replay[name]) for name in TABLES]
        pairs += mode_pairs(figures, replay, "strict")
    wrong = [pair for pair in pairs if pair[1] != pair[2]]
    if wrong:
        sys.exit(f"not as replayed: {wrong}")


def check_timeline(report, maps):
    timeline = report["timeline"]
    if len(timeline["maps"]) > BUCKETS or sum(timeline["maps"]) != maps:
        sys.exit(f"timeline: {timeline}")
    if timeline["live_bytes"][-1] != report["figures"]["left_mapped_bytes"]:
        sys.exit("timeline: the last bucket is not the end")
    if sum(sum(row["pages"]) for row in report["heat"]["rows"]) * 4096 != \
            report["figures"]["map_bytes"]:
        sys.exit("heat: not all pages that were mapped")


def value_of(report, path):
    if path in report["figures"]:
        return report["figures"][path]
    for part in path.split("."):
        report = report[int(part) if part.isdigit() else part]
    return report


def main():
    words = sys.argv[2:]
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    check_timeline(report, report["figures"]["maps"] -
                   report["figures"]["double_maps"])
    while words:
        word = words.pop(0)
        if word == "--replay":
            check_replay(report["figures"], words.pop(0))
        elif word == "--timeline":
            check_timeline(report, int(words.pop(0)))
        elif word == "--quoted":
            with open(words.pop(0), encoding="utf-8") as file:
                document = file.read()
        elif "=" not in word:
            figure = f"{value_of(report, word):,}"
            if not re.search(rf"(?<![\d,]){figure}(?![\d,]*\d)", document):
                sys.exit(f"{word}: {figure} is not in the document")
        else:
            path, wanted = word.split("=", 1)
            got = value_of(report, path)
            if str(got) != wanted:
                sys.exit(f"{path}: {got!r}, wanted {wanted}")


main()
