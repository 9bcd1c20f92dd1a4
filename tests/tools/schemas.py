#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The JSON of commands is as the schemas in docs/ say.

Usage: schemas.py DOCS TRACES BROKEN TRACEFS COMMAND

BROKEN is a hvpt with a mistake that hvpt fuzz finds, TRACEFS one whose tracefs
is a folder (fake_tracefs.c).

Each command below runs; docs/NAME.schema.json must allow what it prints. With a
name that is not in the schema, or without one that it requires, at any place,
the schema must refuse it. Exit status 77: the validator is missing (Debian's
python3-jsonschema).
"""
import copy
import json
import os
import subprocess
import sys
import tempfile

sys.path.append("/usr/lib/python3/dist-packages")
try:
    import jsonschema
except ImportError:
    print("SKIP: there is no python3-jsonschema")
    sys.exit(77)

TRACE = """\
kmap: (f) dom=0xa iova=0x1000 pa=0x5000 size=0x2000 prot=0x3
kmap: (f) dom=0xb iova=0x200000 pa=0x40000000 size=0x200000 prot=0x1
"""
ODD = """\
a-1 [000] .. 1.0: unmap: IOMMU: iova=0x1000 - 0x2000 size=4096 unmapped_size=0
a-1 [000] .. 1.5: map: IOMMU: iova=0x1000 - 0x2000 paddr=0x5000 size=4096
b-2 [001] .. 2.0: map: IOMMU: iova=0x1000 - 0x2000 paddr=0x6000 size=4096
"""
NAMELESS = "map: IOMMU: iova=0x1000 - 0x2000 paddr=0x5000 size=4096\n"
DEBUGFS = """\
domain 3 last 0x7fffffffffff
  0x1000 -> 0x5000 2^12 rwa-
  0x1000 -> 0x5000 2^12 rwa-
end 2
"""
MESSAGE = "2400008020000000" + "00" * 8 + "00000000" "01000000" "03000000" \
          "00000000" "708f556600000000" "0020000000000000"
LINE = "hvpt_iommu: 0000:00:04.0: write refused, iova 0x2000, TRANSLATION: " \
       "HVPT_REASON_NOT_PRESENT, entry 0"
OTHER_LINE = "hvpt: a: read refused, iova 0, UNKNOWN: in no domain, entry 0"
MEMORY = ["--memory", "memory", "--root", "0x1000"]

COMMANDS = [
    ("dump", ["trace"]), ("dump", ["nameless"]), ("dump", MEMORY),
    ("dump", ["--debugfs", "debugfs"]), ("dump", ["trace", "--at", "0"]),
    ("walk", ["trace", "0x2000", "--write"]), ("walk", ["nameless", "0"]),
    ("walk", [*MEMORY, "0x1000"]), ("walk", [*MEMORY, "0x8000000000"]),
    ("walk", ["trace", "0x1000000000000"]),
    ("fault", [MESSAGE]), ("fault", [LINE, "--trace", "trace"]),
    ("fault", [OTHER_LINE, *MEMORY]), ("fault", [MESSAGE, *MEMORY]),
    ("diff", ["trace", "nameless"]), ("diff", ["trace", "trace"]),
    ("diff", ["left.json", "right.json"]),
    ("report", ["-", "trace"]), ("report", ["-", "nameless"]),
    ("report", ["-", "odd"]),
]
# Commands whose --json takes a file come with "-".
COMMANDS += [
    ("replay", ["-", "trace"]), ("replay", ["-", "trace", "none", "odd"]),
    ("replay", ["-", "none"]), ("replay", ["-", "--strict", "broken"]),
    ("abi", []),
    ("decode", ["--control", "177"]),
    ("decode", ["--control", "0x2000000d1", "--result", "0x200000078",
                "--input", "ff" * 40]),
    ("decode", ["--control", "177", "--output", "00"]),
    ("fuzz", ["--ops", "100"]), ("fuzz", ["--jobs", "1"]),
    ("watch", ["--trace", "trace"]), ("watch", ["--trace", "odd"]),
    ("capture", ["-", "--events", "2", "-o", "machine"]),
    ("capture", ["-", "--events", "2", "-o", "none"]),
    ("conformance", ["-"]), ("conformance", ["-", "--passive"]),
]
# Recorded traces, of which reports have all lists.
RECORDED = ["nvme-ext4-7.3-strict.txt.xz", "modload-7.3-strict.txt.xz"]


def write_inputs():
    # Table 0 at 0x1000 has a leaf table at 0x2000, a loop and a reserved bit.
    memory = bytearray(0x6000)
    for at, entry in [(0x1000, 0x2027), (0x1008, 0x1027), (0x1010, 0x20a7),
                      (0x2000, 0x3027), (0x3000, 0x4027), (0x4008, 0x7067)]:
        memory[at:at + 8] = entry.to_bytes(8, "little")
    for name, text in [("trace", TRACE), ("nameless", NAMELESS), ("odd", ODD),
                       ("debugfs", DEBUGFS), ("broken", TRACE + "map: IOMMU"),
                       ("left.json", '{"a": 1, "b": "x", "c": 0.5}'),
                       ("right.json", '{"a": 2, "b": "y", "d": true}')]:
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    # A machine that hvpt capture -o machine can record.
    for path in ["sys/kernel/iommu_groups/0/x", "instance/tracing_on",
                 "instance/buffer_size_kb", "sys/kernel/tracing/instances/x",
                 *[f"{folder}/events/iommu/{event}/enable"
                   for folder in ("sys/kernel/tracing", "instance")
                   for event in ("map", "unmap")]]:
        path = f"machine.root/{path}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8"):
            pass
    with open("machine.root/instance/trace_pipe", "w",
              encoding="utf-8") as file:
        file.write(NAMELESS * 2)
    with open("memory", "wb") as file:
        file.write(memory)


def validator_of(docs, name):
    with open(f"{docs}/{name}.schema.json", encoding="utf-8") as file:
        schema = json.load(file)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return schema, kind(schema)


def outputs(command, name, words):
    """What it prints: one value, or with hvpt watch one for each line."""
    if name == "capture":
        os.environ["HVPT_ROOT"] = os.path.abspath(f"{words[-1]}.root")
    done = subprocess.run([command, name, "--json", *words],
                          stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.DEVNULL, encoding="utf-8")
    try:
        if name == "watch":
            return [json.loads(line) for line in done.stdout.splitlines()]
        return [json.loads(done.stdout)]
    except json.JSONDecodeError as error:
        sys.exit(f"{name} {words}: exit {done.returncode}, {error}")


def schema_of(whole, schema, value):
    """Of this value: behind $ref, and the alternative that allows it."""
    while True:
        if "$ref" in schema:
            schema = whole["$defs"][schema["$ref"].rsplit("/", 1)[1]]
        elif "anyOf" in schema:
            kind = jsonschema.validators.validator_for(whole)
            schema = next(one for one in schema["anyOf"] if kind(
                {**one, "$defs": whole["$defs"]}).is_valid(value))
        else:
            return schema


def places(whole, schema, value, path=()):
    """The objects in a value, with the names that each requires.

    An object with names of its own has none. The first element of a list, or
    of such an object, stands for all.
    """
    schema = schema_of(whole, schema, value)
    if isinstance(value, list):
        for inner in value[:1]:
            yield from places(whole, schema["items"], inner, (*path, 0))
    elif isinstance(value, dict) and "properties" in schema:
        yield path, schema["required"]
        for key, inner in value.items():
            yield from places(whole, schema["properties"][key], inner,
                              (*path, key))
    elif isinstance(value, dict):
        for key, inner in list(value.items())[:1]:
            yield from places(whole, schema["additionalProperties"], inner,
                              (*path, key))


def broken(schema, good):
    """Copies with one name more, or one less that is required."""
    for path, required in places(schema, schema, good):
        for name in [*required, None]:
            bad = copy.deepcopy(good)
            at = bad
            for key in path:
                at = at[key]
            if name is None:
                at["another"] = 1
            else:
                del at[name]
            yield [*path, name or "another"], bad


def main():
    docs, traces = map(os.path.abspath, sys.argv[1:3])
    broken_hvpt, tracefs, hvpt = map(os.path.abspath, sys.argv[3:6])
    recorded = [("report", ["-", f"{traces}/{name}"]) for name in RECORDED]
    valid = changed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write_inputs()
        for name, words in [*COMMANDS, *recorded]:
            schema, validator = validator_of(docs, name)
            command = broken_hvpt if "--jobs" in words else \
                tracefs if name == "capture" else hvpt
            for good in outputs(command, name, words):
                valid += 1
                for error in validator.iter_errors(good):
                    sys.exit(f"{name} {words}: {list(error.path)}: "
                             f"{error.message}")
                for path, bad in broken(schema, good):
                    changed += 1
                    if validator.is_valid(bad):
                        sys.exit(f"{name} {words}: not noticed: {path}")
        os.chdir("/")
    print(f"{valid} outputs are valid, {changed} changed ones not")


main()
