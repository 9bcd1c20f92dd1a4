# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Diagrams of the documents: text for graphviz becomes a picture in SVG."""

import hashlib
import re
import subprocess

SPDX = "<!-- SPDX-" "License-Identifier: GPL-2.0-only OR BSD-2-Clause -->"
# Of each class of nodes and edges: fill, line; light and dark.
COLOURS = {
    "node": ("#f4f6f9", "#5b6b7f", "#21262d", "#8b98a9"),
    "core": ("#dcebff", "#1f5fbf", "#12335f", "#6cb0ff"),
    "good": ("#def5e3", "#1c7a3c", "#123d22", "#56c27a"),
    "bad": ("#ffe6e2", "#b3361e", "#4d1d16", "#ff9482"),
}
PLAIN = {"text": ("#1b2430", "#e6edf3"), "ground": ("#ffffff", "#0d1117"),
         "line": ("#5b6b7f", "#8b98a9"), "part": ("#fafbfd", "#161b22"),
         "walk": ("#b06000", "#ffb454")}
DEFAULTS = ["-Nshape=box", "-Nstyle=rounded", "-Nfontsize=13",
            "-Efontsize=11", "-Gfontsize=12", "-Nmargin=0.18,0.1",
            "-Gpad=0.25", "-Gfontname=Arial", "-Nfontname=Arial",
            "-Efontname=Arial", "-Gcompound=true"]


def rules(dark):
    """The colours as a style sheet."""
    text, ground, line, part, walk = (PLAIN[name][dark] for name in (
        "text", "ground", "line", "part", "walk"))
    out = [f"text{{fill:{text};font-family:system-ui,Arial,sans-serif}}",
           f".graph>polygon{{fill:{ground};stroke:none}}",
           f".cluster polygon,.cluster path{{fill:{part};stroke:{line};"
           "stroke-opacity:.5}",
           f".edge path{{stroke:{line}}}",
           f".edge polygon{{fill:{line};stroke:{line}}}"]
    for name, colours in COLOURS.items():
        fill, stroke = colours[2 * dark:2 * dark + 2]
        out.append("".join(f".{name} {shape}," for shape in (
            "polygon", "polyline")) + f".node.{name} path{{fill:{fill};"
            f"stroke:{stroke}}}")
        out.append(f".edge.{name} path{{fill:none;stroke:{stroke}}}"
                   f".edge.{name} polygon{{fill:{stroke};stroke:{stroke}}}")
    out.append(f".walk path{{stroke:{walk};stroke-dasharray:5 3}}"
               f".walk polygon{{fill:{walk};stroke:{walk}}}")
    return "".join(out)


def style():
    return (f"<style>{rules(0)}@media (prefers-color-scheme:dark)"
            f"{{{rules(1)}}}</style>")


def mark_of(source):
    """What a picture was drawn of."""
    text = source + style() + " ".join(DEFAULTS)
    return f"<!-- {hashlib.sha256(text.encode()).hexdigest()} -->"


def draw(source):
    """The picture, as text."""
    out = subprocess.run(["dot", "-Tsvg", *DEFAULTS], input=source, text=True,
                         check=True, capture_output=True).stdout
    out = re.sub(r"<!--.*?-->\n?", "", out[out.index("<svg"):], flags=re.S)
    begin = out.index(">") + 1
    return f"{SPDX}\n{out[:begin]}\n{mark_of(source)}\n{style()}{out[begin:]}"
