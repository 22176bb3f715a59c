//! Conditions that the event decides, where they keep a check away.

use expect_test::expect;

use super::{check, finds, passes};

fn matrix(settings: &str, on: &str, condition: &str) -> String {
    format!(
        "{settings}//@ require \"test (1)\" from 15368 by ruleset\n\
         //- .github/workflows/ci.yml\non: {on}\njobs:\n  test:\n    if: {condition}\n    \
         strategy: {{matrix: {{v: [1]}}}}\n    runs-on: x\n    steps: [{{run: x}}]\n"
    )
}

#[test]
fn a_guard_that_never_holds_on_pull_requests() {
    check(
        &matrix(
            "",
            "[pull_request, workflow_dispatch]",
            "github.event_name == 'workflow_dispatch'",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `test (1)` is never reported on pull requests
              at .github/workflows/ci.yml:4  if: github.event_name == 'workflow_dispatch'
              at .github/workflows/ci.yml:3  test:
              why `main` requires `test (1)`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `test` of `.github/workflows/ci.yml` has that name, but it is skipped on `pull_request`, where its `if` never holds, so that no pull request to `main` ever gets it.
              fix Let the `if` of the job hold there too; or require a job with `if: always()` instead, which `needs` this one and fails unless its result is `success` or `skipped`.
        "#]],
    );
    finds(
        &matrix(
            "",
            "pull_request",
            "github.repository == 'octo-org/another'",
        ),
        expect![[r#"
            high: Required check `test (1)` is never reported on pull requests [ci.yml:4 ci.yml:3]
        "#]],
    );
}

#[test]
fn a_guard_that_leaves_out_the_merge_queue() {
    check(
        &matrix(
            "//@ queue\n",
            "[pull_request, merge_group]",
            "github.event_name == 'pull_request'",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `test (1)` is never reported for the merge queue
              at .github/workflows/ci.yml:4  if: github.event_name == 'pull_request'
              at .github/workflows/ci.yml:3  test:
              why `main` requires `test (1)`, from GitHub Actions (ruleset 1 of octo-org/hello). The branch has a merge queue, which waits for the same checks on its own commits. Job `test` of `.github/workflows/ci.yml` reports it, but it is skipped on `merge_group`, where its `if` never holds. A pull request that lacks it leaves the queue after the time-out.
              fix Let the `if` of the job hold there too; or require a job with `if: always()` instead, which `needs` this one and fails unless its result is `success` or `skipped`.
        "#]],
    );
    passes(&matrix(
        "//@ queue\n",
        "[pull_request, merge_group]",
        "github.event_name == 'pull_request' || github.event_name == 'merge_group'",
    ));
    passes(&matrix(
        "//@ queue\n",
        "[pull_request, merge_group]",
        "github.event_name != 'schedule'",
    ));
}

#[test]
fn a_guard_that_leaves_only_the_push() {
    check(
        &matrix("", "[pull_request, push]", "github.event_name == 'push'"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-001: Required check `test (1)` is never reported for pull requests from forks
              at .github/workflows/ci.yml:4  if: github.event_name == 'push'
              at .github/workflows/ci.yml:3  test:
              why `main` requires `test (1)`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `test` of `.github/workflows/ci.yml` reports it on `push` only. A push to a fork runs nothing here, so that a pull request from a fork waits for ever.
              fix Let the `if` of the job hold there too; or require a job with `if: always()` instead, which `needs` this one and fails unless its result is `success` or `skipped`.
        "#]],
    );
}

#[test]
fn a_guard_of_a_caller_and_of_a_called_matrix() {
    let call = |caller: &str, called: &str| {
        format!(
            "\
//@ require \"call / unit (1)\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: [pull_request, schedule]
jobs:
  call:
    {caller}
    uses: ./.github/workflows/unit.yml
//- .github/workflows/unit.yml
on: workflow_call
jobs:
  unit:
    {called}
    strategy: {{matrix: {{v: [1]}}}}
    runs-on: x
    steps: [{{run: x}}]
"
        )
    };
    let never = "if: github.event_name == 'schedule'";
    let always = "if: github.event_name == 'pull_request'";
    check(
        &call(never, always),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `call / unit (1)` is never reported on pull requests
              at .github/workflows/unit.yml:3  unit:
              why `main` requires `call / unit (1)`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `unit` of `.github/workflows/unit.yml`, which `.github/workflows/ci.yml` calls, has that name, but job `call` or job `unit` is skipped on `pull_request`, where its `if` never holds, so that no pull request to `main` ever gets it.
              fix Let the `if` of the job hold there too; or require a job with `if: always()` instead, which `needs` this one and fails unless its result is `success` or `skipped`.
        "#]],
    );
    check(
        &call(always, never),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `call / unit (1)` is never reported on pull requests
              at .github/workflows/unit.yml:3  unit:
              why `main` requires `call / unit (1)`, from GitHub Actions (ruleset 1 of octo-org/hello). Job `unit` of `.github/workflows/unit.yml`, which `.github/workflows/ci.yml` calls, has that name, but job `call` or job `unit` is skipped on `pull_request`, where its `if` never holds, so that no pull request to `main` ever gets it.
              fix Let the `if` of the job hold there too; or require a job with `if: always()` instead, which `needs` this one and fails unless its result is `success` or `skipped`.
        "#]],
    );
    passes(&call(always, always));
}

#[test]
fn a_guard_that_only_a_run_decides() {
    for condition in [
        "github.actor != 'dependabot[bot]'",
        "github.event.pull_request.draft == false",
        "github.event_name == 'pull_request' && github.actor == 'x'",
    ] {
        finds(
            &matrix("", "pull_request", condition),
            expect![[r#"
                medium: Required check `test (1)` is not reported when its job is skipped [ci.yml:3]
            "#]],
        );
    }
}

/// It holds for pull requests, and for the queue only a run decides.
#[test]
fn a_guard_that_may_skip_in_the_queue_only() {
    let condition = "github.event_name == 'pull_request' || github.actor == 'x'";
    passes(&matrix("", "[pull_request, merge_group]", condition));
    finds(
        &matrix("//@ queue\n", "[pull_request, merge_group]", condition),
        expect![[r#"
            medium: Required check `test (1)` is not reported when its job is skipped [ci.yml:3]
        "#]],
    );
}

#[test]
fn without_the_repositorys_name_its_guards_are_not_decided() {
    finds(
        &matrix(
            "//@ repository unknown\n",
            "pull_request",
            "github.repository == 'octo-org/hello'",
        ),
        expect![[r#"
            medium: Required check `test (1)` is not reported when its job is skipped [ci.yml:3]
        "#]],
    );
}

#[test]
fn a_name_that_the_event_decides() {
    let ci = "\
//- .github/workflows/ci.yml
on: [pull_request, merge_group]
jobs:
  build: {name: 'on ${{ github.event_name }}', runs-on: x, steps: [{run: x}]}
";
    passes(&format!(
        "//@ require \"on pull_request\" from 15368 by ruleset\n{ci}"
    ));
    check(
        &format!("//@ queue\n//@ require \"on pull_request\" from 15368 by ruleset\n{ci}"),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `on pull_request` is never reported for the merge queue
              at .github/workflows/ci.yml:3  build: {name: 'on ${{ github.event_name }}', runs-on: x, steps: [{run: x}]}
              why `main` requires `on pull_request`, from GitHub Actions (ruleset 1 of octo-org/hello). The branch has a merge queue, which waits for the same checks on its own commits. Job `build` of `.github/workflows/ci.yml` reports it, but it has another name, or is skipped, on `merge_group`. A pull request that lacks it leaves the queue after the time-out.
              fix Give the job one name, whatever the event.
        "#]],
    );
    finds(
        &format!("//@ require \"on push\" from 15368 by ruleset\n{ci}"),
        expect![[r#"
            high: Required check `on push` is reported by nothing [ci.yml:3]
        "#]],
    );
}

#[test]
fn an_if_that_github_refuses_in_its_place() {
    let of = |condition: &str| {
        format!(
            "//@ require \"test (1)\" from 15368 by ruleset\n//@ require \"lint\" by ruleset\n\
             //- .github/workflows/ci.yml\non: pull_request\njobs:\n  test:\n    \
             if: {condition}\n    strategy: {{matrix: {{v: [1]}}}}\n    runs-on: x\n    \
             steps: [{{run: x}}]\n  lint: {{runs-on: x, steps: [{{run: x}}]}}\n"
        )
    };
    check(
        &of("matrix.v == 1"),
        expect![[r#"
        warn: 2 new findings, not enough to block.
        new high MD-001: Required check `test (1)` is reported by nothing
          at .github/workflows/ci.yml:4  if: matrix.v == 1
          why `main` requires `test (1)`, from GitHub Actions (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name. GitHub refuses `.github/workflows/ci.yml` as a whole, so that none of its jobs runs: expected one of the contexts `github`, `inputs`, `needs`, `vars`, found `matrix` in `if`.
          fix Correct `.github/workflows/ci.yml` so that GitHub accepts it.
        new medium MD-001: Required check `lint` is reported by nothing
          at .github/workflows/ci.yml:4  if: matrix.v == 1
          why `main` requires `lint` (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name. Unless something outside this repository reports it, no pull request can be merged. GitHub refuses `.github/workflows/ci.yml` as a whole, so that none of its jobs runs: expected one of the contexts `github`, `inputs`, `needs`, `vars`, found `matrix` in `if`.
          fix Correct `.github/workflows/ci.yml` so that GitHub accepts it.
    "#]],
    );
    for condition in [
        "secrets.TOKEN != ''",
        "env.CI == 'true'",
        "hashFiles('x') != ''",
    ] {
        finds(
            &of(condition),
            expect![[r#"
            high: Required check `test (1)` is reported by nothing [ci.yml:4]
            medium: Required check `lint` is reported by nothing [ci.yml:4]
        "#]],
        );
    }
    // Near miss: steps have more to look at.
    passes(
        "\
//@ require \"test\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  test: {runs-on: x, steps: [{run: x, if: \"hashFiles('x') != '' && env.CI\"}]}
",
    );
}
