# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Tests what scripts/mutate makes of a sample. Usage: mutate_test.py CC"""

import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import schemata  # noqa: E402
import tree  # noqa: E402

SAMPLE = """
/* A comment with a < b, and (a, b). */
static int near(int low, bool (*test)(int), const int high[2])
{
	if (low < 3 && !test)
		show(low, high);
	return low;
}
"""
CHANGES = {
    "(nothing) -> return 0;", "low < 3 && !test -> 0", "low < 3 && !test -> 1",
    "< -> <=", "< -> >=", "3 -> 4", "3 -> 0", "&& -> ||", "! -> (nothing)",
    "show(low, high) -> (nothing)", "low, high -> high, low",
}
# What f(3) is, with each mutant and without one.
PROGRAM = """
static int f(int a)
{
	return a + 1;
}

int main(void) { return f(3); }
"""
VALUES = {"(nothing) -> return 0;": 0, "+ -> -": 2, "1 -> 2": 5, "1 -> 0": 3}


def sample(folder, text):
    tree.write(os.path.join(folder, "sample.c"), text)
    return schemata.Source("sample.c", folder)


def values_of(folder, compiler):
    """Change -> exit status of PROGRAM, with '' for no mutant."""
    source = sample(folder, PROGRAM)
    numbers = {x: n for n, x in enumerate(source.all(), 1)}
    path = os.path.join(folder, "switched.c")
    tree.write(path, schemata.SWITCH % {"functions": 2}
               + schemata.with_switch(source, numbers, 0))
    subprocess.run([compiler, "-w", "-o", path + ".out", path], check=True)
    chosen = {"": -1, **{x.change(): n for x, n in numbers.items()}}
    return {change: subprocess.run([path + ".out"], check=False, env=dict(
        os.environ, HVPT_MUTANT=str(number))).returncode
        for change, number in chosen.items()}


def self_test(compiler):
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        source = sample(folder, SAMPLE)
        changes = {x.change() for x in source.all()}
        if changes != CHANGES:
            problems.append(f"mutants: {sorted(changes ^ CHANGES)}")
        if source.functions[0].parameters != ["low", "test", "high"]:
            problems.append(f"names: {source.functions[0].parameters}")
        values = values_of(folder, compiler)
        if values != {"": 4, **VALUES}:
            problems.append(f"values: {values}")
    for name in schemata.source_names():
        if not schemata.Source(name).functions and name.endswith(".c"):
            problems.append(f"{name}: no function was found")
    tree.finish(problems, "mutants of a sample")


if __name__ == "__main__":
    self_test(sys.argv[1])
