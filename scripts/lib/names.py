# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Names and examples of hvpt in prose: comments, and pages in Markdown."""

import os
import re
import subprocess

import tree

FOLDER = "include/hvpt"
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
# In prose; HVPT_HV_* stands for all names that begin so.
NAME = re.compile(r"\b(?:hvpt_[a-z0-9_]+|HVPT_[A-Z0-9_]+)\b(\*?)")
WORD = re.compile(r"\b(?:hvpt|HVPT)_\w+")
# Files other than C that define names: options, variables, modules.
DEFINES = (".cmake", "CMakeLists.txt", "meson.build", "Kbuild", "Kconfig",
           ".sh", ".inf",
           ".dec", ".dsc", ".json", ".rs", ".ci/run")
# What examples take for granted, besides what each place declares.
COMMON = ("enum hvpt_status status; hvpt_iova_t iova; hvpt_gpa_t gpa;"
          "uint64_t length; unsigned prot;")


def headers(root):
    """The public headers, without their folder."""
    folder = os.path.join(root, FOLDER)
    return sorted(n for n in os.listdir(folder) if n.endswith(".h"))


def comments(text):
    """The comments of C text."""
    return [found.group(0) for found in COMMENT.finditer(text)]


def prose_of(root, path):
    """What a source says in comments; nothing for other files."""
    if path.endswith((".c", ".h")):
        return "\n".join(comments(tree.read(os.path.join(root, path))))
    if path.endswith((".py", ".sh", ".cmake", "CMakeLists.txt", "Kbuild")) \
            or re.match(r"scripts/[\w-]+$", path):
        text = tree.read(os.path.join(root, path))
        return "\n".join(re.findall(r'(?m)^[ \t]*# .*|^""".*?^"""', text))
    return ""


def enumerators(root, cc):
    """Names in the headers once lists are expanded."""
    names = set()
    for header in headers(root):
        out = subprocess.run([cc, "-E", f"-I{root}/include",
                              f"{root}/{FOLDER}/{header}"], check=True,
                             capture_output=True, text=True)
        names.update(WORD.findall(out.stdout))
    return names


def of_code(root, paths):
    """Names that code uses, outside comments and pages."""
    names = set()
    for path in paths:
        if path.endswith((".c", ".h", ".S")):
            text = tree.strip_comments(tree.read(os.path.join(root, path)))
        elif path.endswith(DEFINES):
            text = re.sub(r"(?m)^[ \t]*#.*", "",
                          tree.read(os.path.join(root, path)))
        else:
            continue
        names.update(WORD.findall(text))
    return names


def missing(text, known):
    """Names in prose that are not among the known ones, each once."""
    seen = set()
    for found in NAME.finditer(text):
        name, star = found.group(0).rstrip("*"), found.group(1)
        if name in known or name in seen or (star and any(
                k.startswith(name) for k in known)):
            continue
        seen.add(name)
        yield name


def is_unit(code):
    """Is an example a unit of its own, and not statements?"""
    return re.search(r"^#|^\{", code, re.M) is not None


def compile_example(root, cc, code, declared, *flags):
    """The compiler's complaints about an example."""
    include = "".join(f'#include "hvpt/{h}"\n' for h in headers(root))
    if is_unit(code):
        program = f"{code}\n{include}"
    else:
        program = (f"{include}{COMMON}{declared}\nvoid example(void);\n"
                   f"void example(void)\n{{\n{code}\n}}\n")
    out = subprocess.run(
        [cc, "-std=c11", "-Wall", "-Werror", *flags, "-fsyntax-only", "-x",
         "c", f"-I{root}/include", "-"],
        input=program, capture_output=True, text=True, check=False)
    return [line for line in out.stderr.split("\n") if "error:" in line]
