//! What the rule concludes, case by case.

mod change;
mod forgeable;
mod golden;
mod near_misses;
mod needs;
mod properties;
mod skipped;
mod steps;

use std::fmt::Write as _;

use expect_test::Expect;

use crate::rules::md_008::MD_008;
use crate::testing::{Fixture, brief, render};
use crate::{Outcome, Report};

/// The report by this rule only.
fn report(text: &str) -> Report {
    let report = Fixture::parse(text).report_by(&[&MD_008]);
    assert!(report.meta.rule_errors.is_empty(), "{}", render(&report));
    report
}

/// The whole report, with its texts.
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect![]` is written at the call"
)]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&render(&report(text)));
}

/// The report without its texts: what is found where, and what could not be told.
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect![]` is written at the call"
)]
fn finds(text: &str, expected: Expect) {
    expected.assert_eq(&brief(&report(text)));
}

/// Nothing is found, and everything could be looked at.
fn passes(text: &str) {
    let report = report(text);
    let is_pass = report.decision.outcome == Outcome::Pass;
    assert!(is_pass && report.items.is_empty(), "{}", render(&report));
}

/// Requirements of these contexts, from Actions.
fn requiring(contexts: &[&str]) -> String {
    contexts.iter().fold(String::new(), |mut all, context| {
        let _ = writeln!(all, "//@ require \"{context}\" from 15368 by ruleset");
        all
    })
}

/// A workflow on pull requests whose jobs are these, with required contexts.
fn ci(contexts: &[&str], jobs: &str) -> String {
    on("pull_request", contexts, jobs)
}

/// A workflow on events whose jobs are these, with required contexts.
fn on(events: &str, contexts: &[&str], jobs: &str) -> String {
    let jobs = jobs.trim_start_matches('\n');
    format!(
        "{}//- .github/workflows/ci.yml\non: {events}\njobs:\n{jobs}",
        requiring(contexts)
    )
}

/// One required job `test` on Ubuntu with these steps, in flow style.
fn steps(steps: &str) -> String {
    ci(
        &["test"],
        &format!("  test: {{runs-on: ubuntu-latest, steps: [{steps}]}}\n"),
    )
}

/// One required job `test` on Ubuntu with this script.
fn script(script: &str) -> String {
    let lines: String = script.lines().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "          {line}");
        all
    });
    ci(
        &["test"],
        &format!("  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n{lines}"),
    )
}

/// A job that works.
const WORKS: &str = "{runs-on: ubuntu-latest, steps: [{run: make}]}";
