//! When workflows run, and for which pull requests they don't.

use expect_test::{Expect, expect};

use super::{check, finds, passes, workflow};

fn required(on: &str) -> String {
    let ci = workflow("ci.yml", on, &["build"]);
    format!("//@ require \"build\" from 15368 by ruleset\n{ci}//- src/main.rs\n//- README.md\n")
}

fn on(on: &str, expected: Expect) {
    finds(&required(on), expected);
}

#[test]
fn every_pull_request() {
    for on in [
        "pull_request",
        "[pull_request]",
        "{pull_request: }",
        "{pull_request: {branches: [main]}}",
        "{pull_request: {branches: ['**']}}",
        "{pull_request: {branches-ignore: [release]}}",
        "{pull_request: {types: [opened, synchronize, reopened, ready_for_review]}}",
        "{pull_request: {paths: ['**']}}",
        "{pull_request: {paths: ['*', '**/*']}}",
        "pull_request_target",
        "[pull_request, pull_request_review]",
        "[push, pull_request]",
    ] {
        passes(&required(on));
    }
}

#[test]
fn a_path_filter() {
    check(
        &required("{pull_request: {paths: ['src/**']}}"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-001: Required check `build` is not reported for some pull requests
              at .github/workflows/ci.yml:1  on: {pull_request: {paths: ['src/**']}}
              at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` reports it, but its path filter leaves out a change to `README.md` only. A workflow that does not run reports nothing, and the pull request waits for ever; a job that is skipped passes.
              fix Let `.github/workflows/ci.yml` run for every pull request to `main`, and skip its jobs by `if` where they have nothing to do.
        "#]],
    );
    on(
        "{pull_request: {paths-ignore: ['*.md']}}",
        expect![[r#"
        medium: Required check `build` is not reported for some pull requests [ci.yml:1 ci.yml:3]
    "#]],
    );
}

#[test]
fn two_path_filters_with_a_gap_between_them() {
    let one = workflow("a.yml", "{pull_request: {paths: ['src/**']}}", &["build"]);
    let other = workflow("b.yml", "{pull_request: {paths: ['docs/**']}}", &["build"]);
    finds(
        &format!(
            "//@ require \"build\" from 15368 by ruleset\n{one}{other}//- src/a\n//- docs/b\n"
        ),
        expect![[r#"
            medium: Required check `build` is not reported for some pull requests [a.yml:1 a.yml:3 b.yml:1 b.yml:3]
        "#]],
    );
}

#[test]
fn a_stub_that_runs_for_everything_fills_a_path_filter() {
    let one = workflow("a.yml", "{pull_request: {paths: ['src/**']}}", &["build"]);
    let stub = workflow("b.yml", "pull_request", &["build"]);
    passes(&format!(
        "//@ require \"build\" from 15368 by ruleset\n{one}{stub}"
    ));
}

#[test]
fn types_without_synchronize() {
    check(
        &required("{pull_request: {types: [opened, labeled]}}"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-001: Required check `build` is not reported for some pull requests
              at .github/workflows/ci.yml:1  on: {pull_request: {types: [opened, labeled]}}
              at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` reports it, but its `types` for `pull_request` lack `synchronize`. A workflow that does not run reports nothing, and the pull request waits for ever; a job that is skipped passes.
              fix Add `opened` and `synchronize` to `types` in `.github/workflows/ci.yml`, or leave `types` out.
        "#]],
    );
    on(
        "{pull_request: {types: [labeled]}}",
        expect![[r#"
        medium: Required check `build` is not reported for some pull requests [ci.yml:1 ci.yml:3]
    "#]],
    );
    on(
        "{pull_request: {types: [synchronize]}}",
        expect![[r#"
        medium: Required check `build` is not reported for some pull requests [ci.yml:1 ci.yml:3]
    "#]],
    );
}

#[test]
fn types_after_which_nothing_is_merged() {
    on(
        "{pull_request: {types: [closed]}}",
        expect![[r#"
        high: Required check `build` is never reported on pull requests [ci.yml:1 ci.yml:3]
    "#]],
    );
}

#[test]
fn another_base_branch() {
    check(
        &required("{pull_request: {branches: [develop]}}"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` is never reported on pull requests
              at .github/workflows/ci.yml:1  on: {pull_request: {branches: [develop]}}
              at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` has that name, but its branch filter for `pull_request` leaves out `main`, so that no pull request to `main` ever gets it.
              fix Let `.github/workflows/ci.yml` run for every pull request to `main`, and skip its jobs by `if` where they have nothing to do.
        "#]],
    );
    on(
        "{pull_request: {branches-ignore: [main]}}",
        expect![[r#"
            high: Required check `build` is never reported on pull requests [ci.yml:1 ci.yml:3]
        "#]],
    );
}

#[test]
fn only_push() {
    check(
        &required("push"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-001: Required check `build` is never reported for pull requests from forks
              at .github/workflows/ci.yml:1  on: push
              at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` reports it on `push` only. A push to a fork runs nothing here, so that a pull request from a fork waits for ever.
              fix Let `.github/workflows/ci.yml` run on `pull_request` too:

            ```yaml
            on:
              pull_request:
            ```
        "#]],
    );
    on(
        "{push: {branches-ignore: [main]}}",
        expect![[r#"
        medium: Required check `build` is never reported for pull requests from forks [ci.yml:1 ci.yml:3]
    "#]],
    );
    // Forks were seen to get it: something else reports it there.
    passes(&format!(
        "//@ rollup #7 fork \"build\" by 15368\n{}",
        required("push")
    ));
}

#[test]
fn only_pushes_of_the_default_branch() {
    check(
        &required("{push: {branches: [main]}}"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` is never reported on pull requests
              at .github/workflows/ci.yml:1  on: {push: {branches: [main]}}
              at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` has that name, but its filter for `push` leaves out branches such as `topic-branch`, so that no pull request to `main` ever gets it.
              fix Let `.github/workflows/ci.yml` run on pull requests:

            ```yaml
            on:
              pull_request:
            ```
        "#]],
    );
    on(
        "{push: {tags: ['v*']}}",
        expect![[r#"
        high: Required check `build` is never reported on pull requests [ci.yml:1 ci.yml:3]
    "#]],
    );
}

#[test]
fn only_pushes_of_some_branches() {
    on(
        "{push: {branches: ['feature/**']}}",
        expect![[r#"
        medium: Required check `build` is never reported for pull requests from forks [ci.yml:1 ci.yml:3]
    "#]],
    );
}

#[test]
fn events_whose_runs_are_not_on_the_pull_request() {
    check(
        &required("workflow_dispatch"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` is never reported on pull requests
              at .github/workflows/ci.yml:1  on: workflow_dispatch
              at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` has that name, but it runs on `workflow_dispatch` only, so that no pull request to `main` ever gets it.
              fix Let `.github/workflows/ci.yml` run on pull requests:

            ```yaml
            on:
              pull_request:
            ```
        "#]],
    );
    for event in [
        "workflow_run",
        "issue_comment",
        "{schedule: [{cron: '0 0 * * *'}]}",
        "repository_dispatch",
        "check_run",
        "check_suite",
        "release",
    ] {
        let text = required(event);
        finds(
            &text,
            expect![[r#"
                high: Required check `build` is never reported on pull requests [ci.yml:1 ci.yml:3]
            "#]],
        );
    }
}

#[test]
fn a_dispatch_beside_a_pull_request_changes_nothing() {
    passes(&required("[pull_request, workflow_dispatch]"));
}

#[test]
fn a_review_attaches_to_the_pull_request() {
    passes(&required("pull_request_review"));
}

#[test]
fn a_deployment_may_or_may_not_be_of_the_head() {
    on(
        "deployment_status",
        expect![[r#"
        unknown what reports the required check `build`: It can't be told: `deployment_status` runs on a commit that may or may not be the head.
    "#]],
    );
}

#[test]
fn pull_request_target_is_read_from_the_default_branch() {
    let other = "//@ branch release/1\n";
    // The file of the release branch counts for nothing.
    finds(
        &format!("{other}{}", required("pull_request_target")),
        expect![[r#"
            high: Required check `build` is never reported on pull requests [ci.yml:1 ci.yml:3]
        "#]],
    );
    // Nor does a pull_request trigger on the default branch.
    let elsewhere = required("pull_request").replace("//- .git", "//- default: .git");
    finds(
        &format!("{other}{elsewhere}"),
        expect![[r#"
        high: Required check `build` is reported by nothing []
    "#]],
    );
    // Its filter is on the base.
    let on = "{pull_request_target: {branches: [main]}}";
    let filtered = required(on).replace("//- .git", "//- default: .git");
    finds(
        &format!("{other}{filtered}"),
        expect![[r#"
        high: Required check `build` is never reported on pull requests []
    "#]],
    );
    // It can't be told when the default branch can't be read.
    finds(
        &format!("{other}//@ unavailable default failed\n//@ require \"label\" by ruleset\n"),
        expect![[r#"
            unknown what reports the required check `label`: The default branch, whose `pull_request_target` workflows run for every pull request, could not be read.
        "#]],
    );
}

#[test]
fn a_disabled_workflow() {
    let disabled = "//@ workflow .github/workflows/ci.yml disabled_inactivity\n";
    check(
        &format!("{disabled}{}", required("pull_request")),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` is never reported on pull requests
              at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` has that name, but the workflow is disabled (`disabled_inactivity`), so that no pull request to `main` ever gets it.
              fix Enable the workflow `.github/workflows/ci.yml` (Actions, the workflow, “Enable workflow”), or stop requiring the check.
        "#]],
    );
    // What was seen is from before it was disabled.
    finds(
        &format!(
            "{disabled}//@ rollup #7 \"build\" by 15368\n{}",
            required("pull_request")
        ),
        expect![[r#"
            high: Required check `build` is never reported on pull requests [ci.yml:3]
        "#]],
    );
}

#[test]
fn a_file_that_is_listed_as_deleted_is_there_again() {
    let deleted = "//@ workflow .github/workflows/ci.yml deleted\n";
    passes(&format!("{deleted}{}", required("pull_request")));
}

#[test]
fn a_file_that_github_refuses() {
    check(
        "\
//@ require \"build\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  build: {runs-on: x, needs: nowhere, steps: [{run: x}]}
",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` is reported by nothing
              at .github/workflows/ci.yml:3  build: {runs-on: x, needs: nowhere, steps: [{run: x}]}
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name. GitHub refuses `.github/workflows/ci.yml` as a whole, so that none of its jobs runs: expected the id of a job in `needs` of job `build`, found `nowhere`.
              fix Correct `.github/workflows/ci.yml` so that GitHub accepts it.
        "#]],
    );
}

#[test]
fn permissions_that_a_caller_does_not_have() {
    finds(
        "\
//@ require \"call / unit\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
permissions: {contents: read}
jobs:
  call: {uses: ./.github/workflows/unit.yml}
//- .github/workflows/unit.yml
on: workflow_call
jobs:
  unit: {runs-on: x, permissions: {contents: write}, steps: [{run: x}]}
",
        expect![[r#"
            high: Required check `call / unit` is reported by nothing [ci.yml:4]
        "#]],
    );
}

/// The file that is refused is blamed for a name that it has, had or brings, and no other.
#[test]
fn a_refused_file_is_blamed_for_its_own_names_only() {
    let broken = "\
//- .github/workflows/release.yml
on: pull_request
jobs:
  release: {runs-on: x, needs: nowhere, steps: [{run: x}]}
";
    let ci = workflow("ci.yml", "pull_request", &["build"]);
    let text = format!("//@ require \"lint\" from 15368 by ruleset\n{ci}{broken}");
    // It never had that name.
    check(
        &text,
        expect![[r#"
        warn: 1 new finding, not enough to block.
        new high MD-001: Required check `lint` is reported by nothing
          at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
          why `main` requires `lint`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name.
          fix Give a job of a workflow that runs on `pull_request` the `name` `lint`, or stop requiring it.
    "#]],
    );
    // Nor at the base.
    let same = broken.replace("//- ", "//- before: ");
    finds(
        &format!("{text}{same}"),
        expect![[r#"
        high: Required check `lint` is reported by nothing [ci.yml:3]
    "#]],
    );
    // It breaks with the change, and nothing else explains it: the name may be in there.
    let sound = same.replace(", needs: nowhere", "");
    finds(
        &format!("{text}{sound}"),
        expect![[r#"
        high: Required check `lint` is reported by nothing [release.yml:3]
    "#]],
    );
    // A matrix or a called workflow may be behind the name.
    finds(
        &format!(
            "//@ require \"release\" from 15368 by ruleset\n\
             //@ require \"release (1)\" from 15368 by ruleset\n\
             //@ require \"release / unit\" from 15368 by ruleset\n\
             //@ require \"releases\" from 15368 by ruleset\n{ci}{broken}"
        ),
        expect![[r#"
            high: Required check `releases` is reported by nothing [ci.yml:3]
            high: Required check `release (1)` is reported by nothing [release.yml:3]
            high: Required check `release / unit` is reported by nothing [release.yml:3]
            high: Required check `release` is reported by nothing [release.yml:3]
        "#]],
    );
}
