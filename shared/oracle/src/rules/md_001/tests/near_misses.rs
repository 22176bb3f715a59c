//! The false alarms that a rule which only asks "is there a job of this name?" gives. Each is
//! a repository that works; none may be a finding.

use expect_test::expect;

use super::{finds, passes, workflow};

fn ci() -> String {
    workflow("ci.yml", "pull_request", &["build"])
}

#[test]
fn n01_another_app_posts_it() {
    let ci = ci();
    passes(&format!(
        "//@ require \"codecov/patch\" by ruleset\n//@ require \"DCO\" from 1861 by classic\n\
         //@ rollup #7 \"build\" by 15368, \"codecov/patch\" by status, \"DCO\" by 1861\n{ci}"
    ));
}

#[test]
fn n02_a_workflow_posts_it_by_the_api() {
    let ci = ci();
    // Seen: it is reported, whoever does.
    passes(&format!(
        "//@ require \"no PR failures\" from 15368 by ruleset\n\
         //@ rollup #7 \"no PR failures\" by 15368\n{ci}"
    ));
    // Not to be seen: it may be, by a job that may.
    let bridge = "\
//- .github/workflows/bridge.yml
on: workflow_run
permissions: {statuses: write}
jobs: {post: {runs-on: x, steps: [{run: ./post}]}}
";
    finds(
        &format!("//@ require \"no PR failures\" from 15368 by ruleset\n{ci}{bridge}"),
        expect![[r#"
            unknown what reports the required check `no PR failures`: Job `post` of `.github/workflows/bridge.yml` may post checks or statuses of any name by itself.
        "#]],
    );
    let bridge = "\
//- .github/workflows/bridge.yml
on: workflow_run
jobs: {post: {runs-on: x, steps: [{run: 'gh api repos/o/r/statuses/$SHA -f state=success'}]}}
";
    finds(
        &format!("//@ require \"no PR failures\" from 15368 by ruleset\n{ci}{bridge}"),
        expect![[r#"
            unknown what reports the required check `no PR failures`: Job `post` of `.github/workflows/bridge.yml` may post checks or statuses of any name by itself.
        "#]],
    );
}

#[test]
fn n03_a_ruleset_brings_in_a_workflow_from_elsewhere() {
    let ci = ci();
    finds(
        &format!(
            "//@ require \"audit\" from 15368 by organization\n\
             //@ required-workflow .github/workflows/audit.yml\n{ci}"
        ),
        expect![[r#"
            unknown what reports the required check `audit`: A ruleset brings in the workflow `.github/workflows/audit.yml` of another repository, whose jobs can't be read here.
        "#]],
    );
}

#[test]
fn n04_runs_without_a_file() {
    let ci = ci();
    finds(
        &format!(
            "//@ require \"CodeQL\" by ruleset\n\
             //@ workflow dynamic/github-code-scanning/codeql active\n{ci}"
        ),
        expect![[r#"
            unknown what reports the required check `CodeQL`: GitHub runs `dynamic/github-code-scanning/codeql` without a file, and what it reports is not written anywhere.
        "#]],
    );
    passes(&format!(
        "//@ require \"CodeQL\" by ruleset\n//@ rollup #7 \"CodeQL\" by 57789\n\
         //@ workflow dynamic/github-code-scanning/codeql active\n{ci}"
    ));
}

/// They report on the default branch: what they are called decides nothing here.
#[test]
fn n04_pages_and_dependabot_report_elsewhere() {
    let ci = ci();
    finds(
        &format!(
            "//@ require \"CodeQL\" from 15368 by ruleset\n\
             //@ workflow dynamic/pages/pages-build-deployment active\n\
             //@ workflow dynamic/dependabot/dependabot-updates active\n{ci}"
        ),
        expect![[r#"
            high: Required check `CodeQL` is reported by nothing [ci.yml:3]
        "#]],
    );
    // What else there may be without a file is not known.
    finds(
        &format!(
            "//@ require \"CodeQL\" from 15368 by ruleset\n\
             //@ workflow dynamic/something/new active\n{ci}"
        ),
        expect![[r#"
            unknown what reports the required check `CodeQL`: GitHub runs `dynamic/something/new` without a file, and what it reports is not written anywhere.
        "#]],
    );
}

#[test]
fn n05_a_matrix_or_name_that_only_a_run_decides() {
    let of = |job: &str| {
        format!(
            "//@ require \"build (1)\" from 15368 by ruleset\n\
             //- .github/workflows/ci.yml\non: pull_request\njobs:\n  build: {job}\n"
        )
    };
    let matrix =
        of("{strategy: {matrix: {v: '${{ fromJSON(vars.V) }}'}}, runs-on: x, steps: [{run: x}]}");
    finds(
        &matrix,
        expect![[r#"
        unknown what reports the required check `build (1)`: It can't be told: job `build` of `.github/workflows/ci.yml` reports `build (*)`, and `fromJSON(vars.V)` is only known when the workflow runs.
    "#]],
    );
    let name = of("{name: 'build (${{ vars.V }})', runs-on: x, steps: [{run: x}]}");
    finds(
        &name,
        expect![[r#"
        unknown what reports the required check `build (1)`: It can't be told: job `build` of `.github/workflows/ci.yml` reports `build (*)`, and `vars.V` is only known when the workflow runs.
    "#]],
    );
    // What pull requests show to be reported is reported.
    passes(&format!("//@ rollup #7 \"build (1)\" by 15368\n{matrix}"));
    passes(&format!("//@ rollup #7 \"build (1)\" by 15368\n{name}"));
}

#[test]
fn n06_a_reusable_workflow_that_can_not_be_read() {
    finds(
        "\
//@ require \"call / unit\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs: {call: {uses: other/repo/.github/workflows/unit.yml@main}}
",
        expect![[r#"
            unknown what reports the required check `call / unit`: It can't be told: job `call` of `.github/workflows/ci.yml` reports `call / *`, and `other/repo/.github/workflows/unit.yml@main` is in another repository or commit, which is not read.
        "#]],
    );
}

#[test]
fn n07_only_a_push_reports_it_to_pull_requests_of_the_repository() {
    let ci = workflow("ci.yml", "push", &["build"]);
    // Not "nothing reports it": only forks wait in vain.
    finds(
        &format!("//@ require \"build\" by ruleset\n{ci}"),
        expect![[r#"
            medium: Required check `build` is never reported for pull requests from forks [ci.yml:1 ci.yml:3]
        "#]],
    );
}

#[test]
fn n08_the_file_of_pull_request_target_is_on_the_default_branch() {
    let label = workflow("label.yml", "pull_request_target", &["label"]);
    let label = label.replace("//- ", "//- default: ");
    let ci = ci();
    passes(&format!(
        "//@ branch release/1\n//@ require \"label\" by ruleset\n{ci}{label}"
    ));
}

#[test]
fn n09_a_release_branch_has_other_workflows_than_the_default_branch() {
    let old = workflow("old.yml", "pull_request", &["build-v1"]);
    let new = workflow("new.yml", "pull_request", &["build"]);
    let new = new.replace("//- ", "//- default: ");
    passes(&format!(
        "//@ branch release/1\n//@ require \"build-v1\" by ruleset\n{old}{new}"
    ));
}

#[test]
fn n10_complementary_workflows_share_a_name() {
    let one = workflow("a.yml", "{pull_request: {paths: ['src/**']}}", &["build"]);
    let other = workflow(
        "b.yml",
        "{pull_request: {paths-ignore: ['src/**']}}",
        &["build"],
    );
    passes(&format!(
        "//@ require \"build\" from 15368 by ruleset\n{one}{other}//- src/main.rs\n//- x\n"
    ));
}

#[test]
fn n11_a_name_that_exists_only_when_the_job_is_skipped() {
    let job = "\
//- .github/workflows/ci.yml
on: pull_request
jobs:
  native:
    if: github.actor != 'octocat'
    name: native (${{ matrix.os }})
    strategy: {matrix: {os: [linux, mac]}}
    runs-on: x
    steps: [{run: make}]
";
    // It is reported now and then, which is not "by nothing".
    let text =
        format!("//@ require \"native (${{{{ matrix.os }}}})\" from 15368 by ruleset\n{job}");
    finds(
        &text,
        expect![[r#"
        medium: Required check `native (${{ matrix.os }})` is reported only when its job is skipped [ci.yml:5]
    "#]],
    );
    passes(&format!(
        "//@ rollup #7 \"native (${{{{ matrix.os }}}})\" by 15368\n{text}"
    ));
}

#[test]
fn n12_a_name_cut_at_100() {
    let long = "n".repeat(120);
    let cut = format!("{}...", "n".repeat(97));
    passes(&format!(
        "//@ require \"{cut}\" from 15368 by ruleset\n//- .github/workflows/ci.yml\n\
         on: pull_request\njobs: {{build: {{name: {long}, runs-on: x, steps: [{{run: x}}]}}}}\n"
    ));
}

#[test]
fn n13_numbers_and_nulls_of_a_matrix() {
    passes(
        "\
//@ require \"build (3.1)\" from 15368 by ruleset
//@ require \"build\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  build: {strategy: {matrix: {v: [3.10, null]}}, runs-on: x, steps: [{run: x}]}
",
    );
}

#[test]
fn n14_caller_matrix_self_reference_and_anchors() {
    passes(
        "\
//@ require \"test (20) / unit\" from 15368 by ruleset
//@ require \"lint / unit\" from 15368 by ruleset
//@ require \"copy\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  test: {strategy: {matrix: {v: [20]}}, uses: ./.github/workflows/unit.yml}
  lint: {uses: $/.github/workflows/unit.yml}
  first: &job {runs-on: x, steps: [{run: x}]}
  copy: *job
//- .github/workflows/unit.yml
on: workflow_call
jobs:
  unit: {runs-on: x, steps: [{run: x}]}
",
    );
}

#[test]
fn n15_the_prefix_of_an_older_status() {
    let ci = ci();
    passes(&format!(
        "//@ require \"continuous-integration/travis-ci\" by classic\n\
         //@ rollup #7 \"continuous-integration/travis-ci/pr\" by status\n{ci}"
    ));
}

#[test]
fn n16_a_push_of_the_queue_branch() {
    for on in [
        "[pull_request, push]",
        "{pull_request: , push: {branches: ['gh-readonly-queue/**']}}",
    ] {
        let ci = workflow("ci.yml", on, &["build"]);
        passes(&format!(
            "//@ queue\n//@ require \"build\" from 15368 by ruleset\n{ci}"
        ));
    }
}

#[test]
fn n17_what_binds_nothing() {
    let ci = ci();
    // Evaluated and disabled rulesets, and patterns that match no branch, are not among the
    // rules of a branch at all; classic protection says `off`.
    passes(&format!(
        "//@ classic off\n//@ require \"gone\" by classic\n{ci}"
    ));
}

#[test]
fn n18_a_stacked_pull_request() {
    // The settings are those of the branch that it is stacked on.
    let ci = ci();
    let default = ci.replace("//- ", "//- default: ");
    passes(&format!("//@ branch feature/one\n{ci}{default}"));
}

#[test]
fn n19_the_pull_request_adds_the_job() {
    let before = ci().replace("//- ", "//- before: ");
    let after = workflow("ci.yml", "pull_request", &["build", "new"]);
    passes(&format!(
        "//@ require \"new\" from 15368 by ruleset\n//@ rollup #7 \"build\" by 15368\n{before}{after}"
    ));
}

/// The run of a first contributor's fork waits for a maintainer (`action_required`), and reports
/// once it is approved: late is not missing. Which policy holds is therefore no fact of the rule.
#[test]
fn n20_a_fork_whose_run_waits_for_approval() {
    let ci = ci();
    passes(&format!(
        "//@ require \"build\" from 15368 by ruleset\n{ci}"
    ));
    passes(&format!(
        "//@ require \"build\" from 15368 by ruleset\n\
         //@ rollup #7 fork\n//@ rollup #8 \"build\" by 15368\n{ci}"
    ));
}

/// Since 2026-11-02 a public repository without an event policy may block `pull_request_target`.
/// The policy is in no description of GitHub's API, and what was blocked was not seen: such a
/// job is taken to run.
#[test]
fn n21_pull_request_target_without_an_event_policy() {
    let label = workflow("label.yml", "pull_request_target", &["label"]);
    passes(&format!(
        "//@ require \"label\" from 15368 by ruleset\n{label}"
    ));
}

/// Guards that can't be false when they matter.
#[test]
fn n22_a_guard_that_always_holds() {
    for condition in [
        "github.event_name != 'schedule'",
        "github.event_name == 'pull_request'",
        "github.event_name == 'pull_request' || github.event_name == 'merge_group'",
        "github.repository == 'octo-org/hello'",
        "github.repository_owner == 'octo-org'",
        "github.base_ref == 'main'",
    ] {
        passes(&format!(
            "\
//@ require \"test (1)\" from 15368 by ruleset
//@ require \"call / unit\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: [pull_request, schedule]
jobs:
  test: {{if: \"{condition}\", strategy: {{matrix: {{v: [1]}}}}, runs-on: x, steps: [{{run: x}}]}}
  call: {{if: \"{condition}\", uses: ./.github/workflows/unit.yml}}
//- .github/workflows/unit.yml
on: workflow_call
jobs:
  unit: {{if: \"{condition}\", runs-on: x, steps: [{{run: x}}]}}
"
        ));
    }
}

/// A job with a plain name that is skipped passes: what it then proves is another rule's
/// business.
#[test]
fn n23_a_guard_that_never_holds_before_a_plain_name() {
    passes(
        "\
//@ require \"build\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  build: {if: \"github.event_name == 'push'\", runs-on: x, steps: [{run: x}]}
",
    );
}

/// Two jobs of a called workflow of which a condition picks one.
#[test]
fn n24_twins_in_a_called_workflow() {
    passes(
        "\
//@ require \"call / unit\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs: {call: {uses: ./.github/workflows/unit.yml}}
//- .github/workflows/unit.yml
on: workflow_call
jobs:
  one: {name: unit, if: 'github.actor == 1', runs-on: x, steps: [{run: x}]}
  other: {name: unit, if: 'github.actor != 1', runs-on: x, steps: [{run: x}]}
",
    );
}
