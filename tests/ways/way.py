# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A user's folder, with a copy of hvpt beside his program."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "scripts", "lib"))
import tree  # noqa: E402

TABLE = "docs/INSTALLING.md"
SHELL = ("sh", "-ec")
# What the example in C says.
SAYS = "iova 0x100000 -> gpa 0x4000000\n"
CORE_ONLY = ["-DHVPT_BUILD_TESTS=OFF", "-DHVPT_BUILD_TOOLS=OFF"]


class Way:
    """The folder, and what the user runs in it."""

    def __init__(self, folder):
        self.folder = folder
        self.copy = os.path.join(folder, "hvpt")
        self.prefix = os.path.join(folder, "prefix")
        # commands, what they print, and files the user writes
        self.seen = []
        for name in tree.tracked_files():
            source, target = (os.path.join(top, name)
                              for top in (ROOT, self.copy))
            if os.path.isfile(source):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy2(source, target)
        for name in tree.tracked_links():
            os.symlink(os.readlink(os.path.join(ROOT, name)),
                       os.path.join(self.copy, name))
        self.began_with = {*tree.tracked_files(), *tree.tracked_links()}
        shutil.copy(f"{self.copy}/examples/host/main.c", folder)

    def try_run(self, *command, **environment):
        """Runs it in the user's folder; exit status, and all it printed."""
        began = time.monotonic()
        done = subprocess.run(command, cwd=self.folder, text=True,
                              env=dict(os.environ, **environment),
                              stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        line = self.plain(" ".join(command[2:] if command[:2] == SHELL
                                   else command))
        print(f"{time.monotonic() - began:5.1f} s  {line}", flush=True)
        self.seen += [line, self.plain(done.stdout)]
        return done.returncode, done.stdout

    def run(self, *command, **environment):
        status, output = self.try_run(*command, **environment)
        if status != 0:
            sys.exit(f"{output}\nexit status {status}: {command}")
        return output

    def says(self, program, wanted=SAYS, *arguments):
        self.expect(self.run(program, *arguments), wanted)

    @staticmethod
    def expect(output, wanted):
        if output != wanted:
            sys.exit(f"said:\n{output}instead of:\n{wanted}")
        print(output, end="")

    def plain(self, text):
        """As the user sees it, who is in the folder."""
        return text.replace(self.folder + "/", "").replace("\r", "")

    def commands(self, path):
        """The commands of the page in a folder: they begin with four spaces.

        What else is in the folder is what a user writes.
        """
        here = os.path.join(self.folder, os.path.dirname(path))
        self.seen += [tree.read(os.path.join(here, name))
                      for name in sorted(os.listdir(here))
                      if os.path.isfile(os.path.join(here, name))]
        text = tree.read(os.path.join(self.folder, path))
        return re.findall(r"^    (\S.*)$", text, re.M)

    @staticmethod
    def row_command(name, word):
        """The command of a row of the table that begins with a word."""
        return next(code for code in re.findall(r"`([^`]+)`", rows()[name])
                    if code.startswith(word + " "))

    def refuses(self, message, *command, **environment):
        """The command fails, and what it says has the message."""
        status, output = self.try_run(*command, **environment)
        if status == 0 or message not in output:
            sys.exit(f"exit status {status}, not: {message}\n{output}")

    def check_litter(self):
        """git ignores what the commands have made in the copy of hvpt."""
        if not shutil.which("git") or not os.path.isdir(self.copy):
            return
        git = ["git", "-C", self.copy]
        subprocess.run([*git, "init", "--quiet"], check=True)
        said = subprocess.run(
            [*git, "ls-files", "--others", "--exclude-standard"],
            check=True, capture_output=True, text=True).stdout
        litter = set(said.splitlines()) - self.began_with
        if litter:
            sys.exit(f"git sees {len(litter)} new files in hvpt, such as "
                     f"{min(litter)}")

    def follow(self, path, wanted, **environment):
        """Does what a page says; the last command prints what is wanted."""
        said = ""
        for command in self.commands(path):
            said = self.run(*SHELL, command, **environment)
            if "--install" in command:
                self.forget_core()
        if not said.replace("\r", "").endswith(wanted):
            sys.exit(f"said:\n{said}instead of:\n{wanted}")
        print(wanted, end="")

    def forget_core(self):
        """Who uses an installed hvpt needs no source of it."""
        for name in ("src", "include", "dist", "hvpt.cmake"):
            os.rename(f"{self.copy}/{name}", f"{self.folder}/gone-{name}")

    def check_table(self, name):
        """What docs/INSTALLING.md says of this way was done here."""
        row = rows().get(name)
        if row is None:
            sys.exit(f"{TABLE} has no row for {name}")
        done = "\n".join(self.seen)
        for code in re.findall(r"`([^`]+)`", row):
            if code not in done:
                sys.exit(f"{TABLE}: {name}: not seen here: {code}")

    def write(self, name, text):
        self.seen.append(text)
        tree.write(os.path.join(self.folder, name), text)

    def install(self, *options):
        self.run("cmake", "-S", "hvpt", "-B", "hvpt/build", *CORE_ONLY,
                 f"-DCMAKE_INSTALL_PREFIX={self.prefix}", *options)
        self.run("cmake", "--build", "hvpt/build")
        self.run("cmake", "--install", "hvpt/build")

    def build(self, source, *options):
        """Configures and builds a user's project."""
        self.run("cmake", "-S", source, "-B", "build",
                 f"-DCMAKE_PREFIX_PATH={self.prefix}", *options)
        self.run("cmake", "--build", "build")

    def forget_sources(self):
        """An example of an installed hvpt cannot use the copy."""
        shutil.move(os.path.join(self.copy, "examples"), self.folder)
        shutil.rmtree(self.copy)


def need(program, package):
    """Ends as a skip when the program is not there."""
    if not shutil.which(program):
        print(f"SKIP: there is no {program} (Debian: {package})")
        sys.exit(tree.EXIT_SKIP)


def leave(missing):
    """Ends as a skip of what scripts/examples runs in any case."""
    print(f"SKIP: cannot be avoided here: there is no {missing}; "
          "scripts/examples installs it, and runs this")
    sys.exit(tree.EXIT_SKIP)


def rows():
    """The table of ways: name, and the rest of the row."""
    text = tree.read(os.path.join(ROOT, TABLE))
    part = re.search(r"^## Ways in\n(.*?)^## ", text, re.M | re.S)[1]
    return dict(re.findall(r"^\| `([\w-]+)` \|(.*\|.*)\|$", part, re.M))


def take(ways, names, usage):
    """Takes the named ways, or --all, each in a folder of its own.

    One that is skipped does not keep the others from being taken.
    """
    names = list(ways) if names == ["--all"] else names
    if not names or not set(names) <= set(ways):
        sys.exit(f"usage: {usage} WAY...; ways: {' '.join(ways)}")
    skipped = False
    for name in names:
        print(f"-- {name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            way = Way(folder)
            try:
                ways[name](way)
                way.check_table(name)
                way.check_litter()
            except SystemExit as end:
                if end.code != tree.EXIT_SKIP:
                    raise
                skipped = True
    sys.exit(tree.EXIT_SKIP if skipped else 0)
