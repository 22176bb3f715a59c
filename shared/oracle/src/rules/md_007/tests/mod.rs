//! What the rule concludes, case by case.

mod findings;
mod golden;
mod hostile;
mod near_misses;
mod options;

use std::fmt::Write as _;

use expect_test::Expect;

use crate::testing::{Fixture, render};
use crate::{Outcome, Report};

/// The whole report, with its texts.
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect![]` is written at the call"
)]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&render(&Fixture::parse(text).report()));
}

/// The report without its texts: what is found where, and what could not be told.
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect![]` is written at the call"
)]
fn finds(text: &str, expected: Expect) {
    expected.assert_eq(&brief(&Fixture::parse(text).report()));
}

/// Nothing is found, and everything could be looked at.
fn passes(text: &str) {
    let report = Fixture::parse(text).report();
    assert_eq!(
        report.decision.outcome,
        Outcome::Pass,
        "{}",
        render(&report)
    );
    assert!(report.items.is_empty(), "{}", render(&report));
}

fn brief(report: &Report) -> String {
    let mut text = String::new();
    for item in &report.items {
        let places = item.evidence.iter().map(|evidence| {
            let file = evidence.path.as_str().rsplit('/').next();
            format!("{}:{}", file.unwrap_or_default(), evidence.start_line)
        });
        let places: Vec<String> = places.collect();
        let status = match item.status {
            crate::Status::New => "new",
            crate::Status::Existing => "existing",
            crate::Status::Suppressed => "suppressed",
        };
        let _ = writeln!(
            text,
            "{status} {}: {} [{}]",
            item.severity,
            item.title,
            places.join(" ")
        );
    }
    for missing in &report.meta.unavailable {
        let _ = writeln!(text, "unknown {}: {}", missing.fact, missing.detail);
    }
    assert!(
        report.meta.rule_errors.is_empty(),
        "{:?}",
        report.meta.rule_errors
    );
    text
}
