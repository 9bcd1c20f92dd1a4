#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Check the JSON of `hvpt replay`.

Usage: json_check.py FILE COUNT [KEY=VALUE...]

COUNT objects must be there, each with all keys that are promised; the first
must have the given values.
"""
import json
import sys

COUNTS = [
    "events", "maps", "unmaps", "map_bytes", "unmap_bytes",
    "peak_mapped_bytes", "left_mapped_bytes", "unknown_unmaps", "checks",
    "mismatches", "table_pages_peak", "table_pages_final", "conflicts",
    "refused", "malformed", "lost", "lines", "other_lines", "domains",
    "audits", "levels", "width", "seed",
]


def no_twins(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        sys.exit(f"a key comes twice: {keys}")
    return dict(pairs)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        found = json.load(file, object_pairs_hook=no_twins)
    results = found if isinstance(found, list) else [found]
    if len(results) != int(sys.argv[2]):
        sys.exit(f"{len(results)} objects, wanted {sys.argv[2]}")
    if isinstance(found, list) != (len(results) != 1):
        sys.exit("one trace is an object, several are an array")
    for result in results:
        for key in COUNTS:
            if type(result.get(key)) is not int or result[key] < 0:
                sys.exit(f"{key}: {result.get(key)!r} is no count")
        if sorted(result["leaves"]) != ["1G", "2M", "4K"]:
            sys.exit(f"leaves: {result['leaves']!r}")
        if not isinstance(result["file"], str):
            sys.exit("file: is no string")
        if result["events"] != result["maps"] + result["unmaps"]:
            sys.exit("events are not maps plus unmaps")
    for word in sys.argv[3:]:
        key, value = word.split("=", 1)
        got = results[0]
        for part in key.split("."):
            got = got.get(part)
        if str(got) != value:
            sys.exit(f"{key}: {got!r}, wanted {value}")


main()
