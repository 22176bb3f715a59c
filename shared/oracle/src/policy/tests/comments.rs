//! Suppressions written beside what they are about.

use expect_test::{Expect, expect};

use crate::policy::inline::comments;
use crate::testing::{Fixture, render};
use crate::{Outcome, RepoPath, Status};

const REASON: &str = "reason=\"the check goes away\"";

/// A change that deletes the workflow from which a required check comes, and leaves one that
/// only a person starts; the finding points at that one's line `on:`. `before` and `after` stand
/// in place of the line.
fn deleted(before: &str, after: &str) -> Fixture {
    Fixture::parse(&format!(
        "\
//@ require \"build\" from 15368 by ruleset
//@ rollup #12 \"build\" by 15368
//- before: .github/workflows/pull-request.yml
on: pull_request
jobs: {{build: {{runs-on: ubuntu-latest, steps: [{{run: make}}]}}}}
//- before: .github/workflows/ci.yml
{before}
jobs: {{build: {{runs-on: ubuntu-latest, steps: [{{run: make}}]}}}}
//- .github/workflows/ci.yml
{after}
jobs: {{build: {{runs-on: ubuntu-latest, steps: [{{run: make}}]}}}}
"
    ))
}

/// How the one finding of a report counts.
#[track_caller]
fn status(fixture: &Fixture) -> Status {
    let report = fixture.report();
    assert_eq!(report.items.len(), 1, "{}", render(&report));
    report.items[0].status
}

#[test]
fn at_the_end_of_the_line_or_above_it_suppresses() {
    let end = format!("on: workflow_dispatch # phase-mirror: ignore[MD-001] {REASON}");
    assert_eq!(status(&deleted(&end, &end)), Status::Suppressed);
    let above = format!(
        "# phase-mirror: ignore[required-check-never-reports] {REASON}\non: workflow_dispatch"
    );
    assert_eq!(status(&deleted(&above, &above)), Status::Suppressed);
    let two = format!(
        "#phase-mirror:ignore[MD-000]  {REASON}\n  # phase-mirror: ignore[MD-000, MD-001] {REASON}\non: workflow_dispatch"
    );
    assert_eq!(status(&deleted(&two, &two)), Status::Suppressed);
    let report = deleted(&end, &end).report();
    expect!["the check goes away (at .github/workflows/ci.yml:1)"]
        .assert_eq(report.items[0].suppression.as_deref().unwrap_or_default());
    assert_eq!(report.decision.outcome, Outcome::Pass);
}

#[test]
fn a_comment_that_the_change_brings_along_suppresses_nothing() {
    let end = format!("on: workflow_dispatch # phase-mirror: ignore[MD-001] {REASON}");
    assert_eq!(status(&deleted("on: workflow_dispatch", &end)), Status::New);
}

#[test]
fn a_comment_at_the_base_holds_where_the_change_moves_or_drops_it() {
    let end = format!("on: workflow_dispatch # phase-mirror: ignore[MD-001] {REASON}");
    assert_eq!(
        status(&deleted(&end, "\n\non: workflow_dispatch")),
        Status::Suppressed
    );
}

#[test]
fn a_comment_about_another_line_another_rule_or_in_another_place_does_not_hold() {
    let other_line = format!("# phase-mirror: ignore[MD-001] {REASON}\n\non: workflow_dispatch");
    assert_eq!(status(&deleted(&other_line, &other_line)), Status::New);
    let other_rule = format!("on: workflow_dispatch # phase-mirror: ignore[MD-000] {REASON}");
    assert_eq!(status(&deleted(&other_rule, &other_rule)), Status::New);
    let changed = format!("on: workflow_dispatch  # phase-mirror: ignore[MD-001] {REASON}");
    assert_eq!(
        status(&deleted(&changed, "on: [workflow_dispatch]")),
        Status::New
    );
    let in_text = "# a#phase-mirror: ignore[MD-001]\non: workflow_dispatch";
    assert_eq!(status(&deleted(in_text, in_text)), Status::New);
}

#[test]
fn where_nothing_is_compared_the_tree_is_the_base() {
    let fixture = Fixture::parse(&format!(
        "\
//@ require \"build\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: workflow_dispatch # phase-mirror: ignore[MD-001] {REASON}
jobs: {{build: {{runs-on: ubuntu-latest, steps: [{{run: make}}]}}}}
"
    ));
    assert_eq!(status(&fixture), Status::Suppressed);
}

#[test]
fn the_last_day_is_included_and_what_is_over_is_noted() {
    let until = |day: &str| {
        format!("on: workflow_dispatch # phase-mirror: ignore[MD-001] {REASON} until={day}")
    };
    let today = until("2026-01-02");
    assert_eq!(status(&deleted(&today, &today)), Status::Suppressed);
    let over = until("2026-01-01");
    let report = deleted(&over, &over).report();
    assert_eq!(report.items[0].status, Status::New);
    let notes: Vec<String> = report
        .meta
        .policy_notes
        .iter()
        .map(ToString::to_string)
        .collect();
    expect![".github/workflows/ci.yml:1: a suppression of a finding ended on 2026-01-01. Mend the finding, or decide anew and write a later day."].assert_eq(&notes.join("\n"));
}

/// What is wrong with the comments of a file.
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect![]` is written at the call"
)]
fn wrong(lines: &str, expected: Expect) {
    let fixture = Fixture::parse(&format!("//- .github/workflows/ci.yml\n{lines}\n"));
    let (_, errors) = comments(&fixture.snapshot.after);
    let errors: Vec<String> = errors.iter().map(|error| format!("{error}\n")).collect();
    expected.assert_eq(&errors.concat());
}

#[test]
fn a_malformed_comment_is_named_with_its_line() {
    wrong(
        "\
a: 1 # phase-mirror: ignore
b: 1 # phase-mirror: ignore[MD-001]
c: 1 # phase-mirror: ignore[MD-01] reason=\"why\"
d: 1 # phase-mirror: ignore[MD-001] reason=\"why\" until=soon
e: 1 # phase-mirror: ignroe[MD-001] reason=\"why\"
f: 1 # phase-mirror: ignore[MD-001] reason=\"\"
g: 1 # phase-mirror: ignore[] reason=\"why\"
h: 1 # phase-mirror: ignore[MD-001] reason=\"why\" for ever
i: 1 # phase-mirror: ignore[MD-001] reason=\"why
# phase-mirror: is what checks this file
# phase-mirror: ignore[MD-001] reason=\"nothing below\"",
        expect![[r#"
            .github/workflows/ci.yml:1: expected `ignore[RULE] reason="…"`, found `ignore`. Write `phase-mirror: ignore[MD-001] reason="why" until=2026-12-31`; the day may be left out.
            .github/workflows/ci.yml:2: expected a reason, found none. Add `reason="why the finding does not count"`.
            .github/workflows/ci.yml:3: expected a rule's id or name, found `MD-01`. Did you mean `MD-001`?
            .github/workflows/ci.yml:4: expected a day such as `2026-12-31`, found `soon`. Write year, month and day with dashes; it is the last day, in UTC.
            .github/workflows/ci.yml:5: expected `ignore[RULE] reason="…"`, found `ignroe[MD-001] reason="why"`. Write `phase-mirror: ignore[MD-001] reason="why" until=2026-12-31`; the day may be left out.
            .github/workflows/ci.yml:6: expected a reason, found none. Add `reason="why the finding does not count"`.
            .github/workflows/ci.yml:7: expected a rule's id or name, found ``. The rules are listed in docs/rules.
            .github/workflows/ci.yml:8: expected `ignore[RULE] reason="…"`, found `ignore[MD-001] reason="why" for ever`. Write `phase-mirror: ignore[MD-001] reason="why" until=2026-12-31`; the day may be left out.
            .github/workflows/ci.yml:9: expected `ignore[RULE] reason="…"`, found `ignore[MD-001] reason="why`. Write `phase-mirror: ignore[MD-001] reason="why" until=2026-12-31`; the day may be left out.
            .github/workflows/ci.yml:11: expected a line at or below the comment, found none. Put it at the end of the line that is meant, or directly above it.
        "#]],
    );
}

#[test]
fn a_malformed_comment_warns_when_a_change_brings_it_and_is_gone_when_one_mends_it() {
    let bad = "jobs: # phase-mirror: ignore[MD-001]";
    let fixture = |before: &str, after: &str| {
        Fixture::parse(&format!(
            "//- before: .github/workflows/ci.yml\non: push\n{before}\n  a: {{runs-on: x}}\n\
             //- .github/workflows/ci.yml\non: push\n{after}\n  a: {{runs-on: x}}\n"
        ))
    };
    let brought = fixture("jobs:", bad).report();
    assert_eq!(brought.meta.policy_errors.len(), 1);
    assert_eq!(brought.decision.outcome, Outcome::Warn);
    let mended = fixture(bad, "jobs:").report();
    assert_eq!(mended.meta.policy_errors, []);
    assert_eq!(mended.decision.outcome, Outcome::Pass);
}

#[test]
fn locked_suppressions_make_comments_errors() {
    let end = format!("on: workflow_dispatch # phase-mirror: ignore[MD-001] {REASON}");
    let mut fixture = deleted(&end, &end);
    fixture.policy.comments_locked_at = Some("octo-org/.github/policy.yml:3".to_owned());
    let report = fixture.report();
    assert_eq!(report.items[0].status, Status::New);
    let errors: Vec<String> = report
        .meta
        .policy_errors
        .iter()
        .map(ToString::to_string)
        .collect();
    expect![".github/workflows/ci.yml:1: the comment suppresses nothing, because the organisation locks suppressions at octo-org/.github/policy.yml:3. Remove it, or ask the organisation to unlock suppressions."].assert_eq(&errors.join("\n"));
}

#[test]
fn comments_begin_as_the_kind_of_file_has_it() {
    let body = "phase-mirror: ignore[MD-001] reason=\"why\"";
    let count = |path: &str, line: &str| {
        let mut fixture = Fixture::parse("");
        let content = format!("{line}\n").into_bytes();
        let path = RepoPath::new(path).expect("a path");
        fixture
            .snapshot
            .after
            .files
            .insert(path, crate::Fact::Known(content));
        comments(&fixture.snapshot.after).0.all().count()
    };
    for (path, line, expected) in [
        (".github/CODEOWNERS", format!("* @a # {body}"), 1),
        ("main.tf", format!("a = 1 # {body}"), 1),
        ("main.tf", format!("a = 1 // {body}"), 1),
        ("app.ts", format!("a // {body}"), 1),
        ("README.md", format!("text <!-- {body} -->"), 1),
        ("README.md", format!("text # {body}"), 0),
        ("ci.yml", format!("a: 1 // {body}"), 0),
        ("ci.yml", format!("a: http://{body}"), 0),
    ] {
        assert_eq!(count(path, &line), expected, "{path}: {line}");
    }
}
