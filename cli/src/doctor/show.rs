//! A diagnosis as text and as JSON.

use std::fmt::Write as _;

use serde_json::json;

use super::diagnosis::{Finding, State};
use anstyle::Style;

use crate::terminal::check::wrap;
use crate::terminal::{DIM, GREEN, RED, WIDTH, YELLOW, printable, styled};

/// The columns before and after an area's.
const MARGIN: usize = 11;

/// A line for each, with what helps below it, and what it comes to.
pub(super) fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    let longest = findings.iter().map(|finding| finding.area.len()).max();
    let width = longest.unwrap_or_default();
    for finding in findings {
        let (style, word) = match finding.state {
            State::Fine => (GREEN, "ok     "),
            State::Note => (YELLOW, "note   "),
            State::Lacking => (RED, "lacking"),
            State::Unseen => (RED, "unseen "),
        };
        let mut margin = format!("{}  {:width$}  ", styled(style, word), finding.area);
        let blank = " ".repeat(MARGIN + width);
        let help = finding
            .help
            .iter()
            .map(|help| (format!("help: {help}"), DIM));
        let parts = std::iter::once((finding.what.clone(), Style::new())).chain(help);
        for (part, style) in parts {
            for line in wrap(&printable(&part), WIDTH - blank.len()) {
                // Writing to a string can't fail.
                let _ = writeln!(text, "{margin}{}", styled(style, &line));
                margin.clone_from(&blank);
            }
        }
    }
    let count = |state| {
        findings
            .iter()
            .filter(|finding| finding.state == state)
            .count()
    };
    let (lacking, unseen) = (count(State::Lacking), count(State::Unseen));
    let sum = match (lacking, unseen) {
        (0, 0) => "Nothing keeps the App from its work.".to_owned(),
        (lacking, 0) => format!("{lacking} to put right."),
        (0, unseen) => format!("{unseen} could not be looked at."),
        (lacking, unseen) => format!("{lacking} to put right, {unseen} could not be looked at."),
    };
    let _ = writeln!(text, "\n{sum}");
    text
}

/// An array of `{area, state, what, help}`.
pub(super) fn json(findings: &[Finding]) -> String {
    let all: Vec<_> = findings
        .iter()
        .map(|finding| {
            let state = match finding.state {
                State::Fine => "ok",
                State::Note => "note",
                State::Lacking => "lacking",
                State::Unseen => "unseen",
            };
            json!({ "area": finding.area, "state": state, "what": finding.what, "help": finding.help })
        })
        .collect();
    // A list of JSON values always serialises.
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}
