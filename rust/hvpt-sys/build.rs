// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//! Compiles hvpt, or finds it with pkg-config (feature `system`).
//!
//! The sources are two folders above, or in HVPT_SOURCE, an absolute path. CC
//! and AR name the tools, CFLAGS adds options: set them for a target that is not
//! the host.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{exit, Command};

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
    let mut tool = Command::new("pkg-config");
    let said = output("'pkg-config'", tool.args(["--libs", "hvpt"]));
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
    let text = fs::read_to_string(&list).unwrap_or_else(|why| {
        fail(&format!(
            "cannot read {}: {why}; HVPT_SOURCE says where hvpt is",
            list.display()
        ))
    });
    let mut sources = files(&text, "HVPT_CORE_SOURCES");
    sources.extend(files(&text, "HVPT_FFI_SOURCES"));
    let compiler = tool("CC", "cc");
    let mut cc = Command::new(&compiler);
    cc.current_dir(&out)
        .args(["-c", "-std=c11", "-O2", "-ffreestanding", "-fPIC"])
        .args(tool("CFLAGS", "").split_whitespace())
        .arg("-I")
        .arg(root.join("include"))
        .args(sources.iter().map(|source| root.join(source)));
    output(&format!("the compiler '{compiler}' (CC)"), &mut cc);
    let objects = sources.iter().map(|source| {
        PathBuf::from(Path::new(source).file_name().unwrap())
            .with_extension("o")
    });
    let archiver = tool("AR", "ar");
    let mut ar = Command::new(&archiver);
    ar.current_dir(&out).args(["crs", "libhvpt.a"]).args(objects);
    output(&format!("the archiver '{archiver}' (AR)"), &mut ar);
    for watched in ["hvpt.cmake", "include", "src"] {
        println!("cargo:rerun-if-changed={}", root.join(watched).display());
    }
    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:rustc-link-lib=static=hvpt");
}

/// The folder with hvpt's sources. Cargo runs this in another folder than the
/// user's, so a relative path would lead elsewhere.
fn root() -> PathBuf {
    let given = env::var_os("HVPT_SOURCE").map(PathBuf::from);
    let root = given.unwrap_or_else(|| {
        Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../..")
    });
    if root.is_relative() {
        fail(&format!(
            "HVPT_SOURCE must be an absolute path, and is '{}'",
            root.display()
        ));
    }
    root
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
fn output(what: &str, command: &mut Command) -> String {
    let done = command
        .output()
        .unwrap_or_else(|why| fail(&format!("cannot run {what}: {why}")));
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        fail(&format!("{what} failed:\n{said}\nthe command: {command:?}"));
    }
    String::from_utf8(done.stdout).expect("output in UTF-8")
}

/// Ends the build with a message.
fn fail(message: &str) -> ! {
    eprintln!("hvpt-sys: {message}");
    exit(1);
}
