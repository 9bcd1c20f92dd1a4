# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What the Python scripts share: the tree and the lists of hvpt.cmake."""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

# ctest reports a test with this exit code as skipped (SKIP_RETURN_CODE).
EXIT_SKIP = 77


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def cmake_list(name, root=ROOT, file="hvpt.cmake"):
    """The entries of one set() in a file; in hvpt.cmake they are paths."""
    text = re.sub(r"#.*", "", read(os.path.join(root, file)))
    found = re.search(r"set\(" + name + r"\s+([^)]*)\)", text)
    if not found:
        sys.exit(f"{file} has no list {name}")
    return found.group(1).split()


def tracked_links(root=ROOT):
    """Links of the project to folders, which tracked_files() leaves out."""
    return [name for name in tracked_names(root)
            if os.path.islink(os.path.join(root, name))
            and os.path.isdir(os.path.join(root, name))]


def tracked_files(root=ROOT):
    """Files of the project; without git, all files but build output."""
    return [name for name in tracked_names(root)
            if os.path.isfile(os.path.join(root, name))]


def tracked_names(root):
    """Files of the project, and links to files or folders."""
    git = ["git", "-C", root, "ls-files", "-z", "-co", "--exclude-standard"]
    if os.path.exists(os.path.join(root, ".git")):
        out = subprocess.run(git, check=True, capture_output=True, text=True)
        names = [name for name in out.stdout.split("\0") if name]
    else:
        names = []
        for folder, folders, files in os.walk(root):
            folders[:] = [f for f in folders
                          if f not in (".git", "build", "__pycache__")]
            names += [os.path.relpath(os.path.join(folder, f), root)
                      for f in files + folders]
    return sorted(set(names))


def headers(root=ROOT):
    """The headers below include/: path, text without comments."""
    for folder, _, files in os.walk(os.path.join(root, "include")):
        for name in sorted(files):
            path = os.path.join(folder, name)
            yield os.path.relpath(path, root), strip_comments(read(path))


def strip_comments(text):
    """C text without comments; line numbers do not change."""
    def blank(match):
        word = match.group(0)
        return word if word[0] in "\"'" else re.sub(r"[^\n]", " ", word)
    pattern = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*'
    return re.sub(pattern, blank, text, flags=re.S)


def finish(problems, checked):
    """Prints the result and ends the program with it."""
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{checked}: " + (f"{len(problems)} problem(s)" if problems
                            else "ok"))
    sys.exit(1 if problems else 0)
