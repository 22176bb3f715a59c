//! Sources: sizes, names and words.

use std::path::Path;

use crate::{assert_none, files, root, sources};

/// Past this a file usually holds two things.
const MOST_LINES: usize = 600;
const MOST_LINES_OF_MAIN: usize = 60;

#[test]
fn files_stay_small() {
    let mut violations = Vec::new();
    for (file, text) in sources("rs") {
        let lines = text.lines().count();
        let most = if file.ends_with("src/main.rs") {
            MOST_LINES_OF_MAIN
        } else {
            MOST_LINES
        };
        if lines > most {
            violations.push(format!("{file}: {lines} lines, at most {most}"));
        }
    }
    assert_none("docs/architecture.md, \"House rules\": sizes", &violations);
}

#[test]
fn every_source_states_its_job() {
    let violations: Vec<String> = sources("rs")
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(file, _)| file)
        .collect();
    assert_none(
        "the first line of a source is `//!` and says what it is for",
        &violations,
    );
}

#[test]
fn no_file_is_a_drawer() {
    let drawers = ["common", "helper", "helpers", "misc", "util", "utils"];
    let violations: Vec<String> = files()
        .into_iter()
        .filter(|file| {
            Path::new(file)
                .components()
                .filter_map(|part| Path::new(part.as_os_str()).file_stem())
                .any(|stem| drawers.iter().any(|drawer| stem == *drawer))
        })
        .collect();
    assert_none("a module is named for what it holds", &violations);
}

#[test]
fn nothing_is_left_for_later_or_silenced() {
    // Spelt in halves, so that this file does not find itself.
    let banned = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[ign", "ore"),
        concat!("#[al", "low("),
        concat!("#![al", "low("),
        concat!("todo", "!("),
        concat!("unimpl", "emented!("),
        concat!("thread::sl", "eep"),
    ];
    let mut violations = Vec::new();
    for (file, text) in sources("rs") {
        for (number, line) in text.lines().enumerate() {
            for word in banned.iter().filter(|word| line.contains(**word)) {
                violations.push(format!("{file}:{}: {word}", number + 1));
            }
        }
    }
    assert_none("finish it, or leave it out visibly", &violations);
}

#[test]
fn scripts_are_executable_documented_and_explain_themselves() {
    use std::os::unix::fs::PermissionsExt;
    let documented = std::fs::read_to_string(root().join("docs/scripts.md"))
        .expect("docs/scripts.md documents the scripts");
    let mut violations = Vec::new();
    for file in files()
        .into_iter()
        .filter(|file| file.starts_with("scripts/"))
    {
        let path = root().join(&file);
        let mode = path.metadata().expect("it exists").permissions().mode();
        if mode & 0o111 == 0 {
            violations.push(format!("{file}: not executable"));
        }
        if !documented.contains(&format!("`{file}`")) {
            violations.push(format!("{file}: not in docs/scripts.md"));
        }
        let text = std::fs::read_to_string(&path).expect("readable");
        if !text.contains("--help") {
            violations.push(format!("{file}: no --help"));
        }
    }
    assert_none("docs/scripts.md", &violations);
}
