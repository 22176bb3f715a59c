//! What is new and what was there already.

use super::{ci, report};
use crate::{Outcome, Status};

const GOOD: &str = "  test: {runs-on: ubuntu-latest, steps: [{run: make test}]}\n";
const BAD: &str = "  test: {runs-on: ubuntu-latest, steps: [{run: make test || true}]}\n";

/// Outcome and statuses for a change of `test` from one job to another.
fn change(before: &str, after: &str) -> (Outcome, Vec<Status>) {
    let before = ci(&[], before).replace("//- ", "//- before: ");
    let report = report(&format!("{}{before}", ci(&["test"], after)));
    let statuses = report.items.iter().map(|item| item.status);
    (report.decision.outcome, statuses.collect())
}

#[test]
fn the_change_that_takes_the_teeth_out_is_told() {
    assert_eq!(change(GOOD, BAD), (Outcome::Warn, vec![Status::New]));
}

#[test]
fn a_change_that_puts_it_right_passes() {
    assert_eq!(change(BAD, GOOD), (Outcome::Pass, vec![]));
}

#[test]
fn what_was_there_already_blames_nobody() {
    assert_eq!(change(BAD, BAD), (Outcome::Pass, vec![Status::Existing]));
    // The same in other words, and elsewhere in the file.
    let moved = format!(
        "  other: {{runs-on: x, steps: [{{run: x}}]}}\n{}",
        BAD.replace("|| true", "|| exit 0")
    );
    assert_eq!(change(BAD, &moved), (Outcome::Pass, vec![Status::Existing]));
}

#[test]
fn a_hole_that_grows_to_a_gate_is_worse() {
    let hole = |steps: &str| {
        format!(
            "  build: {{runs-on: x, steps: [{{run: make}}]}}\n  \
             test: {{needs: build, runs-on: x, steps: [{{run: {steps}}}]}}\n"
        )
    };
    let (outcome, statuses) = change(&hole("make test"), &hole("echo fine"));
    assert_eq!((outcome, statuses), (Outcome::Warn, vec![Status::New]));
}
