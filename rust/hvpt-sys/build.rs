// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//! Compiles hvpt, or finds it with pkg-config (feature `system`).
//!
//! The sources are two folders above, or where HVPT_SOURCE says. CC and AR name
//! the tools, CFLAGS adds options: set them for a target that is not the host.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=HVPT_SOURCE");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    for name in ["CC", "AR", "CFLAGS"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    if env::var_os("CARGO_FEATURE_SYSTEM").is_some() {
        find();
    } else {
        compile();
    }
}

/// Lets the linker look where pkg-config says. The library must have the
/// inline functions as symbols, as both libraries of an installation do.
fn find() {
    let said = output(Command::new("pkg-config").args(["--libs", "hvpt"]));
    for word in said.split_whitespace() {
        if let Some(folder) = word.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={folder}");
        } else if let Some(name) = word.strip_prefix("-l") {
            println!("cargo:rustc-link-lib={name}");
        }
    }
}

fn compile() {
    let root = root();
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let list = root.join("hvpt.cmake");
    let text = fs::read_to_string(&list)
        .unwrap_or_else(|why| panic!("{}: {why}", list.display()));
    let mut sources = files(&text, "HVPT_CORE_SOURCES");
    sources.extend(files(&text, "HVPT_FFI_SOURCES"));
    let mut cc = Command::new(tool("CC", "cc"));
    cc.current_dir(&out)
        .args(["-c", "-std=c11", "-O2", "-ffreestanding", "-fPIC"])
        .args(tool("CFLAGS", "").split_whitespace())
        .arg("-I")
        .arg(root.join("include"))
        .args(sources.iter().map(|source| root.join(source)));
    output(&mut cc);
    let objects = sources.iter().map(|source| {
        PathBuf::from(Path::new(source).file_name().unwrap())
            .with_extension("o")
    });
    let mut ar = Command::new(tool("AR", "ar"));
    ar.current_dir(&out).args(["crs", "libhvpt.a"]).args(objects);
    output(&mut ar);
    for watched in ["hvpt.cmake", "include", "src"] {
        println!("cargo:rerun-if-changed={}", root.join(watched).display());
    }
    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:rustc-link-lib=static=hvpt");
}

/// The folder with hvpt's sources.
fn root() -> PathBuf {
    let given = env::var_os("HVPT_SOURCE").map(PathBuf::from);
    given.unwrap_or_else(|| {
        Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../..")
    })
}

/// The entries of one list of hvpt.cmake.
fn files(text: &str, list: &str) -> Vec<String> {
    let head = format!("set({list}\n");
    let start = text.find(&head).expect(list) + head.len();
    let end = start + text[start..].find(')').expect(list);
    text[start..end].split_whitespace().map(String::from).collect()
}

fn tool(variable: &str, default: &str) -> String {
    env::var(variable).unwrap_or_else(|_| default.into())
}

/// Runs it; what it printed. A failure ends the build with its message.
fn output(command: &mut Command) -> String {
    let done =
        command.output().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    if !done.status.success() {
        panic!("{command:?}:\n{}", String::from_utf8_lossy(&done.stderr));
    }
    String::from_utf8(done.stdout).expect("output in UTF-8")
}
