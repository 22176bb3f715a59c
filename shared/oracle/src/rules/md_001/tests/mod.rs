//! What the rule concludes, case by case. How names come about is tested in `workflows`.

mod actions;
mod change;
mod golden;
mod guards;
mod matching;
mod misses;
mod names;
mod near_misses;
mod properties;
mod queue;
mod triggers;
mod unknown;

use std::fmt::Write as _;

use expect_test::Expect;

use crate::rules::md_000::MD_000;
use crate::rules::md_001::MD_001;
use crate::testing::{Fixture, brief, render};
use crate::{Outcome, Report};

/// The report by this rule, and by the one about files that can't be read.
fn report(text: &str) -> Report {
    Fixture::parse(text).report_by(&[&MD_000, &MD_001])
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
    assert_eq!(
        report.decision.outcome,
        Outcome::Pass,
        "{}",
        render(&report)
    );
    assert!(report.items.is_empty(), "{}", render(&report));
}

/// A job that runs something, in flow style.
const JOB: &str = "{runs-on: ubuntu-latest, steps: [{run: make}]}";

/// A workflow file of one event and jobs `id: JOB`.
fn workflow(file: &str, on: &str, jobs: &[&str]) -> String {
    let jobs: String = jobs.iter().fold(String::new(), |mut all, job| {
        let _ = writeln!(all, "  {job}: {JOB}");
        all
    });
    format!("//- .github/workflows/{file}\non: {on}\njobs:\n{jobs}")
}
