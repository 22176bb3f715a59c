//! Error codes: whatever docs/errors.md lists can happen.

use crate::{assert_none, sources};

#[test]
fn every_code_is_used() {
    let sources: Vec<(String, String)> = sources("rs");
    let (_, table) = sources
        .iter()
        .find(|(path, _)| path == "shared/codes/src/lib.rs")
        .expect("the table is there");
    let names: Vec<&str> = table
        .lines()
        .filter_map(|line| line.split_once(" = ")?.0.strip_prefix("    "))
        .filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .collect();
    assert!(names.len() > 40, "the table is read: {names:?}");
    let violations: Vec<String> = names
        .into_iter()
        .filter(|name| {
            let used = format!("codes::{name}");
            !sources
                .iter()
                .any(|(path, text)| path.contains("/src/") && text.contains(&used))
        })
        .map(str::to_owned)
        .collect();
    assert_none("a code of shared/codes that nothing names", &violations);
}
