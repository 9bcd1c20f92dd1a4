# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A user's folder, with a copy of hvpt beside his program."""

import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "scripts", "lib"))
import tree  # noqa: E402

# What the example in C says.
SAYS = "iova 0x100000 -> gpa 0x4000000\n"
CORE_ONLY = ["-DHVPT_BUILD_TESTS=OFF", "-DHVPT_BUILD_TOOLS=OFF"]


class Way:
    """The folder, and what the user runs in it."""

    def __init__(self, folder):
        self.folder = folder
        self.copy = os.path.join(folder, "hvpt")
        self.prefix = os.path.join(folder, "prefix")
        for name in tree.tracked_files():
            source, target = (os.path.join(top, name)
                              for top in (ROOT, self.copy))
            if os.path.isfile(source):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy2(source, target)
        shutil.copy(f"{self.copy}/examples/host/main.c", folder)

    def try_run(self, *command, **environment):
        """Runs it in the user's folder; exit status, and all it printed."""
        began = time.monotonic()
        done = subprocess.run(command, cwd=self.folder, text=True,
                              env=dict(os.environ, **environment),
                              stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        print(f"{time.monotonic() - began:5.1f} s  "
              + " ".join(command).replace(self.folder + "/", ""))
        return done.returncode, done.stdout

    def run(self, *command, **environment):
        status, output = self.try_run(*command, **environment)
        if status != 0:
            sys.exit(f"{output}\nexit status {status}: {command}")
        return output

    def says(self, program, wanted=SAYS, *arguments):
        output = self.run(program, *arguments)
        if output != wanted:
            sys.exit(f"said:\n{output}instead of:\n{wanted}")
        print(output, end="")

    def write(self, name, text):
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


def take(ways, names, usage):
    """Takes the named ways, or --all, each in a folder of its own."""
    names = list(ways) if names == ["--all"] else names
    if not names or not set(names) <= set(ways):
        sys.exit(f"usage: {usage} WAY...; ways: {' '.join(ways)}")
    for name in names:
        print(f"-- {name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            ways[name](Way(folder))
