//! What no compiler checks: who may import whom, how big things get, and that documents
//! speak of what exists. Each test names the rule in docs/architecture.md that it keeps.

mod codes;
mod direction;
mod documents;
mod manifests;
mod sources;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace's root folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the workspace")
        .to_owned()
}

/// The files Git tracks or would track, relative to the root.
fn files() -> Vec<String> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git ls-files failed");
    let mut files: Vec<String> = String::from_utf8(output.stdout)
        .expect("our paths are UTF-8")
        .lines()
        .filter(|file| root().join(file).is_file())
        .map(str::to_owned)
        .collect();
    files.sort();
    assert!(
        files.len() > 50,
        "git lists too few files to be this project"
    );
    files
}

/// The tracked files with this extension, with their contents.
fn sources(extension: &str) -> Vec<(String, String)> {
    files()
        .into_iter()
        .filter(|file| Path::new(file).extension().is_some_and(|e| e == extension))
        .map(|file| {
            let text = std::fs::read_to_string(root().join(&file)).expect("readable UTF-8");
            (file, text)
        })
        .collect()
}

/// Fails with every violation at once.
fn assert_none(rule: &str, violations: &[String]) {
    assert!(
        violations.is_empty(),
        "{rule}\n  {}",
        violations.join("\n  ")
    );
}
