//! What the sample's check must be, and how one that is not differs.

use std::fmt::Write as _;

use crate::view::{AnnotationLevel, CheckState, CheckView};

/// The check as text that two runs can be compared by: the conclusion, and where each finding
/// is and what it is about.
const EXPECTED: &str = include_str!("sample/expected.txt");

/// Nothing if the check is as expected; otherwise the differences, line by line.
pub(super) fn differences(check: &CheckView) -> Option<String> {
    let found = describe(check);
    if found == EXPECTED {
        return None;
    }
    let mut diff = String::new();
    // Writing to a `String` can't fail.
    for line in EXPECTED
        .lines()
        .filter(|line| !found.lines().any(|it| it == *line))
    {
        let _ = writeln!(diff, "- {line}");
    }
    for line in found
        .lines()
        .filter(|line| !EXPECTED.lines().any(|it| it == *line))
    {
        let _ = writeln!(diff, "+ {line}");
    }
    if diff.is_empty() {
        let _ = write!(diff, "the same lines in another order:\n{found}");
    }
    Some(diff)
}

fn describe(check: &CheckView) -> String {
    let state = match check.state {
        CheckState::Success => "success",
        CheckState::Neutral => "neutral",
        CheckState::Failure => "failure",
        CheckState::ActionRequired => "action_required",
        CheckState::InProgress | CheckState::Cancelled | CheckState::Other => "no conclusion",
    };
    let mut text = format!("{}: {state}: {}\n", check.name, check.title);
    for annotation in &check.annotations {
        let level = match annotation.level {
            AnnotationLevel::Failure => "failure",
            AnnotationLevel::Warning => "warning",
            AnnotationLevel::Notice => "notice",
        };
        let _ = writeln!(
            text,
            "{}: {level}: {}",
            annotation.place(),
            annotation.title
        );
    }
    text
}
