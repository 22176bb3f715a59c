//! What a pull request itself does to a required check.

use expect_test::expect;

use super::{check, finds, passes, workflow};

const SETTINGS: &str = "\
//@ require \"build\" by ruleset
//@ rollup #7 \"build\" by 15368
//@ rollup #8 \"build\" by 15368
";

/// The file at the base, and with the change.
fn changed(before: &str, after: &str) -> String {
    format!(
        "{SETTINGS}{}{after}",
        before.replace("//- ", "//- before: ")
    )
}

fn build() -> String {
    workflow("ci.yml", "pull_request", &["build"])
}

#[test]
fn nothing_changes() {
    passes(&changed(&build(), &build()));
}

#[test]
fn a_renamed_job() {
    let renamed = build().replace("  build: {", "  build: {name: Compile, ");
    check(
        &changed(&build(), &renamed),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` is reported by nothing
              at .github/workflows/ci.yml:3  build: {name: Compile, runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `build` (ruleset 1 of octo-org/hello). At the base job `build` of `.github/workflows/ci.yml` reports it; with this change it reports `Compile` instead.
              fix Give the job the name `build` again; or require `Compile` instead, once this is merged.
        "#]],
    );
}

#[test]
fn a_job_with_another_id() {
    finds(
        &changed(&build(), &workflow("ci.yml", "pull_request", &["compile"])),
        expect![[r#"
            high: Required check `build` is reported by nothing [ci.yml:3]
        "#]],
    );
}

#[test]
fn a_job_that_moves_to_another_file() {
    passes(&changed(
        &build(),
        &workflow("all.yml", "pull_request", &["build"]),
    ));
}

#[test]
fn a_workflow_that_is_deleted() {
    check(
        &changed(&build(), "//- README.md\n"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` is reported by nothing
              why `main` requires `build` (ruleset 1 of octo-org/hello). At the base job `build` of `.github/workflows/ci.yml` reports it; with this change that job is gone.
              fix Keep a job of the name `build`, or stop requiring it before this is merged.
        "#]],
    );
}

#[test]
fn a_filter_that_is_added() {
    let filtered = workflow("ci.yml", "{pull_request: {paths: ['src/**']}}", &["build"]);
    finds(
        &changed(&build(), &filtered),
        expect![[r#"
            medium: Required check `build` is not reported for some pull requests [ci.yml:1 ci.yml:3]
        "#]],
    );
}

#[test]
fn a_removed_job_that_something_else_was_seen_to_report_too() {
    let text = changed(&build(), "//- README.md\n");
    passes(&format!("//@ rollup #9 \"build\" by status\n{text}"));
}

#[test]
fn a_broken_file_is_one_finding_and_the_rest_is_judged() {
    check(
        &changed(
            &format!(
                "{}{}",
                build(),
                workflow("lint.yml", "pull_request", &["lint"])
            ),
            &format!(
                "//@ require \"lint\" by ruleset\n//- .github/workflows/ci.yml\non: [\n{}",
                workflow("lint.yml", "pull_request", &["lint"])
            ),
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block. 1 fact could not be looked at.
            new high MD-000: `.github/workflows/ci.yml` can't be read
              at .github/workflows/ci.yml:1  on: [
              why `.github/workflows/ci.yml` could be read at the base and can't be read now: line 2, column 1: expected YAML, found an error: while parsing a node, did not find expected node content. What it says is not judged by any other rule.
              fix Correct `.github/workflows/ci.yml` at line 2, column 1.
            ? what reports the required check `build` (Unreadable): `.github/workflows/ci.yml` can't be read (line 2).
        "#]],
    );
}

#[test]
fn a_file_that_was_broken_at_the_base_is_nobodys_fault() {
    let broken = "//- .github/workflows/ci.yml\non: [\n";
    finds(
        &changed(broken, broken),
        expect![[r#"
        unknown .github/workflows/ci.yml: line 2, column 1: expected YAML, found an error: while parsing a node, did not find expected node content
    "#]],
    );
}

#[test]
fn a_change_that_puts_it_right() {
    passes(&changed(&workflow("ci.yml", "push", &["build"]), &build()));
}

#[test]
fn a_pull_request_target_job_that_is_removed() {
    let target = workflow("ci.yml", "pull_request_target", &["build"]);
    finds(
        &changed(&target, "//- README.md\n"),
        expect![[r#"
        high: Required check `build` is reported by nothing []
    "#]],
    );
}
