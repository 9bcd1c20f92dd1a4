# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Commands in pages: each names a program, a file and options that exist.

A line of a block fenced as "sh" is a command, and must be one of a known
program. Other blocks, and `code` in a sentence, may show anything; of these the
lines count that begin with a script of the tree, or a program of CHECKED.
"""

import os
import re
import shlex

import tree

# Folders whose files are named as they are in the tree.
OURS = re.compile(r"(?:scripts|bench|\.ci|tests|adapters|examples|conformance|"
                  r"fuzz|docs|include|dist|proofs)/[\w./-]+$")
CHECKED = {"hvpt", "cmake", "ctest"}
# What the shell has, and "workload", which stands for what is recorded.
OTHERS = {":", "break", "do", "done", "for", "workload",
          "apt-get", "cargo", "cat", "cc", "cd", "cp", "dkms", "dpkg", "echo",
          "export", "git", "grep", "insmod", "ls", "make", "man", "meson",
          "mkdir", "modprobe", "perf", "pkg-config", "printf", "python3",
          "qemu-system-x86_64", "rm", "rmmod", "sed", "trace-cmd",
          "update-initramfs"}
BEFORE = {"$", "sudo", "nice", "time", "env", "if", "then", "else", "!", "{",
          "}", "(", ")"}
OPTION = re.compile(r"--[a-z][\w-]*")
NAMED_SCRIPT = re.compile(r"\b(?:scripts/lib/[\w-]+\.(?:py|sh)|"
                          r"tests/[\w/-]+\.(?:py|sh))")


def words_of(line):
    """The commands of a line, each as its words."""
    line = re.sub(r"(^|\s)#(\s.*)?$", "", line)
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    command = []
    for word in lexer:
        if word in ("|", "&&", "||", ";", "&"):
            yield command
            command = []
        else:
            command.append(word)
    yield command


def program_of(words):
    """The words from the program on."""
    while words and (words[0] in BEFORE or re.match(r"\w+=", words[0])):
        words = words[1:]
    return words


class Commands:
    """What the commands of the pages may name."""

    def __init__(self, root):
        self.root = root
        self.paths = tree.tracked_files(root)
        self.texts = {}
        self.cmake = "\n".join(
            tree.read(f"{root}/{path}") for path in self.paths
            if path.endswith((".cmake", "CMakeLists.txt")))
        tools = [p for p in self.paths if re.match(r"tools/.*\.[ch]$", p)]
        self.tools = {p: tree.read(f"{root}/{p}") for p in tools}
        self.defined = set()  # functions of the shell, in this page
        self.made = set()  # files and folders that the page makes
        self.count = 0

    def text(self, path):
        """A script, with the scripts that it calls."""
        if path not in self.texts:
            text = tree.read(f"{self.root}/{path}")
            self.texts[path] = text
            for other in set(NAMED_SCRIPT.findall(text)):
                if os.path.isfile(f"{self.root}/{other}"):
                    self.texts[path] += tree.read(f"{self.root}/{other}")
        return self.texts[path]

    def script(self, words):
        """A script of the tree, with its options."""
        path = words[0]
        if not os.access(f"{self.root}/{path}", os.X_OK):
            yield f"{path} is no program"
            return
        mine = words[1:words.index("--")] if "--" in words else words[1:]
        for word in mine:
            option = OPTION.match(word)
            if option and option[0] not in self.text(path) and \
                    f'"{option[0][2:]}"' not in self.text(path):
                yield f"{path} has no option {option[0]}"

    def hvpt(self, words):
        """A command of hvpt, with its options."""
        names = words[1:2]
        if not names or names[0].startswith("-") or names[0].endswith(":") or \
                names[0].isupper():
            return  # of hvpt itself, or a message, or any command
        folder = [os.path.dirname(path) for path in self.tools
                  if path.endswith(f"/command_{names[0]}.c")]
        if not folder:
            yield f"hvpt has no command {names[0]}"
            return
        own = "".join(text for path, text in self.tools.items()
                      if os.path.dirname(path) == folder[0])
        known = own + "".join(
            text for path, text in self.tools.items() if path.count("/") == 1
            or f'"{os.path.dirname(path)}/' in own)
        for word in words[1:words.index("--") if "--" in words else None]:
            option = OPTION.match(word)
            if option and f'"{option[0][2:]}"' not in known:
                yield f"hvpt {names[0]} has no option {option[0]}"

    def of_cmake(self, words):
        """Presets, options of the build and targets."""
        presets = tree.read(f"{self.root}/CMakePresets.json")
        for word, after in zip(words, [*words[1:], ""]):
            if word == "--preset" and f'"name": "{after}"' not in presets:
                yield f"there is no preset {after}"
            for name in re.findall(r"-D(HVPT_\w+)=", word):
                if not re.search(rf"\b{name}\b", self.cmake):
                    yield f"there is no option {name}"
            if word == "--target" and not re.search(
                    rf"\b{re.escape(after)}\b", self.cmake) and not any(
                        path.endswith(f"/{after}.c")
                        for path in [*self.paths, *self.made]):
                yield f"there is no target {after}"
            if word == "--component" and not re.search(
                    rf"COMPONENT {after}\b", self.cmake) and after != "NAME":
                yield f"there is no component {after}"

    def labels(self, words):
        """Labels of tests, behind -L of ctest."""
        for word, after in zip(words, [*words[1:], ""]):
            for label in after.split("|") if word in ("-L", "-LE") else []:
                if not re.search(rf"\b{re.escape(label)}\b", self.cmake) \
                        and label != "LABEL":
                    yield f"no test has the label {label}"

    def files(self, words):
        """Files and folders of the tree that are named."""
        for word in words[1:]:
            word = word.lstrip(">")
            if not OURS.fullmatch(word) or word in self.made:
                continue
            if words[0] == "mkdir" or words[0].startswith(":"):
                self.made.add(word)
            elif not os.path.exists(f"{self.root}/{word}"):
                yield f"{word} is not there"

    def command(self, words, strict):
        words = program_of(words)
        if not words:
            return
        name = words[0]
        if OURS.fullmatch(name):
            yield from self.script(words)
        elif name in CHECKED:
            yield from (self.hvpt if name == "hvpt" else self.of_cmake)(words)
        elif not strict:
            return
        elif name.endswith("()"):
            self.defined.add(name[:-2])
        elif name not in OTHERS | self.defined and "/" not in name:
            yield f"{name} is no known program"
        self.count += 1
        if name in ("ctest", "scripts/test"):
            yield from self.labels(words)
        if strict:
            yield from self.files(words)

    def line(self, line, strict):
        """What is wrong with one line."""
        try:
            for words in words_of(line):
                yield from self.command(words, strict)
        except ValueError as error:
            if strict:
                yield f"{line.strip()}: {error}"

    def block(self, kind, body):
        """What is wrong with a block."""
        body = re.sub(r"\\\n\s*", "", body)
        strict = kind == "sh"
        for line in body.split("\n"):
            if line.strip() and not line.strip().startswith("#") and (
                    kind != "console" or line.startswith("$ ")):
                yield from self.line(line, strict)

    def sentence(self, code):
        """What is wrong with `code` in a sentence."""
        if re.match(r"hvpt \w|(?:scripts|bench|\.ci)/[\w-]+ ", code):
            yield from self.line(code, False)
