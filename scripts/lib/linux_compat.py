# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""adapters/linux as one release of the kernel has it.

What compat.h asks about the kernel is answered (unifdef). Its macros without
arguments, behind which the differences were, are expanded where they are used,
and clang-format lays the lines out again.
"""

import os
import re
import subprocess

import tree

ADAPTER = os.path.join(tree.ROOT, "adapters/linux")
MACRO = re.compile(r"^#define (HVPT_\w+|hvpt_compat_\w+)(?!\w|\()"
                   r"((?:.*\\\n)*.*)\n", re.M)
# A heading under which nothing is left.
HEADING = re.compile(r"^/\* ---- .* -* \*/\n\n(?=/\* ---- |#endif)", re.M)


def run(command, text=None, good=(0,)):
    done = subprocess.run(command, input=text, capture_output=True, text=True,
                          check=False)
    if done.returncode not in good:
        raise SystemExit(f"{command[0]}: {done.stderr}")
    return done.stdout


def resolved(name, known):
    """unifdef says 1 when it has changed something."""
    return run(["unifdef", "-B", *known, os.path.join(ADAPTER, name)],
               good=(0, 1))


def macros_of(header):
    """Names and bodies. The guard has no body, and a name of its own."""
    return {name: re.sub(r"\s*\\\n\s*", " ", body).strip()
            for name, body in MACRO.findall(header)
            if not name.endswith("_COMPAT_H")}


def expanded(text, macros):
    for name, body in macros.items():
        pattern = rf"\b{name}\b" if body else rf"\s*\b{name}\b"
        text = re.sub(pattern, lambda _, body=body: body, text)
    return text


def formatted(name, text):
    return run(["clang-format", f"--assume-filename={ADAPTER}/{name}"], text)


def files(known, outside):
    """Names and texts; without those whose names begin with one of outside."""
    header = resolved("compat.h", known)
    macros = macros_of(header)
    for name in sorted(os.listdir(ADAPTER)):
        if not name.endswith((".c", ".h")) or name.startswith(outside):
            continue
        if name == "compat.h":
            text = MACRO.sub(lambda match: "" if match.group(1) in macros else
                             match.group(), header)
            text = re.sub(r"\n{3,}", "\n\n", text)
            yield name, HEADING.sub("", text)
            continue
        text = resolved(name, known)
        more = expanded(text, macros)
        yield name, text if more == text else formatted(name, more)
