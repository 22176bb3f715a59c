//! What meets a requirement: case, Apps, statuses, several sources.

use expect_test::expect;

use super::{check, finds, passes, workflow};

fn build() -> String {
    workflow("ci.yml", "pull_request", &["build"])
}

#[test]
fn names_are_compared_with_regard_to_case() {
    check(
        &format!("//@ require \"Build\" from 15368 by ruleset\n{}", build()),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `Build` is reported by nothing
              at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `Build`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name. `build` is reported: names are compared with regard to case.
              fix Require `build` instead of `Build`, or name the job `Build`.
        "#]],
    );
}

#[test]
fn classic_protection_and_rulesets_are_merged() {
    let build = build();
    // One requirement in three places is one finding, and a pin meets what is not pinned.
    check(
        &format!(
            "//@ require \"gone\" by classic\n//@ require \"gone\" from 15368 by ruleset\n\
             //@ require \"gone\" by organization\n{build}"
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `gone` is reported by nothing
              at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `gone`, from GitHub Actions (branch protection and ruleset 1 of octo-org/hello and ruleset 2 of octo-org). No job of any workflow reports a check of that name.
              fix Give a job of a workflow that runs on `pull_request` the `name` `gone`, or stop requiring it.
        "#]],
    );
    passes(&format!(
        "//@ require \"build\" by classic\n//@ require \"build\" from 15368 by organization\n{build}"
    ));
}

#[test]
fn protection_that_spares_administrators_binds() {
    let build = build();
    finds(
        &format!("//@ classic non_admins\n//@ require \"gone\" from 15368 by classic\n{build}"),
        expect![[r#"
            high: Required check `gone` is reported by nothing [ci.yml:3]
        "#]],
    );
}

#[test]
fn pinned_to_another_app_than_the_one_that_reports_it() {
    let text = format!("//@ require \"build\" from 99 by ruleset\n{}", build());
    check(
        &format!("//@ rollup #7 \"build\" by 15368\n{text}"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` is pinned to another App than the one reporting it
              at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `build`, from App 99 (ruleset 1 of octo-org/hello). It is reported by job `build` of `.github/workflows/ci.yml`, and so GitHub Actions. A report counts only from the App that the requirement names, so that pull requests wait for ever.
              fix Require `build` from the App that reports it, or from any.
        "#]],
    );
    // Nobody could look whether App 99 reports it as well.
    finds(
        &text,
        expect![[r#"
            medium: Required check `build` is pinned to another App than the one reporting it [ci.yml:3]
        "#]],
    );
    // It does.
    passes(&format!(
        "//@ rollup #7 \"build\" by 15368, \"build\" by 99\n{text}"
    ));
}

#[test]
fn pinned_to_actions_and_reported_by_another_app() {
    check(
        &format!(
            "//@ require \"scan\" from 15368 by ruleset\n//@ rollup #7 \"scan\" by 99\n{}",
            build()
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `scan` is pinned to another App than the one reporting it
              why `main` requires `scan`, from GitHub Actions (ruleset 1 of octo-org/hello). It is reported by App 99. A report counts only from the App that the requirement names, so that pull requests wait for ever.
              fix Require `scan` from the App that reports it, or from any.
        "#]],
    );
}

#[test]
fn pinned_to_another_app_that_never_reports() {
    let text = format!("//@ require \"scan\" from 99 by ruleset\n{}", build());
    finds(
        &format!("//@ rollup #7 \"build\" by 15368\n{text}"),
        expect![[r#"
            high: Required check `scan` is reported by nothing [ci.yml:3]
        "#]],
    );
    finds(
        &text,
        expect![[r#"
        unknown what reports the required check `scan`: It is pinned to another App than Actions, and there are no checks of recent pull requests that would show whether that App reports it.
    "#]],
    );
}

#[test]
fn the_author_of_a_status_is_not_shown_so_that_it_may_be_any_app() {
    let build = build();
    for pin in ["", " from 99", " from 15368"] {
        passes(&format!(
            "//@ require \"scan\"{pin} by ruleset\n//@ rollup #7 \"scan\" by status\n{build}"
        ));
        passes(&format!(
            "//@ require \"scan\"{pin} by ruleset\n//@ rollup #7 \"scan\" by unknown\n{build}"
        ));
    }
}

#[test]
fn a_status_and_a_check_of_one_name_are_both_required_and_both_reported() {
    passes(&format!(
        "//@ require \"build\" by ruleset\n\
         //@ rollup #7 \"build\" by status, \"build\" by 15368\n{}",
        build()
    ));
}

#[test]
fn only_statuses_have_the_older_suffix() {
    finds(
        &format!(
            "//@ require \"ci/x\" by classic\n//@ rollup #7 \"ci/x/pr\" by 15368\n{}",
            build()
        ),
        expect![[r#"
            high: Required check `ci/x` is reported by nothing [ci.yml:3]
        "#]],
    );
}

#[test]
fn two_jobs_of_one_name_are_ambiguous() {
    let two = "\
//@ require \"build\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  one: {name: build, runs-on: x, steps: [{run: x}]}
  other: {name: build, runs-on: x, steps: [{run: x}]}
";
    check(
        two,
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-001: Required check `build` is reported by several jobs
              at .github/workflows/ci.yml:3  one: {name: build, runs-on: x, steps: [{run: x}]}
              at .github/workflows/ci.yml:4  other: {name: build, runs-on: x, steps: [{run: x}]}
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `one` of `.github/workflows/ci.yml` and job `other` of `.github/workflows/ci.yml` report it on the same commit. Which of them counts is not documented: one that fails may be hidden by one that passes.
              fix Give each job a name of its own, and require each; `build` then is one of them.
        "#]],
    );
}

#[test]
fn jobs_of_which_one_runs_are_not_ambiguous() {
    // Of two conditions one holds.
    passes(
        "\
//@ require \"build\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  one: {name: build, if: 'github.actor == 1', runs-on: x, steps: [{run: x}]}
  other: {name: build, if: 'github.actor != 1', runs-on: x, steps: [{run: x}]}
",
    );
    // One for the pull request, one for the queue.
    let one = build();
    let other = workflow("queue.yml", "merge_group", &["build"]);
    passes(&format!(
        "//@ queue\n//@ require \"build\" from 15368 by ruleset\n{one}{other}"
    ));
    // One for pull requests, one for the default branch.
    let other = workflow("main.yml", "{push: {branches: [main]}}", &["build"]);
    passes(&format!(
        "//@ require \"build\" from 15368 by ruleset\n{one}{other}"
    ));
}

#[test]
fn one_job_under_two_events_is_not_ambiguous() {
    let ci = workflow(
        "ci.yml",
        "[push, pull_request, pull_request_target]",
        &["build"],
    );
    passes(&format!(
        "//@ require \"build\" from 15368 by ruleset\n{ci}"
    ));
}

#[test]
fn on_an_enterprise_server_the_id_of_actions_is_another() {
    let build = build();
    passes(&format!(
        "//@ app-id 77\n//@ require \"build\" from 77 by ruleset\n{build}"
    ));
    // Not known: a job may be what the pin means.
    finds(
        &format!(
            "//@ unavailable app-id not_provided\n//@ require \"build\" from 77 by ruleset\n{build}"
        ),
        expect![[r#"
            unknown app-id: The fixture says so.
        "#]],
    );
    finds(
        &format!(
            "//@ unavailable app-id not_provided\n//@ require \"gone\" from 77 by ruleset\n{build}"
        ),
        expect![[r#"
            medium: Required check `gone` is reported by nothing [ci.yml:3]
            unknown app-id: The fixture says so.
        "#]],
    );
}
