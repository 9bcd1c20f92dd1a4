#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Check that the JSON of `hvpt report` is as its schema says.

Usage: report_schema.py SCHEMA TRACES COMMAND...

The schema forbids names that it does not have, and requires all that it has. A
report from which a figure is taken away, or to which one is added, must fail.
Exit status 77: the validator is missing (Debian's python3-jsonschema).
"""
import copy
import glob
import json
import subprocess
import sys

sys.path.append("/usr/lib/python3/dist-packages")
try:
    import jsonschema
except ImportError:
    print("skipped: there is no python3-jsonschema")
    sys.exit(77)

ODD = [
    "kmap: (f) dom=0xa iova=0x1000 pa=0x5000 size=0x1000 prot=0x3\n" * 2,
    "x-1 [000] .. 1.0: unmap: IOMMU: iova=0x1000 - 0x2000 size=4096 "
    "unmapped_size=4096\n",
]


def report(command, trace, text=None):
    done = subprocess.run(command + ["report", "--quiet", trace, "--json", "-"],
                          input=text, stdout=subprocess.PIPE, check=True,
                          encoding="utf-8")
    return json.loads(done.stdout)


def broken(good):
    """Reports with one name less, or one more, at each place."""
    for name in good:
        bad = copy.deepcopy(good)
        del bad[name]
        yield name, bad
    for name in good["figures"]:
        bad = copy.deepcopy(good)
        del bad["figures"][name]
        yield name, bad
    for place in ("figures", "timeline", "heat"):
        bad = copy.deepcopy(good)
        bad[place]["another"] = 1
        yield f"{place}.another", bad


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    validator = validator(schema)
    command = sys.argv[3:]
    traces = sorted(glob.glob(f"{sys.argv[2]}/*.txt.xz"))
    reports = [report(command, trace) for trace in traces]
    reports += [report(command, "-", text) for text in ODD]
    for number, one in enumerate(reports):
        for error in validator.iter_errors(one):
            sys.exit(f"report {number}: {list(error.path)}: {error.message}")
    changed = list(broken(reports[0]))
    for name, bad in changed:
        if validator.is_valid(bad):
            sys.exit(f"the schema does not notice {name}")
    print(f"{len(reports)} reports are valid, {len(changed)} changed ones not")


main()
