# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The report of the conformance suite's module, from the console of a guest."""

import json
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
WANTED = os.path.join(ROOT, "tests", "data", "conformance", "linux.json")
MARK = "REPORT "


class Report:
    """The last one that was shown."""

    def __init__(self):
        self.text = ""

    def line(self, text):
        if not text.startswith(MARK):
            return
        text = text[len(MARK):]
        if text == "{":
            self.text = ""
        self.text += text + "\n"

    def write(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.text)

    def problems(self):
        """Where it is not the one that is kept. Yields lines."""
        try:
            found = json.loads(self.text)
        except ValueError as error:
            yield f"the report is no JSON: {error}"
            return
        with open(WANTED, encoding="utf-8") as file:
            wanted = json.load(file)
        if found == wanted:
            return
        yield f"another report than {os.path.relpath(WANTED, ROOT)}"
        expected = {each["id"]: each for each in wanted["findings"]}
        for each in found["findings"]:
            if each != expected.get(each["id"]):
                yield f"another answer: {each}"
