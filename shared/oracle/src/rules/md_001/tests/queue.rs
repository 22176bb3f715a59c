//! The merge queue waits for the same checks.

use expect_test::{Expect, expect};

use super::{check, finds, passes, workflow};

fn queued(on: &str) -> String {
    let ci = workflow("ci.yml", on, &["build"]);
    format!("//@ queue\n//@ require \"build\" from 15368 by ruleset\n{ci}")
}

fn on(on: &str, expected: Expect) {
    finds(&queued(on), expected);
}

#[test]
fn nothing_reports_it_for_the_queue() {
    check(
        &queued("pull_request"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `build` is never reported for the merge queue
              at .github/workflows/ci.yml:1  on: pull_request
              at .github/workflows/ci.yml:3  build: {runs-on: ubuntu-latest, steps: [{run: make}]}
              why `main` requires `build`, from GitHub Actions (ruleset 1 of octo-org/hello). The branch has a merge queue, which waits for the same checks on its own commits. Job `build` of `.github/workflows/ci.yml` reports it, but it runs on `pull_request` only. A pull request that lacks it leaves the queue after the time-out.
              fix Let `.github/workflows/ci.yml` run on `merge_group` for `main` too:

            ```yaml
            on:
              merge_group:
            ```
        "#]],
    );
}

#[test]
fn without_a_queue_nothing_is_missing() {
    passes(&queued("pull_request").replace("//@ queue\n", ""));
}

#[test]
fn merge_group_reports_it() {
    for events in [
        "[pull_request, merge_group]",
        "{pull_request: , merge_group: {branches: [main]}}",
        "{pull_request: , merge_group: {types: [checks_requested]}}",
    ] {
        passes(&queued(events));
    }
}

#[test]
fn the_filter_of_merge_group_is_on_the_target() {
    on(
        "{pull_request: , merge_group: {branches: [develop]}}",
        expect![[r#"
            high: Required check `build` is never reported for the merge queue [ci.yml:1 ci.yml:3]
        "#]],
    );
    on(
        "{pull_request: , merge_group: {branches: ['gh-readonly-queue/**']}}",
        expect![[r#"
            high: Required check `build` is never reported for the merge queue [ci.yml:1 ci.yml:3]
        "#]],
    );
}

#[test]
fn a_push_that_leaves_out_the_queues_branch() {
    on(
        "{pull_request: , push: {branches: [main]}}",
        expect![[r#"
            high: Required check `build` is never reported for the merge queue [ci.yml:1 ci.yml:3]
        "#]],
    );
}

#[test]
fn what_nothing_reports_at_all_is_one_finding() {
    finds(
        &queued("pull_request").replace("\"build\"", "\"gone\""),
        expect![[r#"
            high: Required check `gone` is reported by nothing [ci.yml:3]
        "#]],
    );
}

#[test]
fn another_app_that_was_seen_is_taken_to_report_for_the_queue() {
    passes(&format!(
        "//@ queue\n//@ require \"codecov\" by ruleset\n//@ rollup #7 \"codecov\" by status\n{}",
        workflow("ci.yml", "pull_request", &["build"])
    ));
}

#[test]
fn a_job_that_is_skipped_in_the_queue_passes() {
    passes(
        "\
//@ queue
//@ require \"build\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: [pull_request, merge_group]
jobs:
  build: {if: \"github.event_name == 'pull_request'\", runs-on: x, steps: [{run: x}]}
",
    );
}

#[test]
fn a_job_with_a_dynamic_name_may_report_it_for_the_queue() {
    let queue = "\
//- .github/workflows/queue.yml
on: merge_group
jobs:
  build: {name: '${{ vars.NAME }}', runs-on: x, steps: [{run: x}]}
";
    finds(
        &format!("{}{queue}", queued("pull_request")),
        expect![[r#"
            unknown what reports the required check `build`: It can't be told for the merge queue: job `build` of `.github/workflows/queue.yml` reports `*`, and `vars.NAME` is only known when the workflow runs.
        "#]],
    );
}
