# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Writes C files that contain all their mutants, for scripts/mutate.

Each function becomes copies, one for each mutant, and a function with its name
that runs the copy hvpt_mutant names, or the original. So the tests are built
once, and the environment chooses the mutant: HVPT_MUTANT=<number>.
HVPT_REACHED=<file> collects the numbers of the functions that were called.
"""

import os
import re
import subprocess

import mutants as m
import tree

# Appended to the port header of the copy. Weak: it is in each unit.
SWITCH = """
__attribute__((weak)) int hvpt_mutant;
__attribute__((weak)) unsigned char hvpt_reached[%(functions)d];
char *getenv(const char *);
int atoi(const char *);
int atexit(void (*)(void));
int open(const char *, int, ...);
long write(int, const void *, unsigned long);
int close(int);

__attribute__((weak)) void hvpt_write_reached(void)
{
	/* O_WRONLY | O_CREAT | O_APPEND of Linux */
	int file = open(getenv("HVPT_REACHED"), 02101, 0644);

	if (write(file, hvpt_reached, sizeof(hvpt_reached)) < 0)
		__builtin_trap();
	close(file);
}

__attribute__((weak, constructor)) void hvpt_choose_mutant(void)
{
	if (hvpt_mutant)
		return;
	hvpt_mutant = getenv("HVPT_MUTANT") ? atoi(getenv("HVPT_MUTANT")) : -1;
	if (getenv("HVPT_REACHED"))
		atexit(hvpt_write_reached);
}
"""
# All functions of a file, none of them inline: to compare their code.
APART = "static __attribute__((noinline, used))"
WEAK_COMPARISONS = ["-Werror=incompatible-pointer-types",
                    "-Werror=int-conversion", "-Wno-everything"]


def source_names():
    """The files whose functions are changed: the core and its headers."""
    names = tree.cmake_list("HVPT_CORE_SOURCES") + [
        name for name in tree.tracked_files()
        if name.startswith("include/hvpt/") and name.endswith(".h")]
    return sorted(set(names))


class Source:
    """A file, its functions, and the mutants of each."""

    def __init__(self, name, root=tree.ROOT):
        self.name = name
        self.text = tree.read(os.path.join(root, name))
        self.functions = m.functions(self.text)
        self.mutants = [m.mutants(f) for f in self.functions]

    def all(self):
        return [mutant for group in self.mutants for mutant in group]


def replaced(source, make):
    """The file, each function replaced by make(index, function)."""
    text, at = [], 0
    for index, function in enumerate(source.functions):
        text += [source.text[at:function.start], make(index, function)]
        at = function.end
    return "".join(text) + source.text[at:]


def copy_name(function, number):
    return f"{function.name}_mutant_{number}"


def dispatcher(function, numbers, place):
    """The function with its own name: a copy, or the original body."""
    call = "(" + ", ".join(function.parameters) + ");"
    cases = "".join(
        f"\tcase {n}: "
        + (copy_name(function, n) + call + " return;"
           if function.returns_nothing()
           else "return " + copy_name(function, n) + call) + "\n"
        for n in numbers)
    body = function.text[function.body + 1:function.end]
    return (f"{function.head}\n{{\n\thvpt_reached[{place}] = 1;\n"
            f"\tswitch (hvpt_mutant) {{\n{cases}\t}}\n\t{{{body}\n}}")


def with_switch(source, number_of, first_place):
    """The file with its mutants that have a number; see SWITCH."""
    def make(index, function):
        chosen = [(number_of[mutant], mutant)
                  for mutant in source.mutants[index] if mutant in number_of]
        copies = [function.with_name(copy_name(function, n), mutant.body())
                  for n, mutant in chosen]
        return "\n".join(copies + [dispatcher(
            function, [n for n, _ in chosen], first_place + index)])
    return replaced(source, make)


def apart(source, chosen):
    """The file with copies only, each apart; and who owns which line."""
    lines, count = m.Lines(), [0]
    numbers = {mutant: n for n, mutant in enumerate(chosen)}

    def one(function, number, body, owner):
        head = function.with_name(copy_name(function, number), body)
        head = re.sub(r"^(?:static |inline |HVPT_INLINE |HVPT_NOINLINE )*",
                      APART + " ", head)
        return head, owner

    def make(index, function):
        parts = [one(function, "none", None, None)]
        parts += [one(function, numbers[x], x.body(), x)
                  for x in source.mutants[index] if x in numbers]
        parts.append((function.text[function.start:function.end], None))
        return parts

    out, at = [], 0
    for index, function in enumerate(source.functions):
        out.append(source.text[at:function.start])
        count[0] += out[-1].count("\n")
        for text, owner in make(index, function):
            lines.add(count[0] + 1, owner)
            out.append(text + "\n")
            count[0] += out[-1].count("\n")
        at = function.end
        lines.add(count[0] + 1, None)
    return "".join(out) + source.text[at:], lines


def unit_of(source, path):
    """A unit that compiles the file at path."""
    return f'#include "{path}"\n'


def clang(compiler, flags, path):
    return subprocess.run([compiler, "-std=c11", "-ferror-limit=0", "-w",
                           *flags, path], capture_output=True, text=True,
                          check=False)


def compilable(source, chosen, compiler, flags, path):
    """The mutants that compile. The file at path stays the last one tried."""
    while True:
        text, lines = apart(source, chosen)
        tree.write(path, text)
        tree.write(path + ".c", unit_of(source, path))
        done = clang(compiler, ["-fsyntax-only", *flags, *WEAK_COMPARISONS],
                     path + ".c")
        if done.returncode == 0:
            return chosen
        wrong = {lines.at(int(line)) for line in re.findall(
            "^" + re.escape(path) + r":(\d+):\d+: (?:fatal )?error:",
            done.stderr, re.M)}
        wrong.discard(None)
        if not wrong:
            raise SystemExit(f"mutate: {source.name}: {done.stderr[:2000]}")
        chosen = [mutant for mutant in chosen if mutant not in wrong]


def assembly_of(text):
    """Function name -> its instructions, labels numbered in order."""
    found = {}
    for match in re.finditer(
            r"^(\w+_mutant_\w+):[^\n]*\n(.*?)^\.Lfunc_end\d+:", text,
            re.M | re.S):
        labels, name = {}, match.group(1)
        body = re.sub(r"\s*#[^\n]*", "", match.group(2))
        body = re.sub(r"\.L\w+", lambda l: labels.setdefault(
            l.group(), f"L{len(labels)}"), body)
        body = re.sub(r"^\s*\.(?:cfi|loc|file)[^\n]*\n", "", body, flags=re.M)
        found[name] = body.replace(name, "self")
    return found


def distinct(source, chosen, compiler, flags, path):
    """(distinct, equal): the second have the code of another or of none.

    The order of accesses is not seen in the code of x86, so mutants of it
    stay.
    """
    done = clang(compiler, ["-S", "-O2", "-o", "-", *flags], path + ".c")
    if done.returncode != 0:
        raise SystemExit(f"mutate: {source.name}: {done.stderr[:2000]}")
    code = assembly_of(done.stdout)
    seen, kept, equal = {}, [], []
    for number, mutant in enumerate(chosen):
        function = mutant.function
        name = copy_name(function, number)
        same = seen.setdefault(function.name, {code[copy_name(
            function, "none")]})
        if mutant.kind != "order" and code[name] in same:
            equal.append(mutant)
        else:
            kept.append(mutant)
        same.add(code[name])
    return kept, equal
