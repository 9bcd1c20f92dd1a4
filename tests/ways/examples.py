#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Builds and runs the examples that need more than a C compiler, from a copy.

Usage: examples.py EXAMPLE...

scripts/examples installs what they need, and runs all. An example whose tools
are missing ends with 77.
"""

import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from way import leave, need, take  # noqa: E402

RUST_SAYS = """iova 0x101000 -> gpa 0x4001000
unmapped 0x8000 bytes
HVPT_ERR_NOT_MAPPED
"""


def need_cargo():
    if not shutil.which("cargo"):
        leave("cargo")


def rust(way):
    need_cargo()
    way.run("cargo", "build", "--offline", "--quiet", "--manifest-path",
            "hvpt/examples/rust/Cargo.toml", "--target-dir", "build")
    way.says("build/debug/hvpt-example", RUST_SAYS)


def rust_system(way):
    """With an hvpt that is installed, and no source of C."""
    need_cargo()
    need("pkg-config", "pkg-config")
    way.install()
    for name in ("src", "include", "hvpt.cmake"):
        shutil.move(f"{way.copy}/{name}", f"{way.folder}/gone-{name}")
    way.run("cargo", "build", "--offline", "--quiet", "--manifest-path",
            "hvpt/examples/rust/Cargo.toml", "--target-dir", "build",
            "--features", "system",
            PKG_CONFIG_PATH=f"{way.prefix}/lib/pkgconfig")
    way.says("build/debug/hvpt-example", RUST_SAYS)


EXAMPLES = {"rust": rust, "rust-system": rust_system}

if __name__ == "__main__":
    take(EXAMPLES, sys.argv[1:], "examples.py")
