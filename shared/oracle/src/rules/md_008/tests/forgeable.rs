//! Checks that any source may report.

use super::{WORKS, passes, report};
use crate::{Outcome, Severity, Status};

fn jobs(tree: &str, jobs: &[&str]) -> String {
    let jobs: Vec<String> = jobs
        .iter()
        .map(|job| format!("  {job}: {WORKS}\n"))
        .collect();
    format!(
        "//- {tree}.github/workflows/ci.yml\non: pull_request\njobs:\n{}",
        jobs.concat()
    )
}

const OPEN: &str = "//@ require \"build\" by ruleset\n//@ require \"test\" by classic\n";

#[test]
fn one_finding_for_all_checks() {
    let report = report(&format!("{OPEN}{}", jobs("", &["build", "test"])));
    assert_eq!(report.items.len(), 1);
    assert_eq!(report.items[0].severity, Severity::Low);
    assert_eq!(report.items[0].evidence, []);
}

#[test]
fn no_change_is_to_blame_for_settings() {
    let new = |text: String| {
        let report = report(&format!("{OPEN}{text}"));
        assert_eq!(report.decision.outcome, Outcome::Pass);
        assert!(
            report
                .items
                .iter()
                .all(|item| item.status == Status::Existing)
        );
        report.items.len()
    };
    let (both, one) = (["build", "test"], ["build"]);
    // Whatever the change does to the list.
    assert_eq!(new(jobs("both: ", &both)), 1);
    assert_eq!(new(jobs("before: ", &one) + &jobs("", &both)), 1);
    assert_eq!(new(jobs("before: ", &both) + &jobs("", &one)), 1);
    assert_eq!(new(jobs("before: ", &["lint"]) + &jobs("", &both)), 0);
    assert_eq!(new(jobs("before: ", &both) + &jobs("", &["lint"])), 0);
}

#[test]
fn a_check_that_is_pinned_somewhere() {
    passes(&format!(
        "//@ require \"build\" by ruleset\n//@ require \"build\" from 15368 by classic\n{}",
        jobs("", &["build"])
    ));
}

#[test]
fn a_check_that_another_source_is_seen_to_report() {
    for source in ["status", "99"] {
        passes(&format!(
            "//@ require \"build\" by ruleset\n//@ rollup #7 \"build\" by {source}\n{}",
            jobs("", &["build"])
        ));
    }
}

#[test]
fn a_check_that_no_job_reports() {
    passes(&format!(
        "//@ require \"codecov/project\" by ruleset\n{}",
        jobs("", &["build"])
    ));
}
