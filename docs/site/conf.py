# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Sphinx, as scripts/site runs it."""
import os
import re

from docutils import nodes
from sphinx import addnodes

project = "hvpt"
html_title = "hvpt"
copyright = "the hvpt authors; GPL-2.0-only OR BSD-2-Clause"
root_doc = "index"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
myst_heading_anchors = 4
highlight_language = "none"
html_theme = "furo"
html_static_path = ["style.css"]
html_css_files = ["style.css"]
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None
smartquotes = False

NORMALIZE = "/usr/share/javascript/normalize.css/normalize.css"
NAME = re.compile(r"(hvpt_\w+)\(\)|(?:struct |enum )?(hvpt_\w+|HVPT_\w+)")


def known_names(source):
    """What the reference describes."""
    with open(os.path.join(source, "reference", "names"),
              encoding="utf-8") as file:
        return set(file.read().split())


def link_names(app, doctree):
    """Names of the interface in `code` lead to the reference."""
    names = known_names(app.srcdir)
    for literal in list(doctree.findall(nodes.literal)):
        found = NAME.fullmatch(literal.astext())
        name = found and (found[1] or found[2])
        if name not in names or isinstance(
                literal.parent, (nodes.reference, addnodes.pending_xref,
                                 nodes.title)):
            continue
        link = addnodes.pending_xref(
            "", literal.deepcopy(), refdomain="c", reftype="identifier",
            reftarget=name, refdoc=app.env.docname, refwarn=True,
            refexplicit=True)
        literal.replace_self(link)


def open_from_disk(app, exception):
    """What Debian's theme lacks: it is made for a web server, and for light.

    A page from the disk may load no module, and no style sheet by its path from
    the root. The dark colours are there, but not for readers who prefer them.
    """
    static = os.path.join(app.outdir, "_static")
    if exception:
        return
    with open(f"{static}/scripts/gumshoe-patched.js", encoding="utf-8") as file:
        script = file.read()
    with open(f"{static}/scripts/furo.js", encoding="utf-8") as file:
        script += re.sub(r"(?m)^import Gumshoe .*$", "", file.read())
    with open(f"{static}/scripts/furo.js", "w", encoding="utf-8") as file:
        file.write(script)
    with open(f"{static}/styles/furo.css", encoding="utf-8") as file:
        style = file.read()
    with open(NORMALIZE, encoding="utf-8") as file:
        style = style.replace(f"@import url({NORMALIZE[10:]});", file.read())
    if "prefers-color-scheme" not in style:
        dark = re.search(r'body\[data-theme="dark"\] \{([^}]*)\}', style)[1]
        style += ("@media screen and (prefers-color-scheme: dark) {\n"
                  f'body:not([data-theme="light"]) {{{dark}}} }}\n')
    with open(f"{static}/styles/furo.css", "w", encoding="utf-8") as file:
        file.write(style)


def setup(app):
    app.connect("doctree-read", link_names)
    app.connect("build-finished", open_from_disk)
