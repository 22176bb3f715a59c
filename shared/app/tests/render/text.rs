//! Reports as text.

use app::render::{Colour, Existing, TextOptions, report_text};
use expect_test::{Expect, expect, expect_file};
use oracle::{Outcome, Severity, Status};
use proptest::prelude::*;

use crate::reports::{item, of_the_rules, report, rich, saying};

fn check(report: &oracle::Report, options: TextOptions, expected: &Expect) {
    let text = report_text(report, options);
    assert_eq!(text, report_text(report, options), "the same bytes");
    expected.assert_eq(&text);
}

#[test]
fn nothing_found_is_one_line() {
    check(
        &report(Outcome::Pass, Vec::new()),
        TextOptions::default(),
        &expect![[r#"
            pass: A reason with `code`.
        "#]],
    );
}

#[test]
fn what_the_rules_say_reads_like_a_compiler() {
    check(
        &of_the_rules(),
        TextOptions::default(),
        &expect![[r#"
            warning[MD-001]: Required check `build` is never reported for the merge queue
             --> .github/workflows/ci.yml:2-4
              |
            2 | / on:
            3 | |   pull_request:
            4 | |     branches: [main]
              | |____________________^
              |
             ::: .github/workflows/ci.yml:6
              |
            6 |   build:
              |   ------
              |
              = finding: PM-071H1, severity high, rule version 2 in mode warn
              = why: `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). The branch has
                     a merge queue, which waits for the same checks on its own commits. Job `build` of
                     `.github/workflows/ci.yml` reports it, but it runs on `pull_request` only. A pull request
                     that lacks it leaves the queue after the time-out.
              = fix: Let `.github/workflows/ci.yml` run on `merge_group` for `main` too:

                         on:
                           merge_group:
              = dispute: comment `/phase-mirror fp PM-071H1 <reason>` on the pull request, or suppress it in
                         `.github/phase-mirror.yml` on the base branch

            warning[MD-001]: Required check `lint` is reported by nothing
             --> .github/workflows/ci.yml:6
              |
            6 |   build:
              |   ^^^^^^
              |
              = finding: PM-8XTV3, severity high, rule version 2 in mode warn
              = why: `main` requires `lint`, from GitHub Actions (branch protection). No job of any workflow
                     reports a check of that name.
              = fix: Give a job of a workflow that runs on `pull_request` the `name` `lint`, or stop requiring
                     it.
              = dispute: comment `/phase-mirror fp PM-8XTV3 <reason>` on the pull request, or suppress it in
                         `.github/phase-mirror.yml` on the base branch

            could not be looked at (1):
              workflows (not permitted): The fixture says so.

            warn: 2 new findings, not enough to block.
                  1 fact could not be looked at.
        "#]],
    );
}

#[test]
fn everything_that_a_report_has_is_there_and_the_decision_is_last() {
    let text = report_text(&rich(), TextOptions::default());
    expect_file!["golden/report.txt"].assert_eq(&text);
}

#[test]
fn text_is_wrapped_to_the_width_and_lines_of_files_are_cut_to_it() {
    let mut long = item(1, Severity::Medium, Status::Existing);
    long.evidence[0].end_line = 1;
    long.evidence[0].snippet = redaction::redact(&format!("  {}", "漢".repeat(80)));
    let options = TextOptions {
        width: 1,
        existing: Existing::InFull,
        ..TextOptions::default()
    };
    check(
        &report(Outcome::Pass, vec![long]),
        options,
        &expect![[r#"
            warning[MD-001]: Title 1 of `check` (already there)
             --> .github/workflows/ci.yml:1
              |
            1 |   漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢…
              |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = finding: PM-09NKK, severity medium,
                         rule version 2 in mode
                         block
              = why: Why it matters.
              = fix: Do `this`.
              = dispute: comment `/phase-mirror fp
                         PM-09NKK <reason>` on the
                         pull request, or suppress
                         it in
                         `.github/phase-mirror.yml`
                         on the base branch

            pass: A reason with `code`.
        "#]],
    );
}

#[test]
fn colour_is_all_that_colour_changes() {
    let coloured = report_text(
        &rich(),
        TextOptions {
            colour: Colour::Ansi,
            ..TextOptions::default()
        },
    );
    let plain = report_text(&rich(), TextOptions::default());
    assert_ne!(coloured, plain);
    assert_eq!(stripped(&coloured), plain);
    let red_error = "\u{1b}[1m\u{1b}[31merror[MD-001]\u{1b}[0m";
    assert!(coloured.contains(red_error), "{coloured:?}");
}

/// The text without the sequences that begin with ESC and end with `m`.
fn stripped(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.split_once('m').expect("it ends").1
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever a repository contains, nothing of it steers the terminal.
    #[test]
    fn no_character_of_a_repository_steers_the_terminal(
        text in "[\\PC\\x00-\\x1f\\x7f-\\u{9f}\\u{200b}-\\u{202e}\\u{2066}-\\u{2069}`\\n]{0,80}",
        width in 0_usize..200,
    ) {
        let options = TextOptions { width, existing: Existing::InFull, colour: Colour::Never };
        let shown = report_text(&saying(&text), options);
        let steers = |c: char| c != '\n' && (c.is_control() || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
        prop_assert!(!shown.contains(steers), "{shown:?}");
        prop_assert!(shown.ends_with('\n') && !shown.ends_with("\n\n"));
    }
}
