//! What the repository's Actions settings, and the runners that there are, let run.

use expect_test::expect;

use super::{check, finds, passes, workflow};

fn build() -> String {
    workflow("ci.yml", "pull_request", &["build"])
}

const REQUIRED: &str = "//@ require \"build\" from 15368 by ruleset\n";

#[test]
fn actions_is_switched_off() {
    check(
        &format!("//@ actions off\n{REQUIRED}{}", build()),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` is never reported on pull requests
              at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` has that name, but GitHub Actions is disabled for the repository, so that no pull request to `main` ever gets it.
              fix Enable Actions for the repository (Settings, Actions, General), or stop requiring the check.
        "#]],
    );
    // What was seen is from before it was switched off.
    finds(
        &format!(
            "//@ actions off\n//@ rollup #7 \"build\" by 15368\n{REQUIRED}{}",
            build()
        ),
        expect![[r#"
            high: Required check `build` is never reported on pull requests [ci.yml:3]
        "#]],
    );
    // Whatever can't be read does not run either.
    finds(
        &format!(
            "//@ actions off\n//@ workflow dynamic/github-code-scanning/codeql active\n{REQUIRED}{}",
            build()
        ),
        expect![[r#"
            high: Required check `build` is never reported on pull requests [ci.yml:3]
        "#]],
    );
    // Another App reports it all the same.
    passes(&format!(
        "//@ actions off\n//@ require \"build\" by ruleset\n\
         //@ rollup #7 \"build\" by status\n{}",
        build()
    ));
}

#[test]
fn whether_actions_is_on_is_asked_only_where_nothing_shows_it() {
    let missing = "//@ unavailable actions not_permitted\n";
    // A recent pull request has nothing by Actions.
    finds(
        &format!(
            "{missing}//@ rollup #7 \"DCO\" by 1861\n{REQUIRED}{}",
            build()
        ),
        expect![[r#"
            unknown actions: The fixture says so.
        "#]],
    );
    finds(
        &format!(
            "{missing}//@ rollup #7\n{REQUIRED}//@ require \"lint\" by ruleset\n{}",
            build()
        ),
        expect![[r#"
            high: Required check `lint` is reported by nothing [ci.yml:3]
            unknown actions: The fixture says so.
        "#]],
    );
    // One has, whatever it is named.
    passes(&format!(
        "{missing}//@ rollup #7\n//@ rollup #8 \"lint\" by 15368\n{REQUIRED}{}",
        build()
    ));
    passes(&format!(
        "{missing}//@ rollup #8 \"lint\" by unknown\n{REQUIRED}{}",
        build()
    ));
    // A young repository has none to look at.
    passes(&format!("{missing}{REQUIRED}{}", build()));
    passes(&format!(
        "{missing}//@ unavailable rollups not_provided\n{REQUIRED}{}",
        build()
    ));
    // No job of ours would report it.
    passes(&format!(
        "{missing}//@ require \"DCO\" by ruleset\n//@ rollup #7 \"DCO\" by 1861\n{}",
        build()
    ));
}

/// A job `build` that uses something, under a policy.
fn uses(policy: &str, uses: &str) -> String {
    format!(
        "//@ actions {policy}\n{REQUIRED}//- .github/workflows/ci.yml\non: pull_request\njobs:\n  \
         build:\n    runs-on: x\n    steps:\n      - uses: {uses}\n"
    )
}

#[test]
fn an_action_that_is_not_allowed() {
    check(
        &uses("local_only", "actions/checkout@v4"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` can never pass: its job uses what is not allowed
              at .github/workflows/ci.yml:6  - uses: actions/checkout@v4
              at .github/workflows/ci.yml:3  build:
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` has that name, but it uses `actions/checkout@v4`, which the repository's Actions settings do not allow. GitHub refuses such a run, or the job when it begins, so that it never passes.
              fix Let the job use what the settings allow, or change them (Settings, Actions, General).
        "#]],
    );
    check(
        &uses("selected github", "other/setup@v1"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-001: Required check `build` can never pass: its job uses what is not allowed
              at .github/workflows/ci.yml:6  - uses: other/setup@v1
              at .github/workflows/ci.yml:3  build:
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` has that name, but it uses `other/setup@v1`, which the repository's Actions settings do not allow unless `other` belongs to the same enterprise. GitHub refuses such a run, or the job when it begins, so that it never passes.
              fix Let the job use what the settings allow, or change them (Settings, Actions, General).
        "#]],
    );
    for (policy, action) in [
        ("local_only", "other/setup@v1"),
        ("selected \"other/setup@v2\"", "other/setup@v1"),
        ("selected \"other/*\" \"!other/setup@*\"", "other/setup@v1"),
    ] {
        finds(
            &uses(policy, action),
            expect![[r#"
                medium: Required check `build` can never pass: its job uses what is not allowed [ci.yml:6 ci.yml:3]
            "#]],
        );
    }
}

#[test]
fn actions_that_are_allowed() {
    for (policy, action) in [
        ("all", "other/setup@v1"),
        ("local_only", "Octo-Org/setup@v1"),
        ("local_only", "./setup"),
        ("local_only", "docker://alpine:3"),
        ("selected github", "actions/checkout@v4"),
        ("selected github", "github/codeql-action/init@v3"),
        ("selected \"other/*\"", "other/setup@v1"),
        ("selected \"other/*\"", "Other/Setup/sub@v1"),
        ("selected \"other/setup@*\"", "other/setup@v1"),
        ("selected \"*/setup@v1\"", "other/setup@v1"),
    ] {
        passes(&uses(policy, action));
    }
    // Without the repository's name, anything may be its owner's.
    passes(&format!(
        "//@ repository unknown\n{}",
        uses("local_only", "other/setup@v1")
    ));
}

#[test]
fn a_creator_that_may_be_verified() {
    let text = uses("selected github verified", "other/setup@v1");
    finds(
        &text,
        expect![[r#"
        unknown what reports the required check `build`: It can't be told: job `build` of `.github/workflows/ci.yml` runs only if its actions are allowed: it uses `other/setup@v1`, which is allowed only if `other` is a verified creator.
    "#]],
    );
    // It was seen to report.
    passes(&format!("//@ rollup #7 \"build\" by 15368\n{text}"));
    passes(&uses("selected github verified", "actions/checkout@v4"));
    // Which actions are selected could not be looked at.
    finds(
        &uses("selected unavailable", "other/setup@v1"),
        expect![[r#"
            unknown what reports the required check `build`: It can't be told: job `build` of `.github/workflows/ci.yml` runs only if its actions are allowed: it uses `other/setup@v1`, and which actions are allowed could not be looked at.
        "#]],
    );
}

/// What was seen to be reported is allowed, whatever we make of the patterns; unless the change
/// brings it in.
#[test]
fn what_was_seen_is_allowed_unless_it_is_new() {
    let text = uses("selected", "other/setup@v1");
    passes(&format!("//@ rollup #7 \"build\" by 15368\n{text}"));
    let before = build().replace("//- ", "//- before: ");
    check(
        &format!("//@ rollup #7 \"build\" by 15368\n{text}{before}"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-001: Required check `build` can never pass: its job uses what is not allowed
              at .github/workflows/ci.yml:6  - uses: other/setup@v1
              at .github/workflows/ci.yml:3  build:
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` has that name, but it uses `other/setup@v1`, which the repository's Actions settings do not allow unless `other` belongs to the same enterprise. GitHub refuses such a run, or the job when it begins, so that it never passes.
              fix Let the job use what the settings allow, or change them (Settings, Actions, General).
        "#]],
    );
}

#[test]
fn actions_that_are_not_pinned_although_they_must_be() {
    let sha = "0123456789abcdef0123456789abcdef01234567";
    check(
        &uses("pinned", "actions/checkout@v4"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` can never pass: its job uses what is not allowed
              at .github/workflows/ci.yml:6  - uses: actions/checkout@v4
              at .github/workflows/ci.yml:3  build:
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` has that name, but it uses `actions/checkout@v4`, and the repository's Actions settings require actions to be pinned to the full SHA of a commit. GitHub refuses such a run, or the job when it begins, so that it never passes.
              fix Let the job use what the settings allow, or change them (Settings, Actions, General).
        "#]],
    );
    finds(
        &uses("pinned", "octo-org/setup@main"),
        expect![[r#"
            high: Required check `build` can never pass: its job uses what is not allowed [ci.yml:6 ci.yml:3]
        "#]],
    );
    passes(&uses("pinned", &format!("actions/checkout@{sha}")));
    passes(&uses("pinned", "./setup"));
    // Reusable workflows need not be.
    finds(
        "\
//@ actions pinned
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

/// Only the job that would report counts: whether GitHub refuses the run or the one job is not
/// documented.
#[test]
fn a_neighbour_that_uses_what_is_not_allowed() {
    passes(
        "\
//@ actions local_only
//@ require \"build\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  build: {runs-on: x, steps: [{run: x}]}
  other: {runs-on: x, steps: [{uses: other/setup@v1}]}
",
    );
}

#[test]
fn a_job_of_a_called_workflow_that_uses_what_is_not_allowed() {
    finds(
        "\
//@ actions local_only
//@ require \"call / unit\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs: {call: {uses: ./.github/workflows/unit.yml}}
//- .github/workflows/unit.yml
on: workflow_call
jobs:
  unit: {runs-on: x, steps: [{uses: actions/checkout@v4}]}
",
        expect![[r#"
            high: Required check `call / unit` can never pass: its job uses what is not allowed [unit.yml:3]
        "#]],
    );
}

#[test]
fn a_reusable_workflow_that_is_not_allowed() {
    finds(
        "\
//@ actions local_only
//@ require \"call / unit\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs: {call: {uses: actions/reusable-workflows/.github/workflows/unit.yml@main}}
",
        expect![[r#"
            high: Required check `call / unit` is reported by nothing [ci.yml:2]
        "#]],
    );
    // It may belong to the same enterprise, and nobody looks into it.
    finds(
        "\
//@ actions local_only
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

fn runs_on(label: &str) -> String {
    format!(
        "{REQUIRED}//- .github/workflows/ci.yml\non: pull_request\njobs:\n  build:\n    \
         runs-on: {label}\n    steps: [{{run: x}}]\n"
    )
}

#[test]
fn an_image_that_github_has_retired() {
    check(
        &runs_on("ubuntu-18.04"),
        expect![[r#"
        warn: 1 new finding, not enough to block.
        new medium MD-001: Required check `build` waits for a retired runner image
          at .github/workflows/ci.yml:4  runs-on: ubuntu-18.04
          at .github/workflows/ci.yml:3  build:
          why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `build` of `.github/workflows/ci.yml` reports it and runs on `ubuntu-18.04`, an image that GitHub has taken away (actions/runner-images#6002). Unless a self-hosted runner has that label, the job waits for a day and fails.
          fix Let the job run on an image that there is, instead of `ubuntu-18.04`.
    "#]],
    );
    for label in [
        "ubuntu-16.04",
        "[ubuntu-20.04]",
        "macos-10.15",
        "macos-11",
        "macos-12",
        "macos-13",
        "windows-2016",
        "Windows-2019",
    ] {
        finds(
            &runs_on(label),
            expect![[r#"
                medium: Required check `build` waits for a retired runner image [ci.yml:4 ci.yml:3]
            "#]],
        );
    }
}

#[test]
fn runners_that_there_are_or_may_be() {
    for label in [
        "ubuntu-latest",
        "ubuntu-22.04",
        "macos-14",
        "windows-2022",
        "[self-hosted, ubuntu-18.04]",
        "{group: ours, labels: ubuntu-18.04}",
        "our-own",
        "'${{ vars.RUNNER }}'",
    ] {
        passes(&runs_on(label));
    }
    let retired = runs_on("ubuntu-18.04");
    // It was seen to report: a runner has that label.
    passes(&format!("//@ rollup #7 \"build\" by 15368\n{retired}"));
    // On an enterprise server the labels are its owner's.
    passes(&format!(
        "//@ app-id 77\n{}",
        retired.replace("15368", "77")
    ));
    // It may be skipped, and passes then.
    passes(&retired.replace("    runs-on", "    if: github.actor == 'x'\n    runs-on"));
    // Another job reports it too, which is said to be ambiguous.
    finds(
        &format!(
            "{retired}  other: {{name: build, runs-on: ubuntu-latest, steps: [{{run: x}}]}}\n"
        ),
        expect![[r#"
            medium: Required check `build` is reported by several jobs [ci.yml:3 ci.yml:6]
        "#]],
    );
}

/// The job that reports is in another file than the one that runs.
#[test]
fn a_retired_image_of_a_called_workflow() {
    finds(
        "\
//@ require \"call / unit\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs: {call: {uses: ./.github/workflows/unit.yml}}
//- .github/workflows/unit.yml
on: workflow_call
jobs:
  unit: {runs-on: ubuntu-18.04, steps: [{run: x}]}
",
        expect![[r#"
            medium: Required check `call / unit` waits for a retired runner image [unit.yml:3]
        "#]],
    );
}
