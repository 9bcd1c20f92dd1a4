# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Pages about the public headers, from the XML of doxygen.

Each header becomes a page in reStructuredText, in the order of the header,
with the C domain of Sphinx. A name that has a description becomes a link to it.
"""
import os
import re
import xml.etree.ElementTree as ElementTree

ROLES = {"function": "func", "define": "macro", "enum": "enum",
         "enumvalue": "enumerator", "typedef": "type", "struct": "struct"}
SECTION = re.compile(r"^/\* ---- (.*?) -+ \*/$")
# A source that a comment begins with: its name stays as it is.
SOURCE = re.compile(r"(?:gdk|mini|hvdef|mu|TLFS)\b[^:]*: ")
SAME = re.compile(r"Same: (\w+)")
NAME = re.compile(r"\b(hvpt_\w+|HVPT_\w+)(\(\))?|\b(\w+\.h)\b|"
                  r"\bdocs/([A-Z-]+)\.md\b")


BLOCKS = {"verbatim", "itemizedlist", "simplesect", "parameterlist"}
END = "\0"  # of a link, beside other words


def indented(text, depth=1):
    return re.sub(r"(?m)^(?=.)", "   " * depth, text)


class Headers:
    """What doxygen found in the headers."""

    def __init__(self, xml, include):
        self.xml, self.include = xml, include
        index = ElementTree.parse(f"{xml}/index.xml").getroot()
        self.files, self.roles, self.enums = {}, {}, set()
        for one in index.iter("compound"):
            if one.get("kind") == "file":
                self.files[one.findtext("name")] = one.get("refid")
            elif one.get("kind") == "struct":
                self.roles[one.findtext("name")] = "struct"
            for member in one.iter("member"):
                kind = member.get("kind")
                if kind == "enum":
                    self.enums.add(member.findtext("name"))
                if kind in ROLES:
                    self.roles[member.findtext("name")] = ROLES[kind]

    # ---- text ------------------------------------------------------------

    def link(self, found):
        """A name, as a link if it has a description."""
        name, call, header, page = found.groups()
        if header in self.files:
            return f"{END}:doc:`{header} <{header[:-2]}>`{END}"
        if page:
            return f"{END}:doc:`{found[0]} </docs/{page}>`{END}"
        if name in self.roles:
            return f"{END}:c:{self.roles[name]}:`{name}`{END}"
        return f"{END}``{name}{call or ''}``{END}" if name else found[0]

    def text(self, text):
        """Words, of which none is markup."""
        out, at = "", 0
        for found in NAME.finditer(text):
            out += re.sub(r"([\\*`|_])", r"\\\1", text[at:found.start()])
            out += self.link(found)
            at = found.end()
        return out + re.sub(r"([\\*`|_])", r"\\\1", text[at:])

    def words(self, node):
        """The words of a node, in which no block is."""
        if node.tag == "computeroutput":
            return f"{END}``{''.join(node.itertext())}``{END}"
        return self.text(node.text or "") + "".join(
            self.words(child) + self.text(child.tail or "") for child in node)

    def block(self, node):
        """An example, a list or a remark."""
        if node.tag == "verbatim":
            code = re.sub(r"(?m)^ ?\* ?", "", node.text).strip("\n")
            code = re.sub(r"(?m)^\t", "", code.rstrip())
            kind = "c" if ";" in code else "text"
            return f".. code-block:: {kind}\n\n" + \
                indented(code.expandtabs(8))
        if node.tag == "itemizedlist":
            return "\n\n".join(f"* {self.blocks(item)}"
                               for item in node.findall("listitem"))
        if node.get("kind") == "remark":
            return f"Context: {self.blocks(node)}"
        return ""

    def blocks(self, node):
        """Paragraphs, examples and lists, in their order."""
        out = []

        def flush(words):
            words = " ".join(words.split()).replace(END, "\\ ")
            if words:
                out.append(words)

        for para in node.findall("para"):
            words = self.text(para.text or "")
            for child in para:
                if child.tag in BLOCKS:
                    flush(words)
                    words = ""
                    out.append(self.block(child))
                else:
                    words += self.words(child)
                words += self.text(child.tail or "")
            flush(words)
        return "\n\n".join(part for part in out if part)

    def capital(self, words):
        """The same words; the first, if it is one, has a capital."""
        if words[:1].islower() and not SOURCE.match(words):
            return words[0].upper() + words[1:]
        return words

    def sentence(self, node):
        """A brief description."""
        words = self.capital(self.blocks(node))
        return words + ("" if words.endswith((".", "?", ":")) or not words
                        else ".")

    def fields(self, member):
        """Parameters and the result of a function."""
        out = []
        for item in member.findall("detaileddescription//parameteritem"):
            name = item.findtext("parameternamelist/parametername")
            words = self.blocks(item.find("parameterdescription"))
            out.append(f":param {name}: {words}")
        for part in member.findall("detaileddescription//simplesect"):
            if part.get("kind") == "return":
                out.append(f":returns: {self.blocks(part)}")
        return "\n".join(out)

    # ---- members ---------------------------------------------------------

    def described(self, member):
        """What a comment says of something, as blocks."""
        brief = self.sentence(member.find("briefdescription"))
        detail = member.find("detaileddescription")
        detail = self.blocks(detail) if brief else self.capital(
            self.blocks(detail))
        return [part for part in (brief, detail, self.fields(member)) if part]

    def directive(self, kind, signatures, body):
        """One entry of the C domain."""
        head = f".. c:{kind}:: " + "\n   ".join(signatures) + "\n\n"
        return head + indented("\n\n".join(body)) + "\n"

    def function(self, member):
        words = "".join(member.find("type").itertext())
        words += f" {member.findtext('name')}{member.findtext('argsstring')}"
        text = self.directive("function", [words], self.described(member))
        if member.findtext("name") in self.enums:
            # Sphinx takes an enumeration of the same name for the same thing.
            text = (f".. c:namespace-push:: functions\n\n{text}\n"
                    ".. c:namespace-pop::\n")
        return text

    def typedef(self, member):
        words = "".join(member.find("type").itertext())
        words += f"{member.findtext('name')}{member.findtext('argsstring')}"
        return self.directive("type", [words], self.described(member))

    def enum(self, member):
        values = []
        for value in member.findall("enumvalue"):
            start = value.findtext("initializer") or ""
            name = f"{value.findtext('name')} {start}".strip()
            body = self.described(value)
            values.append(self.directive(
                "enumerator", [name],
                [part for part in body if part != "As the whole says."]))
        return self.directive("enum", [member.findtext("name")],
                              [*self.described(member), *values])

    def defines(self, members):
        """Some macros with one description."""
        heads, code = [], []
        for member in members:
            names = [param.findtext("defname") or ""
                     for param in member.findall("param")]
            heads.append(member.findtext("name") +
                         (f"({', '.join(names)})" if any(names) else ""))
            value = member.findtext("initializer") or ""
            if 0 < len(value) < 60 and "\n" not in value and "..." not in value:
                code.append(f"#define {heads[-1]} {value}")
        body = self.described(members[0])
        if code:
            body.append(".. code-block:: c\n\n" + indented("\n".join(code)))
        return self.directive("macro", heads, body)

    def struct(self, refid):
        root = ElementTree.parse(f"{self.xml}/{refid}.xml").getroot()
        one = root.find("compounddef")
        name = one.findtext("compoundname")
        members = []
        for member in one.iter("memberdef"):
            words = "".join(member.find("type").itertext())
            space = "" if words.endswith("*") else " "
            words += space + member.findtext("name")
            words += member.findtext("argsstring") or ""
            body = [part for part in self.described(member)
                    if part != "As the whole says."]
            members.append(self.directive("member", [words], body))
        kind = "type" if name.endswith("_t") else "struct"
        if kind == "type":
            return self.directive(kind, [name], self.described(one) + [
                "A structure whose only member is ``uint64_t value``."])
        return self.directive(kind, [name], [*self.described(one), *members])

    # ---- pages -----------------------------------------------------------

    def members(self, root):
        """(line, text) of all that a header describes."""
        defines = []
        for member in root.iter("memberdef"):
            line = int(member.find("location").get("line"))
            kind = member.get("kind")
            same = SAME.match("".join(
                member.find("detaileddescription").itertext()).strip())
            if kind == "define" and same and defines:
                defines[-1][1].append(member)
            elif kind == "define":
                defines.append((line, [member]))
            else:
                yield line, getattr(self, kind)(member)
        for line, group in defines:
            yield line, self.defines(group)
        for inner in root.iter("innerclass"):
            where = ElementTree.parse(f"{self.xml}/{inner.get('refid')}.xml")
            yield (int(where.getroot().find("compounddef/location").get(
                "line")), self.struct(inner.get("refid")))

    def sections(self, name):
        """(line, heading) of the parts of a header."""
        with open(f"{self.include}/{name}", encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                found = SECTION.match(line.strip())
                if found and not found[1].startswith("internal"):
                    title = found[1][0].upper() + found[1][1:]
                    yield number, f"{title}\n{'-' * len(title)}\n"

    def page(self, name):
        root = ElementTree.parse(f"{self.xml}/{self.files[name]}.xml").getroot()
        one = root.find("compounddef")
        parts = [f"{name}\n{'=' * len(name)}\n",
                 f"``#include \"hvpt/{name}\"``\n",
                 self.sentence(one.find("briefdescription")) + "\n",
                 self.blocks(one.find("detaileddescription")) + "\n"]
        parts += [text for _, text in sorted(
            [*self.sections(name), *self.members(root)],
            key=lambda part: part[0])]
        return "\n".join(part for part in parts if part.strip())

    def brief(self, name):
        root = ElementTree.parse(f"{self.xml}/{self.files[name]}.xml").getroot()
        return self.sentence(root.find("compounddef/briefdescription"))


def write_pages(xml, include, folder):
    """Writes a page for each header. Returns the roles of all names."""
    headers = Headers(xml, include)
    os.makedirs(folder, exist_ok=True)
    for name in headers.files:
        with open(f"{folder}/{name[:-2]}.rst", "w", encoding="utf-8") as file:
            file.write(headers.page(name))
    return headers
