# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs CBMC on one proof; a result is kept until an input of it changes."""

import hashlib
import json
import os
import resource
import subprocess
import tempfile

import tree

KEPT = os.path.join(tree.ROOT, "build", "proofs")
# Checks of bounds, pointers, overflow, shifts and unwinding are on by default.
OPTIONS = ["--function", "proof", "--object-bits", "10", "--slice-formula",
           "--drop-unused-functions",
           "--json-ui"]
# What a wrong unwinding or a large formula may take before it is given up.
MEMORY_BYTES = 12 << 30
# The description of an assertion that must fail; see proofs/proof.h.
PROBE = "reached: "


class Failed(Exception):
    """CBMC gave no verdict."""


def defines(options):
    return [option for option in options if option.startswith("-D")]


def key(command, root, path, options):
    """Changes when the code changes; comments do not count."""
    code = subprocess.run(
        ["gcc", "-E", "-P", "-std=c11", f"-I{root}", f"-I{root}/include",
         *defines(options), os.path.join(root, path)],
        stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if code.returncode != 0:
        raise Failed(code.stderr.decode(errors="replace"))
    told = json.dumps([command, OPTIONS, options, version(command)])
    return hashlib.sha256(told.encode() + code.stdout).hexdigest()


def version(command):
    return subprocess.run([command, "--version"], check=True,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True).stdout


def call(command, root, path, options, seconds):
    """The messages of CBMC, and the processor seconds that it took."""
    def limit():
        for what, most in ((resource.RLIMIT_AS, MEMORY_BYTES),
                           (resource.RLIMIT_CPU, seconds)):
            resource.setrlimit(what, (most, most))

    with tempfile.TemporaryFile() as out, subprocess.Popen(
            [command, *OPTIONS, f"-I{root}", f"-I{root}/include", *options,
             os.path.join(root, path)], stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, preexec_fn=limit) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode(errors="replace")
    if process.returncode < 0:
        raise Failed("no verdict: it was stopped by signal "
                     f"{-process.returncode}, at most {seconds} s and "
                     f"{MEMORY_BYTES >> 30} GiB are allowed")
    try:
        return json.loads(said), used.ru_utime + used.ru_stime
    except ValueError as wrong:
        raise Failed(said[-2000:]) from wrong


def verdict(messages):
    """[name, description, holds?] of each property."""
    for message in messages:
        if "result" in message:
            return [[one["property"], one["description"],
                     one["status"] == "SUCCESS"]
                    for one in message["result"]]
        # with --stop-on-fail nothing is said of the other properties
        if message.get("cProverStatus") in ("failure", "success"):
            return [["any", "some property",
                     message["cProverStatus"] == "success"]]
    raise Failed("\n".join(m["messageText"] for m in messages
                           if m.get("messageType") == "ERROR"))


def prove(command, root, path, options, seconds, fresh=False):
    """Runs CBMC, unless it was run on the same code before.

    Return: a dictionary: "properties" as of verdict(), "seconds" of processor,
    and whether they were "kept".
    """
    file = os.path.join(KEPT, key(command, root, path, options) + ".json")
    if not fresh and os.path.exists(file):
        return dict(json.loads(tree.read(file)), kept=True)
    messages, used = call(command, root, path, options, seconds)
    result = {"path": path, "options": options,
              "properties": verdict(messages), "seconds": used}
    tree.write(file, json.dumps(result))
    return dict(result, kept=False)
