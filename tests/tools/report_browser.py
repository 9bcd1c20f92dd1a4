#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Open pages of `hvpt report` in a browser, and look at them.

Usage: report_browser.py HVPT TRACES FOLDER

FOLDER keeps the pages and their pictures. scripts/test-report calls this.
"""
import glob
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts", "lib"))
from browser import Browser, BrowserError  # noqa: E402

LAYOUTS = {"desktop-light": (1280, 900, False, False),
           "desktop-dark": (1280, 900, False, True),
           "phone-light": (390, 844, True, False),
           "phone-dark": (390, 844, True, True)}
CHARTS = ["live", "mappings", "tables", "rate", "heat", "reuse", "sizes",
          "alignment", "lifetimes", "leaves", "flush-calls",
          "flush-descriptors", "flush-over", "savings", "kinds"]
# Charts that may have no bar that is not empty.
MAY_BE_EMPTY = {"flush-over", "savings", "kinds", "lifetimes", "reuse"}

# What each chart shows: marks with an area or a line, and rows of its table.
LOOK = """
[...document.querySelectorAll("figure.chart")].map((figure) => ({
    id: figure.id,
    title: figure.querySelector("h3").textContent,
    says: figure.querySelector(".says").textContent,
    label: figure.querySelector(".plot").getAttribute("aria-label"),
    marks: [...figure.querySelectorAll(".plot svg path")].filter((path) => {
        const box = path.getBBox();
        return /mark-(rect|line|area)/.test(
            path.closest("[class*=mark-]").getAttribute("class")) &&
            !path.closest(".background, .mark-group > g > .background") &&
            box.width * box.height > 0 &&
            path.getAttribute("opacity") !== "0";
    }).length,
    axes: [...figure.querySelectorAll(".plot svg text")]
        .map((text) => text.textContent).filter((text) => text).length,
    rows: figure.querySelectorAll("tbody tr").length,
    cells: figure.querySelectorAll("tbody td").length,
    wide: figure.scrollWidth > figure.clientWidth + 1,
}))
"""
# Does anything reach beyond the window?
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
CONTRAST = """
(() => {
    const part = (text) => text.match(/[\\d.]+/g).slice(0, 3).map((c) => {
        const v = c / 255;
        return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    const light = (text) => { const [r, g, b] = part(text);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const card = getComputedStyle(document.querySelector("figure"))
        .backgroundColor;
    return Math.min(...["figure .says", "figure h3", "figure summary",
        "figure th"].map((s) => ratio(light(getComputedStyle(
            document.querySelector(s)).color), light(card))));
})()
"""


class Checks:
    """Counts what was checked, and says what failed."""

    def __init__(self):
        self.done = 0
        self.failed = 0

    def that(self, good, text):
        self.done += 1
        if not good:
            self.failed += 1
            print(f"FAIL: {text}")


def make_page(hvpt, trace, page):
    subprocess.run([hvpt, "report", "--quiet", trace, "-o", page], check=True)


def check_charts(checks, browser, name, drawn=True):
    charts = {one["id"]: one for one in browser.evaluate(LOOK)}
    checks.that(sorted(charts) == sorted(CHARTS),
                f"{name}: charts are {sorted(charts)}")
    for one in charts.values():
        what = f"{name}, {one['id']}"
        checks.that(one["title"] and one["says"].endswith("."),
                    f"{what}: no title, or no sentence")
        checks.that(one["title"] in one["label"], f"{what}: no label")
        checks.that(one["marks"] > 0 or not drawn or
                    one["id"] in MAY_BE_EMPTY,
                    f"{what}: nothing is drawn")
        checks.that(one["axes"] > 2, f"{what}: axes have no text")
        checks.that(one["rows"] > 0 and one["cells"] >= 2 * one["rows"],
                    f"{what}: its table is empty")
        checks.that(not one["wide"], f"{what}: is wider than its card")


def check_keys(checks, browser, name):
    """Arrow keys read values; Tab reaches each chart."""
    browser.evaluate("document.querySelector('#live .plot').focus()")
    for key in ("ArrowRight", "ArrowRight", "End"):
        for kind in ("keyDown", "keyUp"):
            browser.call("Input.dispatchKeyEvent", type=kind, key=key)
    text = browser.evaluate("document.querySelector('#live output').value")
    checks.that(re.search(r"since the first event: .*mapped.*: ", text),
                f"{name}: keys read {text!r}")
    reached = browser.evaluate(
        "[...document.querySelectorAll('.plot, summary, a')]"
        ".every((one) => one.tabIndex === 0)")
    checks.that(reached, f"{name}: Tab does not reach all")


def check_layouts(checks, browser, page, folder, name):
    for layout, values in LAYOUTS.items():
        browser.layout(*values)
        browser.open(page)
        what = f"{name}, {layout}"
        check_charts(checks, browser, what)
        checks.that(not browser.evaluate(TOO_WIDE),
                    f"{what}: must be scrolled sideways")
        ratio = browser.evaluate(CONTRAST)
        checks.that(ratio >= 4.5, f"{what}: contrast is only {ratio:.1f}")
        check_keys(checks, browser, what)
        checks.that(not browser.complaints(),
                    f"{what}: {browser.complaints()}")
        browser.evaluate("document.activeElement.blur()")
        browser.picture(f"{folder}/{name}-{layout}.png")


def check_change(checks, browser, page, name):
    """A window that gets narrow and dark while the page is open."""
    browser.layout(1280, 900)
    browser.open(page)
    browser.layout(390, 844, True, True)
    width = browser.evaluate(
        "new Promise((done) => setTimeout(() => done(Math.max(...["
        "...document.querySelectorAll('.plot svg')].map((svg) => "
        "svg.getBoundingClientRect().right))), 300))")
    checks.that(width <= 390, f"{name}: a chart ends at {width} of 390")
    checks.that(not browser.evaluate(TOO_WIDE),
                f"{name}: made narrow, must be scrolled sideways")
    checks.that(not browser.complaints(), f"{name}: {browser.complaints()}")


def check_odd(checks, browser, hvpt, folder):
    """A page of one file of Vega, of a part of a trace, and of one event."""
    with open(f"{folder}/modload.html", encoding="utf-8") as file:
        scripts = re.findall(r"<script>\n?(.*?)</script>", file.read(), re.S)
    with open(f"{folder}/vega.js", "w", encoding="utf-8") as file:
        file.write("\n".join(scripts[:-1]))
    odd = "x</script><b>-1 [000] .. 1.0: map: IOMMU: iova=0x1000 - 0x2000 " \
        "paddr=0x5000 size=4096\nmap: IOMMU: iova=0x10000000000000 - \n"
    subprocess.run([hvpt, "report", "--quiet", "-", "--library",
                    f"{folder}/vega.js", "-o", f"{folder}/odd.html"],
                   input=odd, encoding="utf-8", check=True)
    browser.open(f"{folder}/odd.html")
    check_charts(checks, browser, "odd", False)
    checks.that(browser.evaluate("document.querySelector('#largest td:nth-child"
                                 "(6)').textContent") == "x</script><b>",
                "odd: the name of the task is not shown as it is")
    checks.that(not browser.complaints(), f"odd: {browser.complaints()}")
    with open(f"{folder}/cut.txt.xz", "wb") as cut, \
            open(glob.glob(f"{sys.argv[2]}/nvme*.xz")[0], "rb") as whole:
        cut.write(whole.read()[:20000])
    done = subprocess.run([hvpt, "report", "--quiet", f"{folder}/cut.txt.xz",
                           "-o", f"{folder}/cut.html"], check=False,
                          stderr=subprocess.DEVNULL)
    checks.that(done.returncode == 1, f"cut: exit {done.returncode}")
    browser.open(f"{folder}/cut.html")
    text = browser.evaluate("document.querySelector('#partial').innerText")
    checks.that("This is a part of the trace" in text, f"cut: says {text!r}")
    checks.that(not browser.complaints(), f"cut: {browser.complaints()}")


def main():
    hvpt, traces, folder = sys.argv[1:]
    checks = Checks()
    browser = Browser()
    try:
        for trace in sorted(glob.glob(f"{traces}/*.txt.xz")):
            name = re.sub(r"-[0-9.]+-.*", "", os.path.basename(trace))
            page = f"{folder}/{name}.html"
            make_page(hvpt, trace, page)
            check_layouts(checks, browser, page, folder, name)
            check_change(checks, browser, page, name)
        check_odd(checks, browser, hvpt, folder)
    except BrowserError as error:
        checks.that(False, str(error))
    finally:
        browser.close()
    print(f"{checks.done} checks, {checks.failed} failures; pictures are in "
          f"{folder}")
    sys.exit(checks.failed != 0)


main()
