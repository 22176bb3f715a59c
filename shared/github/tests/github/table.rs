//! `docs/api-economy.md`, read as the tests' expectation.

use std::collections::{BTreeMap, BTreeSet};

const DOCUMENT: &str = include_str!("../../../../docs/api-economy.md");

/// The calls that the document names, as `METHOD template`.
pub(crate) fn documented_calls() -> BTreeSet<String> {
    rows("| method |")
        .into_iter()
        .map(|cells| format!("{} {}", cells[0], cells[1].trim_matches('`')))
        .collect()
}

/// How many calls the document counts for each scenario.
pub(crate) fn documented_totals() -> BTreeMap<String, usize> {
    rows("| scenario |")
        .into_iter()
        .map(|cells| (cells[0].clone(), cells[1].parse().unwrap()))
        .collect()
}

/// The cells of the table whose header begins so.
fn rows(header: &str) -> Vec<Vec<String>> {
    let lines = DOCUMENT
        .lines()
        .skip_while(|line| !line.starts_with(header));
    let rows: Vec<_> = lines
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().to_owned()).collect()
        })
        .collect();
    assert!(!rows.is_empty(), "no table {header}");
    rows
}
