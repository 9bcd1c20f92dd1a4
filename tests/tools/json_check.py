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
    "refused", "malformed", "named", "lost", "lost_unknown", "lines",
    "other_lines", "domains",
    "audits", "levels", "width", "seed", "lazy", "syncs", "forced_syncs",
    "failed_syncs", "protects", "reclaims", "asked_syncs", "failed_calls",
    "flush_calls", "descriptors",
    "pages_asked", "pages_flushed", "over_flushed_pages", "full_flushes",
    "stale_hits_before_sync", "stale_hits_after_sync", "dmas", "walker_checks",
    "walker_stale",
    "hypercalls_total",
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
        if not result["opened"]:
            if sorted(result) != ["error", "file", "opened"]:
                sys.exit(f"a trace that was not opened has {result}")
            continue
        for key in COUNTS:
            if type(result.get(key)) is not int or result[key] < 0:
                sys.exit(f"{key}: {result.get(key)!r} is no count")
        if sorted(result["leaves"]) != ["1G", "2M", "4K"]:
            sys.exit(f"leaves: {result['leaves']!r}")
        calls = result["hypercalls"]
        if sum(calls.values()) != result["hypercalls_total"]:
            sys.exit("hypercalls of all kinds are not hypercalls_total")
        if result["flush_calls"] > sum(
                count for name, count in calls.items()
                if name.startswith("FLUSH_")):
            sys.exit("more flush_calls than there were of their kinds")
        ratio = result["flush_calls"] / max(result["unmaps"], 1)
        if abs(result["flush_calls_per_unmap"] - ratio) > 0.0005001:
            sys.exit("flush_calls_per_unmap: "
                     f"{result['flush_calls_per_unmap']}, not {ratio}")
        if result["policy"] not in ("two-block", "cover", "exact"):
            sys.exit(f"policy: {result['policy']!r}")
        if not isinstance(result["file"], str):
            sys.exit("file: is no string")
        kinds = ("maps", "unmaps", "protects", "reclaims", "asked_syncs")
        if result["events"] != sum(result[kind] for kind in kinds):
            sys.exit("events are not the sum of their kinds")
    for word in sys.argv[3:]:
        key, value = word.split("=", 1)
        got = results[0]
        for part in key.split("."):
            got = got.get(part)
        if str(got) != value:
            sys.exit(f"{key}: {got!r}, wanted {value}")


main()
