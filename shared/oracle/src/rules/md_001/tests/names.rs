//! Names of jobs against required contexts: what the rule concludes and hints at.

use expect_test::expect;

use super::{check, finds, passes};

/// A workflow on pull requests, with a requirement from Actions for each context.
fn requiring(contexts: &[&str], workflow: &str) -> String {
    let settings: Vec<String> = contexts
        .iter()
        .map(|context| format!("//@ require \"{context}\" from 15368 by ruleset\n"))
        .collect();
    format!(
        "{}//- .github/workflows/ci.yml\nname: CI\non: pull_request\n{workflow}",
        settings.concat()
    )
}

const MATRIX: &str = "\
jobs:
  test:
    strategy: {matrix: {node: [18, 20]}}
    runs-on: x
    steps: [{run: make}]
";

const CALLER: &str = "\
jobs:
  call:
    uses: ./.github/workflows/unit.yml
//- .github/workflows/unit.yml
on: workflow_call
jobs:
  unit: {runs-on: x, steps: [{run: make}]}
";

#[test]
fn a_job_without_a_name_reports_its_id() {
    passes(&requiring(
        &["build"],
        "jobs: {build: {name: '', runs-on: x, steps: [{run: x}]}}\n",
    ));
}

#[test]
fn each_leg_of_a_matrix_reports() {
    passes(&requiring(&["test (18)", "test (20)"], MATRIX));
}

#[test]
fn the_bare_name_of_a_matrix_is_not_reported() {
    check(
        &requiring(&["test"], MATRIX),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `test` is reported by nothing
              at .github/workflows/ci.yml:4  test:
              why `main` requires `test`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name. `test (18)` is reported: each leg of a matrix has its values in its name.
              fix Require a job that `needs` the matrix and checks its result, rather than legs that change with the matrix; or require `test (18)` instead of `test`.
        "#]],
    );
}

#[test]
fn a_value_that_the_matrix_has_no_more_freezes_the_branch() {
    check(
        &requiring(&["test (16)"], MATRIX),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `test (16)` is reported by nothing
              at .github/workflows/ci.yml:4  test:
              why `main` requires `test (16)`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name. `test (18)` is reported: the matrix has other values now.
              fix Require a job that `needs` the matrix and checks its result, rather than legs that change with the matrix; or require `test (18)` instead of `test (16)`.
        "#]],
    );
}

#[test]
fn jobs_of_a_reusable_workflow_report_under_their_caller() {
    passes(&requiring(&["call / unit"], CALLER));
    check(
        &requiring(&["unit"], CALLER),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `unit` is reported by nothing
              at .github/workflows/unit.yml:3  unit: {runs-on: x, steps: [{run: make}]}
              why `main` requires `unit`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name. `call / unit` is reported: a job of a reusable workflow has the calling job in front.
              fix Require `call / unit` instead of `unit`.
        "#]],
    );
}

#[test]
fn a_caller_reports_nothing_itself() {
    check(
        &requiring(&["call"], CALLER),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `call` is reported by nothing
              at .github/workflows/unit.yml:3  unit: {runs-on: x, steps: [{run: make}]}
              why `main` requires `call`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name. `call / unit` is reported: a job that calls a reusable workflow reports nothing itself.
              fix Require `call / unit` instead of `call`.
        "#]],
    );
}

#[test]
fn a_leg_is_missing_when_its_job_is_skipped() {
    let skippable = MATRIX.replace("    runs-on", "    if: github.actor == 'x'\n    runs-on");
    check(
        &requiring(&["test (18)"], &skippable),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-001: Required check `test (18)` is not reported when its job is skipped
              at .github/workflows/ci.yml:4  test:
              why `main` requires `test (18)`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `test` of `.github/workflows/ci.yml` reports it, but job `test` has an `if`. A job that is skipped reports one check without the values of its matrix and without the jobs that it calls, so that this one is missing then.
              fix Require a job with `if: always()` instead, which `needs` this one and fails unless its result is `success` or `skipped`.
        "#]],
    );
}

#[test]
fn an_inner_job_is_missing_when_its_caller_is_skipped() {
    let skippable = CALLER.replace("    uses", "    if: github.actor == 'x'\n    uses");
    finds(
        &requiring(&["call / unit"], &skippable),
        expect![[r#"
        medium: Required check `call / unit` is not reported when its job is skipped [unit.yml:3]
    "#]],
    );
}

#[test]
fn an_inner_job_that_is_skipped_itself_passes() {
    let skippable = CALLER.replace("{runs-on: x", "{if: 'github.actor == 1', runs-on: x");
    passes(&requiring(&["call / unit"], &skippable));
}

#[test]
fn a_job_that_is_skipped_passes_under_its_own_name() {
    passes(&requiring(
        &["build", "after"],
        "jobs:\n  build: {if: 'github.actor == 1', runs-on: x, steps: [{run: x}]}\n  \
         after: {needs: build, runs-on: x, steps: [{run: x}]}\n",
    ));
}

#[test]
fn two_jobs_of_which_one_is_skipped_are_no_orphans() {
    let leg = |id: &str, condition: &str| {
        format!(
            "  {id}: {{name: test, if: \"{condition}\", strategy: {{matrix: {{v: [1]}}}}, runs-on: x, \
             steps: [{{run: x}}]}}\n"
        )
    };
    let jobs = format!(
        "jobs:\n{}{}",
        leg("one", "github.actor == 'a'"),
        leg("other", "github.actor != 'a'")
    );
    passes(&requiring(&["test (1)"], &jobs));
}

#[test]
fn the_workflows_name_is_not_part_of_a_checks_name() {
    let build = "jobs: {build: {runs-on: x, steps: [{run: x}]}}\n";
    check(
        &requiring(&["CI / build"], build),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `CI / build` is reported by nothing
              at .github/workflows/ci.yml:3  jobs: {build: {runs-on: x, steps: [{run: x}]}}
              why `main` requires `CI / build`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name. `build` is reported: the workflow's name and the event, which GitHub's pages show around it, are not part of a check's name.
              fix Require `build` instead of `CI / build`.
        "#]],
    );
    finds(
        &requiring(&["CI / build (pull_request)"], build),
        expect![[r#"
            high: Required check `CI / build (pull_request)` is reported by nothing [ci.yml:3]
        "#]],
    );
    finds(
        &requiring(&["build (pull_request)"], build),
        expect![[r#"
            high: Required check `build (pull_request)` is reported by nothing [ci.yml:3]
        "#]],
    );
}

#[test]
fn the_workflows_name_is_no_context() {
    check(
        &requiring(&["CI"], "jobs: {build: {runs-on: x, steps: [{run: x}]}}\n"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `CI` is reported by nothing
              at .github/workflows/ci.yml:3  jobs: {build: {runs-on: x, steps: [{run: x}]}}
              why `main` requires `CI`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name. It is the name of a workflow; its job reports `build`.
              fix Require `build` instead of `CI`.
        "#]],
    );
}

#[test]
fn a_jobs_id_is_no_context_when_it_has_a_name() {
    check(
        &requiring(
            &["build"],
            "jobs: {build: {name: Compile, runs-on: x, steps: [{run: x}]}}\n",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` is reported by nothing
              at .github/workflows/ci.yml:3  jobs: {build: {name: Compile, runs-on: x, steps: [{run: x}]}}
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name. `Compile` is reported: it is that job's `name`, which replaces its id.
              fix Require `Compile` instead of `build`.
        "#]],
    );
}

#[test]
fn composite_actions_and_steps_report_nothing() {
    finds(
        &requiring(
            &["lint"],
            "jobs: {build: {runs-on: x, steps: [{name: lint, uses: ./lint}]}}\n",
        ),
        expect![[r#"
            high: Required check `lint` is reported by nothing [ci.yml:3]
        "#]],
    );
}

#[test]
fn a_name_of_many_characters_stays_within_the_title() {
    let long = "x".repeat(200);
    let text = requiring(&[&long], "jobs: {build: {runs-on: x, steps: [{run: x}]}}\n");
    finds(
        &text,
        expect![[r#"
        high: Required check `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` is reported by nothing [ci.yml:3]
    "#]],
    );
}

#[test]
fn a_name_can_not_break_out_of_the_text() {
    let text = requiring(
        &["a` <b> **c**"],
        "jobs: {'build': {runs-on: x, steps: [{run: x}]}}\n",
    );
    finds(
        &text,
        expect![[r#"
        high: Required check `a' <b> **c**` is reported by nothing [ci.yml:3]
    "#]],
    );
}
