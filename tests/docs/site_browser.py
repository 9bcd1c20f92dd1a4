#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Open each page of the site in a browser, from the disk, and look at it.

Usage: site_browser.py HTML PICTURES
       site_browser.py --self-test

No page may write to the console, fetch anything from the network, link to a
page or an anchor that is not there, or be wider than a phone. PICTURES gets a
picture of each page of the navigation in each layout. scripts/site calls this.
"""
import glob
import os
import re
import sys
import tempfile
from html import unescape as html_text
from urllib.parse import unquote, urlsplit

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts", "lib"))
from browser import Browser, BrowserError  # noqa: E402

LAYOUTS = {"desktop-light": (1280, 900, False, False),
           "desktop-dark": (1280, 900, False, True),
           "phone-light": (390, 844, True, False),
           "phone-dark": (390, 844, True, True)}
FOR_ALL = ("desktop-light", "phone-dark")  # the first page has all four
HEIGHT = 1800  # of a picture
# What reaches beyond a phone, and is in nothing that scrolls.
TOO_WIDE = """
(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    return [...document.querySelectorAll("main *")].filter((one) =>
        one.getBoundingClientRect().right > innerWidth + 1).slice(0, 3)
        .map((one) => one.outerHTML.slice(0, 120));
})()
"""
NAVIGATION = """
[...document.querySelectorAll(".sidebar-tree a")].map((a) =>
    a.getAttribute("href")).filter((href) => !/^#|:/.test(href))
"""
PICTURES_SHOWN = """
[...document.images].filter((one) => one.naturalWidth === 0)
    .map((one) => one.getAttribute("src"))
"""


class Page:
    """The ids of a page, and what it refers to."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.ids = set(re.findall(r' id="([^"]*)"', text))
        self.links = [html_text(link) for link in
                      re.findall(r' (?:href|src)="([^"]*)"', text)]


def read_pages(html):
    """Each page, by its path."""
    return {path: Page(path)
            for path in glob.glob(f"{html}/**/*.html", recursive=True)}


def broken_links(pages):
    """(page, link) of each that leads nowhere; and how many there are."""
    count, broken = 0, []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            count += 1
            to = os.path.normpath(os.path.join(
                os.path.dirname(path), unquote(parts.path))) \
                if parts.path else path
            # search.html#... and the like are handled by scripts
            good = os.path.isfile(to) and (
                not parts.fragment or to not in pages or
                unquote(parts.fragment) in pages[to].ids)
            if not good:
                broken.append((path, link))
    return count, broken


def look(browser, path, name, pictures):
    """Problems of one page."""
    for layout in LAYOUTS if name == "index" else FOR_ALL:
        browser.layout(*LAYOUTS[layout])
        browser.open(path, "document.querySelector('h1') !== null")
        for what in browser.evaluate(TOO_WIDE):
            yield f"{name}, {layout}: too wide: {what}"
        for what in browser.evaluate(PICTURES_SHOWN):
            yield f"{name}, {layout}: no picture {what}"
        yield from (f"{name}, {layout}: {what}"
                    for what in browser.complaints())
        if layout == "desktop-light" or not name.startswith("reference"):
            browser.picture(f"{pictures}/{name}-{layout}.png", height=HEIGHT)


def search_works(browser, html):
    """The search finds a function, from the disk."""
    browser.layout(1280, 900)
    browser.open(f"{html}/search.html?q=hvpt_pt_map",
                 "document.querySelectorAll('ul.search li').length > 0")
    return browser.evaluate("[...document.querySelectorAll('ul.search a')]"
                            ".some((a) => a.href.includes('reference/map'))")


def link_problems(html):
    count, broken = broken_links(read_pages(html))
    return count, [f"{os.path.relpath(page, html)}: link to {link}, which is "
                   "not there" for page, link in broken]


BAD = """<!doctype html><meta charset="utf-8"><h1 id="top">bad</h1><main>
<a href="none.html">a</a><a href="#none">b</a><a href="bad.html#top">c</a>
<img src="none.png"><p style="width: 2000px">wide</p>
<script>console.error("said")</script></main>
"""
BAD_SAYS = ["none.html", "#none", "none.png, which", "no picture none.png",
            "too wide", "said"]


def self_test():
    """Each fault of a page is found."""
    browser = Browser()
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/bad.html", "w", encoding="utf-8") as file:
            file.write(BAD)
        found = link_problems(folder)[1]
        found += look(browser, f"{folder}/bad.html", "bad", folder)
    browser.close()
    missed = [what for what in BAD_SAYS
              if not any(what in problem for problem in found)]
    wrong = [problem for problem in found
             if not any(what in problem for what in [*BAD_SAYS, "FILE_NOT"])]
    for what in missed + wrong:
        print(f"FAIL: planted faults: {what}")
    print(f"{len(BAD_SAYS)} planted faults")
    sys.exit(bool(missed + wrong))


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
    html, pictures = (os.path.abspath(path) for path in sys.argv[1:])
    os.makedirs(pictures, exist_ok=True)
    count, problems = link_problems(html)
    browser = Browser()
    names = []
    try:
        browser.open(f"{html}/index.html", "true")
        names = ["index.html", *browser.evaluate(NAVIGATION)]
        for name in names:
            flat = name.removesuffix(".html").replace("/", "-")
            problems += look(browser, f"{html}/{name}", flat, pictures)
        if not search_works(browser, html):
            problems.append("the search does not find hvpt_pt_map")
    except BrowserError as error:
        problems.append(str(error))
    finally:
        browser.close()
    for problem in problems:
        print(f"FAIL: {problem}")
    print(f"{len(names)} pages, {count} links, {len(problems)} problems; "
          f"pictures are in {pictures}")
    sys.exit(problems != [] or not names)


main()
