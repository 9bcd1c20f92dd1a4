#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Run hvpt-bench for a moment and check what it reports, but for the times.

Usage: bench_check.py COMMAND...

COMMAND is hvpt-bench, with an emulator before it if one is needed.
"""
import json
import os
import subprocess
import sys

COMPARE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "../../bench/compare")
PAGE = os.path.join(os.path.dirname(COMPARE), "../docs/PERFORMANCE.md")
NOT_IN_LIMIT = {"destroy-1gib", "reclaim"}
MEMORY = ["empty", "gib_4k", "gib_2m", "gib_1g", "storm_left",
          "storm_reclaimed"]
# Root and one table for each level below, as far as 1 GiB needs them.
TABLES = {4: {"gib_4k": 515, "gib_2m": 3, "gib_1g": 2},
          5: {"gib_4k": 516, "gib_2m": 4, "gib_1g": 3}}
problems = []


def check(good, text):
    if not good:
        problems.append(text)


def run(*arguments):
    command = [*sys.argv[1:], "--effort", "1", "--runs", "2", *arguments]
    done = subprocess.run(command, capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"{command}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def check_rows(found):
    rows = [row["row"] for row in found["rows"]]
    check(len(rows) > 30, f"only {len(rows)} rows")
    check(len(set(rows)) == len(rows), f"a row comes twice: {rows}")
    seen = {(r["backend"], r["levels"], r["row"]): r
            for r in found["results"]}
    check(len(seen) == len(found["results"]), "a result comes twice")
    for name in ("limit", "hvpt"):
        for levels in (4, 5):
            for row in rows:
                if row == "threads-2" or (name == "limit"
                                          and row in NOT_IN_LIMIT):
                    continue  # two processors may not be there
                result = seen.get((name, levels, row), {})
                check(result.get("calls", 0) > 0,
                      f"{name}, {levels} levels, {row}: no calls")
                check(result.get("ns_min", -1) >= 0
                      and result.get("ns_min") <= result.get("ns_median"),
                      f"{name}, {levels} levels, {row}: {result}")


def check_memory(found):
    check(len(found["memory"]) == 2, f"memory: {found['memory']}")
    for memory in found["memory"]:
        for key in MEMORY:
            check(memory[key] > 0, f"{key}: {memory}")
        for key, pages in TABLES[memory["levels"]].items():
            check(memory[key] == pages, f"{key}, not {pages}: {memory}")
        check(memory["storm_left"] > 100, f"no storm: {memory}")
        check(memory["storm_reclaimed"] == memory["empty"],
              f"tables left after reclaim: {memory}")


def check_only(found):
    """bench/compare knows the rows, and refuses another before it compiles."""
    done = subprocess.run([sys.executable, "-B", COMPARE, "--only", "nosuch"],
                          capture_output=True, text=True, check=False)
    named = done.stderr.partition("there are: ")[2].split()
    check(done.returncode == 2, f"--only nosuch: exit {done.returncode}")
    rows = [row["row"] for row in found["rows"]]
    check(sorted(named) == sorted(rows), f"compare has the rows {named}")


def rows_below(text, heading):
    """The first table below a heading: of each row, the cells by column."""
    lines = text.split(f"\n{heading}\n", 1)[1].split("\n|", 1)[1]
    cells = [[cell.strip() for cell in line.strip("|").split("|")]
             for line in lines.split("\n\n", 1)[0].split("\n")]
    return {row[0]: dict(zip(cells[0], row)) for row in cells[2:]}


def check_short():
    """The short table of docs/PERFORMANCE.md has the cells of the long one."""
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    short = rows_below(text, "## In short")
    long = rows_below(text, "### 4 levels: ns a call")
    check(len(short) == 3, f"the short table has {list(short)}")
    for name, cells in short.items():
        for column, cell in cells.items():
            found = long.get(name, {}).get(column)
            check(cell == found, f"{name}, {column}: {cell}, and {found}")


def main():
    found = json.loads(run("--quiet", "--json", "-"))
    check_rows(found)
    check_memory(found)
    check_only(found)
    check_short()
    table = run("--levels", "4", "--only", "^map-4k$")
    lines = [line for line in table.splitlines() if line.startswith("| map")]
    check(len(lines) == 1, f"--only '^map-4k$' gave {lines}")
    sweep = json.loads(run("--quiet", "--sweep", "--levels", "4", "--json",
                           "-"))
    check(len(sweep["rows"]) == 38, f"sweep: {len(sweep['rows'])} rows")
    print(f"{len(found['results'])} results: " +
          (f"{len(problems)} problem(s)" if problems else "ok"))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


main()
