#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Check `hvpt abi` against docs/SPEC.md and the headers.

Usage: abi_check.py COMMAND...
"""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
ROW = re.compile(r"\| (0x[0-9a-f]{4}) \| (\w+) \| (simple|rep) \| "
                 r"(\d+)(?: \+ (\d+) n)? \| (-|\d+) \|")
OFFSET = re.compile(r"^\| (\d+) \| (\d+)(?: each)? \| (.*) \|$", re.M)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def output(*words):
    return subprocess.run([*sys.argv[1:], *words], check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}: {found}, wanted {wanted}")


def call_row(abi, call):
    """The row of a call as the table "Calls" of SPEC.md has it."""
    size = {name: layout["bytes"] for name, layout in
            abi["structures"].items()}
    element = call.get("element")
    return (call["code"], call["name"], "rep" if element else "simple",
            size[call["input"]], element["bytes"] if element else None,
            size[call["output"]] if "output" in call else None)


def spec_row(row):
    code, name, kind, size, element, out = row
    return (int(code, 16), name, kind, int(size),
            int(element) if element else None,
            None if out == "-" else int(out))


def section(spec, name):
    """The text below the heading that names a call."""
    found = re.search(rf"^### [^\n]*\b{name}\b[^\n]*\n(.*?)^##", spec,
                      re.M | re.S)
    return found[1]


def table(text, head):
    """(offset, bytes) of the rows of a table whose first column is head."""
    found = re.search(rf"^\| {head} \| bytes.*?(?=^$)", text, re.M | re.S)
    return [(int(at), int(size)) for at, size, _ in OFFSET.findall(found[0])]


def check_fields(abi, call, spec):
    """Each row of SPEC.md begins and ends where fields do."""
    heads = {"ATTACH_DEVICE_DOMAIN": "attach", "DETACH_DEVICE_DOMAIN": "detach"}
    text = section(spec, call["name"])
    wanted = [(call["input"], heads.get(call["name"], "in"))]
    wanted += [(call["output"], "out")] if "output" in call else []
    for name, head in wanted:
        layout = abi["structures"][name]
        edges = {field["offset"] for field in layout["fields"]}
        edges.add(layout["bytes"])
        rows = table(text, head)
        for at, size in rows:
            if at == layout["bytes"] and "element" in call:
                expect(name, size, call["element"]["bytes"])
            elif at not in edges or at + size not in edges:
                sys.exit(f"{name}: {at}, {size} bytes of SPEC.md is no field")
        if "element" not in call:
            expect(f"{name}: bytes", sum(size for _, size in rows),
                   layout["bytes"])


def check_word(word, spec, heading):
    """Bits of SPEC.md's table which are not reserved are there."""
    text = re.search(rf"^### {heading}\n(.*?)^#", spec, re.M | re.S)[1]
    rows = re.findall(r"^\| (\d+)(?::(\d+))? \| (\w+)", text, re.M)
    wanted = sorted((int(low or high), int(high)) for high, low, what in rows
                    if what not in ("reserved", "to"))
    found = sorted((bits["low"], bits["low"] + bits["bits"] - 1)
                   for bits in word["fields"])
    expect(heading, found, wanted)


def check_statuses(abi, spec):
    found = {f"0x{status['raw']:04x}": status for status in abi["statuses"]}
    rows = re.findall(r"^\| (0x[0-9a-f]{4}) \| (\w+) \| (.*) \|$", spec, re.M)
    rows = [row for row in rows if "HVPT_ERR" in row[2] or "HVPT_OK" in row[2]]
    if len(rows) < 10:
        sys.exit("SPEC.md has no table of statuses")
    for raw, name, in_hvpt in rows:
        expect(raw, found[raw]["name"], name)
        if f"`{found[raw]['hvpt']}`" not in in_hvpt:
            sys.exit(f"{raw}: {found[raw]['hvpt']}, wanted {in_hvpt}")
    header = read("include/hvpt/hv_status.h")
    expect("statuses", [status["raw"] for status in abi["statuses"]],
           [int(raw, 16) for raw in re.findall(r"ROW\((0x\w+)", header)])


def check_others(abi, spec):
    """Part 3 of SPEC.md: codes, names, and what is known of the layout."""
    notes = {"**open**": "its layout is not public",
             "below": "docs/SPEC.md, part 3, has its layout",
             "not here": "it is not about device domains"}
    part = spec[spec.index("# Part 3:"):]
    wanted = [(int(code, 16), name, notes[layout])
              for codes, names, layout in re.findall(
                  r"^\| (0x[0-9a-f]{4}.*?) \| (.*?) \| (.*?) \|$", part, re.M)
              for code, name in zip(codes.split(", "), names.split(", "))]
    found = [(other["code"], other["name"], other["note"])
             for other in abi["others"]]
    expect("other calls", found, wanted)


def cpuid_macros():
    """{leaf: bits} of the macros in discover.c; 63:32 are those of EBX."""
    leaves = {name: int(leaf, 16) for name, leaf in re.findall(
        r"^#define HVPT_CPUID_HV_(\w+) (0x\w+)u$",
        read("include/hvpt/discover.h"), re.M)}
    bits = {}
    for name, register, bit in re.findall(
            r"^#define HVPT_([A-Z]+)_(E[A-D]X)_\w+ \(1u << (\d+)\)$",
            read("src/hvcall/discover.c"), re.M):
        upper = 32 if (name, register) == ("FEATURES", "EBX") else 0
        bits.setdefault(leaves[name], set()).add(
            (register == "EDX", int(bit) + upper))
    return bits


def check_cpuid(spec):
    """The single bits in SPEC.md's table of leaves are those of discover.c."""
    wanted = {}
    for leaf, register, what in re.findall(
            r"^\| (0x4\w{7}), (E[^|]*) \| (.*) \|$", spec, re.M):
        what = re.sub(r"\([^)]*\)|\d+:\d+|0x\w+|\"[^\"]*\"", "", what)
        found = {(register == "EDX", int(bit))
                 for bit in re.findall(r"(?<![\w#-])\d+(?![\w-])", what)}
        if found:
            wanted.setdefault(int(leaf, 16), set()).update(found)
    expect("bits of CPUID", cpuid_macros(), wanted)


def main():
    abi = json.loads(output("abi", "--json"))
    spec = read("docs/SPEC.md")
    calls = sorted(call_row(abi, call) for call in abi["calls"])
    expect("calls", calls, sorted(spec_row(r) for r in ROW.findall(spec)))
    header = read("include/hvpt/hv_abi.h")
    names = re.findall(r"#define HVPT_HVCALL_(\w+) 0x(\w+)u", header)
    expect("codes", [call[:2] for call in calls],
           sorted((int(code, 16), name) for name, code in names))
    for call in abi["calls"]:
        check_fields(abi, call, spec)
    check_word(abi["control"], spec, r"Input value \(RCX\)")
    check_word(abi["result"], spec, r"Result value \(RAX\)")
    check_statuses(abi, spec)
    check_others(abi, spec)
    check_cpuid(spec)
    text = output("abi")
    for what in [*(name for name, _ in names), *abi["structures"],
                 *(other["name"] for other in abi["others"]),
                 *(status["name"] for status in abi["statuses"])]:
        if not re.search(rf"\b{what}\b", text):
            sys.exit(f"hvpt abi: {what} is not in the text")


main()
