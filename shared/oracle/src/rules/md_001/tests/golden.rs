//! The golden case: the repository that gave the project its name.

use expect_test::expect;

use super::{check, passes};

const SETTINGS: &str = "\
//@ require \"Mirror Dissonance Oracle\" from 15368 by classic
//@ require \"oracle-check\" from 15368 by ruleset
//@ queue
";

const WORKFLOW: &str = "\
//- .github/workflows/oracle.yml
name: Oracle
on:
  pull_request:
    branches: [main]
jobs:
  oracle:
    name: Mirror Dissonance Oracle
    runs-on: ubuntu-latest
    steps:
      - run: make oracle
";

#[test]
fn exactly_two_findings_at_the_right_lines() {
    check(
        &format!("{SETTINGS}{WORKFLOW}"),
        expect![[r#"
            warn: 2 new findings, not enough to block.
            new high MD-001: Required check `Mirror Dissonance Oracle` is never reported for the merge queue
              at .github/workflows/oracle.yml:2-4  on:
              at .github/workflows/oracle.yml:7  name: Mirror Dissonance Oracle
              why `main` requires `Mirror Dissonance Oracle`, from GitHub Actions (branch protection). The branch has a merge queue, which waits for the same checks on its own commits. Job `oracle` of `.github/workflows/oracle.yml` reports it, but it runs on `pull_request` only. A pull request that lacks it leaves the queue after the time-out.
              fix Let `.github/workflows/oracle.yml` run on `merge_group` for `main` too:

            ```yaml
            on:
              merge_group:
            ```
            new high MD-001: Required check `oracle-check` is reported by nothing
              at .github/workflows/oracle.yml:7  name: Mirror Dissonance Oracle
              why `main` requires `oracle-check`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name.
              fix Give a job of a workflow that runs on `pull_request` the `name` `oracle-check`, or stop requiring it.
        "#]],
    );
}

#[test]
fn the_same_settings_with_the_workflow_fixed() {
    let job = WORKFLOW.split_once("jobs:\n").expect("it has jobs").1;
    let second = job
        .replace("oracle:", "check:")
        .replace("Mirror Dissonance Oracle", "oracle-check");
    let fixed = WORKFLOW.replace("on:\n", "on:\n  merge_group:\n");
    let fixed = format!("{fixed}{second}");
    passes(&format!("{SETTINGS}{fixed}"));
}

#[test]
fn nobody_is_blamed_for_what_was_there_already() {
    let standing = WORKFLOW.replace("//- ", "//- both: ");
    check(
        &format!("{SETTINGS}{standing}"),
        expect![[r#"
            pass: No new contradiction; 2 findings were already there.
            existing high MD-001: Required check `Mirror Dissonance Oracle` is never reported for the merge queue
              at .github/workflows/oracle.yml:2-4  on:
              at .github/workflows/oracle.yml:7  name: Mirror Dissonance Oracle
              why `main` requires `Mirror Dissonance Oracle`, from GitHub Actions (branch protection). The branch has a merge queue, which waits for the same checks on its own commits. Job `oracle` of `.github/workflows/oracle.yml` reports it, but it runs on `pull_request` only. A pull request that lacks it leaves the queue after the time-out.
              fix Let `.github/workflows/oracle.yml` run on `merge_group` for `main` too:

            ```yaml
            on:
              merge_group:
            ```
            existing high MD-001: Required check `oracle-check` is reported by nothing
              at .github/workflows/oracle.yml:7  name: Mirror Dissonance Oracle
              why `main` requires `oracle-check`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name.
              fix Give a job of a workflow that runs on `pull_request` the `name` `oracle-check`, or stop requiring it.
        "#]],
    );
}
