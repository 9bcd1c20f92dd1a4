# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The public interface, read from the headers: what other languages bind."""

import re
import subprocess

import tree

HEADER = "include/hvpt/hvpt.h"
# Of port.h and types.h, which are for the compiler of C.
SKIPPED = ("include/hvpt/port.h", "include/hvpt/types.h")


class Interface:
    """Names of a header with what C says of each.

    structs    name -> [(field, type)]
    enums      name -> [enumerator]
    callbacks  name -> (type of the result, [type])
    functions  name -> (type of the result, [type])
    constants  names of macros that are numbers
    """

    def __init__(self, root, cc="cc"):
        self.root, self.cc = root, cc
        text = self.preprocessed()
        self.structs = {name: fields(body) for name, body in
                        re.findall(r"struct (hvpt_\w+) \{([^{}]*)\};", text)}
        self.structs.update(
            (name, fields(body)) for body, name in
            re.findall(r"typedef struct \{([^{}]*)\} (hvpt_\w+);", text))
        self.enums = {name: re.findall(r"\b(HVPT_\w+) = ", body)
                      for name, body in
                      re.findall(r"enum (hvpt_\w+) \{([^{}]*)\};", text)}
        self.callbacks = {
            name: (c_type(result), arguments(args)) for result, name, args in
            re.findall(r"typedef ([\w *]+)\(\*(hvpt_\w+)\)\(([^)]*)\);", text)}
        self.functions = prototypes(text)
        self.constants = self.numbers()

    def preprocessed(self):
        """What the compiler sees; an inline function is a declaration."""
        out = subprocess.run(
            [self.cc, "-E", "-P", "-DHVPT_INLINE=", "-DHVPT_MUST_CHECK=",
             f"-I{self.root}/include", f"{self.root}/{HEADER}"],
            check=True, capture_output=True, text=True).stdout
        out = re.sub(r"_Static_assert\(.*?\);", "", out, flags=re.S)
        out = re.sub(r"\s+", " ", out)
        return without_bodies(out)

    def numbers(self):
        found = []
        for path in tree.cmake_list("HVPT_CORE_HEADERS", self.root):
            if path in SKIPPED or "/internal/" in path:
                continue
            text = tree.strip_comments(tree.read(f"{self.root}/{path}"))
            text = text.replace("\\\n", " ")
            found += [name for name, value in re.findall(
                r"^#define (HVPT_\w+)[ \t]+(\S.*)$", text, re.M)
                if "{" not in value]
        return found


def without_bodies(text):
    """Text of C in which each function ends with a semicolon."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        if sign == "{":
            if depth == 0 and text[:at].rstrip().endswith(")"):
                parts.append(text[start:at].rstrip() + ";")
                start = None
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0 and start is None:
                start = at + 1
    return "".join(parts) + text[start:]


def c_type(text):
    """One spelling of a type: words, then its stars."""
    words = re.sub(r"\b(enum|struct)\b", "", text.replace("*", " * ")).split()
    return " ".join(words)


def arguments(text):
    """The types of a list of parameters."""
    if text.strip() in ("", "void"):
        return []
    return [parameter(one)[1] for one in re.split(r",(?![^()]*\))", text)]


def parameter(text):
    """(name, type) of a declaration of one thing.

    The type of a pointer to a function is its result and its arguments.
    """
    hook = re.fullmatch(r"\s*(.*?)\(\*(\w+)\)\((.*)\)\s*", text, re.S)
    if hook:
        return hook[2], (c_type(hook[1]), arguments(hook[3]))
    found = re.fullmatch(r"\s*(.*?)(\w+)\s*(?:\[(.*)\])?\s*", text, re.S)
    kind = c_type(found[1])
    return found[2], kind if found[3] is None else f"{kind} [{found[3]}]"


def fields(body):
    """The fields of a structure, in order."""
    return [parameter(one) for one in filter(str.strip, body.split(";"))]


def prototypes(text):
    """The functions that are declared."""
    flat = re.sub(r"(struct|enum) hvpt_\w+ \{[^{}]*\};"
                  r"|typedef [^;{}]*(\{[^{}]*\})?[^;{}]*;", "", text)
    found = {}
    for one in flat.split(";"):
        match = re.fullmatch(r"\s*([\w *]*?)\b(hvpt_\w+)\((.*)\)\s*", one)
        if match:
            found[match[2]] = c_type(match[1]), arguments(match[3])
    return found
