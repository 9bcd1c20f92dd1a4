#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Turns the comments of a public header into comments that doxygen reads.

Usage: kernel_doc.py HEADER

Doxygen runs this as its filter (docs/site/Doxyfile). The number of each line
stays, so its warnings name the right line. What follows the line "internal" of
a header is left out: it is not for users.

A comment before a #define counts as its description, and as that of each
#define that follows without an empty line. Members of a structure or an
enumeration are described in its comment (@name: text), or by a comment of
their own. Where the comment describes none, it stands for those without one.
"""
import re
import sys

INTERNAL = re.compile(r"^/\* ---- internal\b.*?(?=^#endif /\* HVPT_\w+ \*/$)",
                      re.M | re.S)
COMMENT = re.compile(r"^([ \t]*)/\*\*?(?!<)(.*?)\*/[ \t]*$", re.M | re.S)
TITLE = re.compile(r"^(?:struct |enum |typedef )?[\w/.]+(?:\([\w, ]*\))? - ")
MEMBER = re.compile(r"^@(\w+): ")
MAKER = re.compile(r"^/\*\*.*\*/\n#define HVPT_\w+_ENUM\((?:.*\\\n)*.*", re.M)
# A line of an example or of a table, but not of a list.
CODE = re.compile(r"\t| {2,}(?!- )(?=\S)")
# What the rows of lists have behind the name and the value.
COLUMNS = {"HVPT_STATUS_LIST": ("errno", "EFI"),
           "HVPT_HV_STATUS_LIST": ("becomes", "errno")}
ROW = re.compile(r"(?:/\*([^/]*?)\*/\s*\\\s*)?ROW\(([^()]*)\)")
DECLARED = re.compile(r"\t[^/]*?(?:\(\*(\w+)\)\(.*\)|\b(\w+)(?:\[\w+\])*"
                      r"(?: = [^,]*)?)[;,]$")
ENTITY = re.compile(r"#define HVPT_\w+|#ifn?def HVPT_\w+|struct hvpt_\w+ \{|"
                    r"enum hvpt_\w+ \{|typedef |HVPT_INLINE |HVPT_MUST_CHECK |"
                    r"(?:const )?[a-z]\w*(?: hvpt_\w+)? \*?hvpt_\w+\(")


def escape(text):
    """Text in which nothing is a command of doxygen."""
    text = re.sub(r"([\\<>&#%$])", r"\\\1", text)
    return re.sub(r"@(\w+)", r"@p \1", text)


def paragraphs(lines):
    """The lines in runs without an empty one: (first, last + 1).

    An example or a table that follows a colon is a run, too.
    """
    start = None
    for number, line in enumerate([*lines, ""]):
        code = start is not None and number > start and (
            bool(CODE.match(line)) != bool(CODE.match(lines[start])) and
            (CODE.match(lines[start]) or
             lines[number - 1].endswith(":") and line.startswith("\t")))
        if start is not None and (code or not line.strip()):
            yield start, number
            start = None
        if line.strip() and start is None:
            start = number


def convert(lines, members):
    """The lines of a comment for doxygen; @members gets those of a body."""
    out = [escape(line) for line in lines]
    ends = []
    for start, end in paragraphs(lines):
        if all(CODE.match(line) for line in lines[start:end]):
            out[start:end] = lines[start:end]
            if ends and ends[-1] == start - 1:
                ends.pop()
            elif start:
                out[start - 1] += " @verbatim"
            else:
                out[start] = "@verbatim\n" + out[start]
            ends.append(end)
            continue
        name = None
        for number in range(start, end):
            line = lines[number]
            if MEMBER.match(line):
                name = MEMBER.match(line)[1]
                text = escape(line[len(name) + 3:])
                if members is None:
                    out[number] = f"@param {name} {text}"
                else:
                    members[name] = text
                    out[number] = ""
            elif name and members is not None:
                members[name] += " " + escape(line.strip())
                out[number] = ""
            elif line.startswith(("Return: ", "Context: ")):
                word, text = line.split(": ", 1)
                out[number] = (f"@return {escape(text)}" if word == "Return"
                               else f"@remark {escape(text)}")
    for end in ends:
        if end < len(out):
            out[end] = "@endverbatim " + out[end]
        else:
            out[-1] += "\n@endverbatim"
    return out


def doxygen_comment(indent, body, members, file_name=None):
    """A comment, with as many lines as it had."""
    lines = [re.sub(r"^[ \t]*\* ?", "", line) if number else line.strip()
             for number, line in enumerate(body.split("\n"))]
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    title = TITLE.match(lines[first])
    if title:
        lines[first] = lines[first][title.end():]
    out = convert(lines, members)
    if file_name:
        out[0] += f"@file {file_name}"
    if title or file_name or first == 0:
        out[first] = "@brief " + out[first].strip()
    return indent + "/** " + f"\n{indent} * ".join(out) + "*/"


def describe_members(body, members):
    """The body of a structure or enumeration, each member described."""
    body = re.sub(r"/\*\*?(?=[ \n])(.*?)\*/", member_comment, body, flags=re.S)
    body = re.sub(r"([;,])([ \t]*)/\*\*(?!<)", r"\1\2/**<", body)
    out, above = [], False
    for line in body.split("\n"):
        found = DECLARED.match(line)
        if found and not above:
            name = found[1] or found[2]
            text = members.get(name) if members else "As the whole says."
            line += f" /**< {text} */" if text else ""
        above = line.endswith("*/") and not line.endswith("; */")
        above = above and "/**<" not in line
        out.append(line)
    return "\n".join(out)


def member_comment(found):
    lines = [re.sub(r"^[ \t]*\* ?", "", line) if number else line
             for number, line in enumerate(found[1].split("\n"))]
    lines = [re.sub(r"^@\w+: ", "", line) if line.startswith("@") else line
             for line in lines]
    return "/** " + "\n * ".join(convert(lines, None)) + "*/"


def list_rows(text):
    """Enumerators of lists that are macros, in one line each list."""
    for name in re.findall(r"^#define (HVPT_\w*LIST)\(ROW\)", text, re.M):
        body = re.search(rf"#define {name}\(ROW\)(?:.*\\\n)*.*", text)[0]
        rows = []
        for comment, row in ROW.findall(body):
            cells = [cell.strip() for cell in
                     row.replace("\\", "").split(",")]
            if re.match(r"0x", cells[0]):
                cells[:2] = [f"HVPT_HV_STATUS_{cells[1]}", cells[0]]
            said = " ".join(comment.split()) or (
                "Success." if name == "HVPT_STATUS_LIST" else "")
            also = [f"{what} {cell}" for what, cell in
                    zip(COLUMNS[name], cells[2:])]
            rows.append(f"{cells[0]} = {cells[1]} /**< "
                        f"{escape(said)} {', '.join(also)}. */")
        text = re.sub(rf"^\t{name}\(HVPT_\w+_ENUM\)$",
                      lambda _, r=rows: "\t" + ", ".join(r), text, flags=re.M)
        text = text.replace(body, f"#define {name}(ROW) ..." +
                            "\n" * body.count("\n"))
    return text


def shared(text):
    """Each #define after another one refers to the first."""
    out, first = [], None
    continued = False
    for line in text.split("\n"):
        begins = re.match(r"#define (HVPT_\w+)", line)
        if begins and first and not continued:
            line = re.sub(r"[ \t]*/\*.*\*/", "", line)
            if line.endswith("\\"):
                line = f"#define {begins[1]} ... /**< Same: {first} */\n"
            else:
                line += f" /**< Same: {first} */"
        elif begins and not continued:
            first = begins[1]
        continued = line.endswith("\\")
        if not line.strip() or line.startswith(("#if", "#e", "#u")):
            first = first if continued else None
        out.append(line)
    return "\n".join(out)


def filtered(text, file_name):
    """A header for doxygen."""
    hidden = INTERNAL.search(text)
    if hidden:
        text = text[:hidden.start()] + text[hidden.end():]
    text = list_rows(text)
    out, at, seen = "", 0, False
    for found in COMMENT.finditer(text):
        if found.start() < at or "SPDX" in found[2] or "----" in found[2]:
            continue
        out += text[at:found.start()]
        at = found.end()
        after = text[at:].lstrip(" \t")[1:]
        body = re.match(r"(?:struct|enum) \w+ \{.*?^\}|"
                        r"typedef struct \{.*?^\}", after, re.M | re.S)
        if not seen:
            seen = True
            out += doxygen_comment("", found[2], None, file_name)
        elif body:
            members = {}
            out += doxygen_comment(found[1], found[2], members) + "\n"
            out += describe_members(body[0], members)
            at = text.index(after, at) + body.end()
        elif ENTITY.match(after):
            out += doxygen_comment(found[1], found[2], None)
        else:
            out += found[0]
    # The macros that make an enumeration of a list go with it.
    return shared(MAKER.sub(lambda found: re.sub("[^\n]", "", found[0]),
                            out + text[at:]))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.stdout.write(filtered(file.read(), sys.argv[1].split("/")[-1]))


if __name__ == "__main__":
    main()
