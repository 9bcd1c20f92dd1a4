#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Collects what the site is made of: pages in Markdown, the reference, sources.

Usage: site.py XML FOLDER

XML is what doxygen wrote. FOLDER gets the pages at their places of the tree, so
that links between them stay. Links to other files of the tree lead to pages
that show those; links to public headers lead to the reference.
"""
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import diagrams  # noqa: E402
import reference  # noqa: E402
import tree  # noqa: E402

LINK = re.compile(r"(!?\[[^][]*(?:\[[^][]*\])?[^][]*\]\()([^)#:\s]+)"
                  r"((?:#[^)]*)?\))")
LANGUAGES = {".c": "c", ".h": "c", ".cpp": "cpp", ".json": "json",
             ".py": "python", ".rs": "rust", ".sh": "sh", ".cmake": "cmake"}
INDEX = "reference/index"
TOCTREE = """
```{{toctree}}
:hidden:
:caption: {caption}

{pages}
```
"""


def navigation():
    """(caption, pages) of each part."""
    parts = []
    for line in tree.read(f"{tree.ROOT}/docs/site/navigation").split("\n"):
        line = line.split("#")[0].strip()
        if line.startswith("["):
            parts.append((line[1:-1], []))
        elif line:
            parts[-1][1].append(line)
    return parts


def page_of(path):
    """The name of a page, for Sphinx."""
    return "index" if path == "README.md" else path.removesuffix(".md")


def one_title(text):
    """A page with several titles: all but the first go one level down."""
    fenced, titles, lines = False, 0, []
    for line in text.split("\n"):
        fenced ^= line.startswith("```")
        if not fenced and line.startswith("#"):
            titles += line.startswith("# ")
            line = "#" * (text.count("\n# ") > 1 and titles > 1) + line
        lines.append(line)
    return "\n".join(lines)


class Site:
    """Copies pages, and what they link to, one after the other."""

    def __init__(self, folder, headers):
        self.folder, self.headers = folder, headers
        self.pages, self.waiting = set(), []

    def out(self, path, text):
        tree.write(os.path.join(self.folder, path), text)

    def add(self, path):
        if path not in self.pages:
            self.pages.add(path)
            self.waiting.append(path)

    def target(self, path, here):
        """What a link to a file of the tree becomes, seen from a page."""
        whole = os.path.join(tree.ROOT, path)
        if path.startswith("include/hvpt/"):
            name = os.path.basename(path)
            to = f"reference/{name[:-2]}.rst" if name else f"{INDEX}.rst"
        elif os.path.isdir(whole):
            readme = os.path.join(path, "README.md")
            if not os.path.exists(os.path.join(tree.ROOT, readme)):
                sys.exit(f"{here}: links to the folder {path}, which has no "
                         "README.md")
            return self.target(os.path.normpath(readme), here)
        elif path.endswith(".md"):
            self.add(path)
            to = page_of(path) + ".md"
        elif path.endswith((".png", ".svg")):
            to = path
            self.copy(path)
        else:
            to = self.source(path)
        return os.path.relpath(to, os.path.dirname(here))

    def copy(self, path):
        to = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        whole = os.path.join(tree.ROOT, path)
        if os.path.exists(f"{whole[:-4]}.dot"):
            tree.write(to, diagrams.draw(tree.read(f"{whole[:-4]}.dot")))
        else:
            shutil.copyfile(whole, to)

    def source(self, path):
        """A page that shows a file."""
        text = tree.read(os.path.join(tree.ROOT, path))
        language = LANGUAGES.get(os.path.splitext(path)[1], "text")
        if text.startswith("#!"):
            language = "python" if "python" in text.split("\n")[0] else "sh"
        self.out(f"source/{path}.rst",
                 f":orphan:\n\n{path}\n{'=' * len(path)}\n\n"
                 f".. code-block:: {language}\n   :force:\n\n" +
                 reference.indented(text.expandtabs(8)))
        return f"source/{path}.rst"

    def page(self, path, listed):
        """One page, with its links changed."""
        here = page_of(path) + ".md"

        def link(found):
            to = os.path.normpath(os.path.join(os.path.dirname(path),
                                               found[2]))
            to += "/" if found[2].endswith("/") else ""
            return found[1] + self.target(to, here) + found[3]

        text = LINK.sub(link, tree.read(os.path.join(tree.ROOT, path)))
        text = one_title(text)
        if path == "README.md":
            text += "".join(TOCTREE.format(
                caption=caption, pages="\n".join(map(page_of, pages)))
                for caption, pages in navigation())
        elif path not in listed and not path.startswith("docs/"):
            text = f"---\norphan: true\n---\n{text}"
        self.out(here, text)

    def reference(self):
        names = [*self.headers.files]
        rows = "\n".join(f"   * - :doc:`{name} <{name[:-2]}>`\n     - "
                         f"{self.headers.brief(name)}" for name in names)
        title = "The interface"
        self.out(f"{INDEX}.rst", f"""\
{title}
{'=' * len(title)}

Each page is a header of ``include/hvpt``, with its contracts. The page
:doc:`hvpt.h <hvpt>` has the order in which to read them, and
:doc:`/docs/API-CONVENTIONS` what holds for all of them.

.. list-table::
   :widths: 1 3

{rows}

.. toctree::
   :hidden:

   {'''
   '''.join(name[:-2] for name in names)}
""")
        self.out("reference/names", "\n".join(self.headers.roles) + "\n")

    def collect(self):
        listed = [page for _, pages in navigation() for page in pages]
        self.reference()
        for path in ["README.md", *listed, *sorted(
                name for name in tree.tracked_files()
                if re.match(r"docs/(howto/)?[^/]*\.md$", name))]:
            if path != INDEX:
                self.add(path)
        while self.waiting:
            self.page(self.waiting.pop(), listed)


def main():
    xml, folder = sys.argv[1:]
    shutil.rmtree(folder, ignore_errors=True)
    headers = reference.write_pages(xml, f"{tree.ROOT}/include/hvpt",
                                    f"{folder}/reference")
    site = Site(folder, headers)
    site.collect()
    print(f"{len(site.pages)} pages, {len(headers.files)} headers")


main()
