//! Documents: they speak only of what exists. This is MD-009 on ourselves, in small.

use std::path::{Component, Path, PathBuf};

use crate::{assert_none, files, root, sources};

/// The targets of inline Markdown links (`[text](target)`), without anchors.
fn link_targets(text: &str) -> Vec<(usize, String)> {
    let mut targets = Vec::new();
    let mut fenced = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let mut rest = line;
        while let Some(at) = rest.find("](") {
            rest = &rest[at + 2..];
            let Some(end) = rest.find(')') else { break };
            let target = rest[..end].split('#').next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:") {
                targets.push((number + 1, target.to_owned()));
            }
            rest = &rest[end..];
        }
    }
    targets
}

/// `folder/../x` as `x`, without asking the file system.
fn normalise(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                parts.pop();
            }
            Component::CurDir => {}
            other => parts.push(other),
        }
    }
    parts
}

#[test]
fn links_lead_somewhere() {
    let mut violations = Vec::new();
    for (file, text) in sources("md") {
        let folder = Path::new(&file).parent().expect("a file has a folder");
        for (line, target) in link_targets(&text) {
            let path = normalise(&folder.join(&target));
            if !root().join(&path).exists() {
                violations.push(format!("{file}:{line}: {target}"));
            }
        }
    }
    assert_none("a link to a file that does not exist", &violations);
}

#[test]
fn paths_in_the_architecture_document_exist() {
    let text = std::fs::read_to_string(root().join("docs/architecture.md")).expect("it exists");
    let mut violations = Vec::new();
    for word in text.split('`').skip(1).step_by(2) {
        let is_path = word.contains('/') && !word.contains([' ', '{', '<', '*', ':']);
        if is_path && !word.starts_with('/') && !root().join(word).exists() {
            violations.push(word.to_owned());
        }
    }
    assert_none(
        "docs/architecture.md names a path that does not exist",
        &violations,
    );
}

#[test]
fn every_decision_record_is_listed() {
    let index = std::fs::read_to_string(root().join("docs/adr/README.md")).expect("it exists");
    let violations: Vec<String> = files()
        .into_iter()
        .filter_map(|file| file.strip_prefix("docs/adr/").map(str::to_owned))
        .filter(|name| name != "README.md" && !index.contains(&format!("({name})")))
        .collect();
    assert_none("docs/adr/README.md lists every record", &violations);
}

#[test]
fn proven_requirements_name_tests_that_exist() {
    let document = std::fs::read_to_string(root().join("docs/requirements.md")).expect("it exists");
    let code: Vec<(String, String)> = sources("rs");
    let mut named = 0;
    let mut violations = Vec::new();
    for word in document.split('`').skip(1).step_by(2) {
        let Some((file, test)) = word.split_once("::") else {
            continue;
        };
        named += 1;
        let found = code
            .iter()
            .any(|(path, text)| path == file && text.contains(&format!("fn {test}(")));
        if !found {
            violations.push(word.to_owned());
        }
    }
    assert!(named > 0, "docs/requirements.md names no test at all");
    assert_none(
        "docs/requirements.md names a test that does not exist",
        &violations,
    );
}

#[test]
fn codeowners_has_no_placeholder_and_every_pattern_owns_a_file() {
    // P-1, in small and on the real files: MD-007 checks the rest.
    let text = std::fs::read_to_string(root().join(".github/CODEOWNERS")).expect("it exists");
    let files = files();
    let mut violations = Vec::new();
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let mut words = line.split_whitespace();
        let pattern = words.next().expect("the line is not empty");
        let owners: Vec<&str> = words.collect();
        let placeholder = |owner: &&str| {
            !owner.starts_with('@')
                || ["your", "example", "todo", "org/team"]
                    .iter()
                    .any(|word| owner.to_lowercase().contains(word))
        };
        if owners.is_empty() || owners.iter().any(placeholder) {
            violations.push(format!("{pattern}: owners {owners:?}"));
        }
        let start = pattern.trim_start_matches('/').trim_end_matches('*');
        if !files.iter().any(|file| file.starts_with(start)) {
            violations.push(format!("{pattern}: owns no file"));
        }
    }
    assert_none(".github/CODEOWNERS", &violations);
}
