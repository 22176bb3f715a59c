//! Reports in full, as a reader gets them.

use expect_test::expect;

use super::{check, ci, on};

#[test]
fn a_gate_that_a_failed_job_skips() {
    check(
        &ci(
            &["all-green"],
            "
  build:
    runs-on: ubuntu-latest
    steps:
      - run: make
  test:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - run: make test
  all-green:
    needs: [build, test]
    runs-on: ubuntu-latest
    steps:
      - run: echo all is well
",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-008: Required check `all-green` passes when a job that it needs fails
              at .github/workflows/ci.yml:13  needs: [build, test]
              at .github/workflows/ci.yml:12  all-green:
              why `main` requires `all-green` (ruleset 1 of octo-org/hello), which job `all-green` of `.github/workflows/ci.yml` reports. When job `build` or `test` fails, this job is skipped, and a job that is skipped passes. No required check fails then.
              fix Let the job run whatever happens, and fail unless all went well:

            ```yaml
              all-green:
                needs: […]
                if: always()
                steps:
                  - run: exit 1
                    if: ${{ contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled') }}
            ```
        "#]],
    );
}

#[test]
fn a_job_that_a_failed_job_skips() {
    check(
        &ci(
            &["test"],
            "
  build:
    runs-on: ubuntu-latest
    steps: [{run: make}]
  test:
    needs: build
    runs-on: ubuntu-latest
    steps: [{run: make test}]
",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-008: Required check `test` passes when a job that it needs fails
              at .github/workflows/ci.yml:7  needs: build
              at .github/workflows/ci.yml:6  test:
              why `main` requires `test` (ruleset 1 of octo-org/hello), which job `test` of `.github/workflows/ci.yml` reports. When job `build` fails, this job is skipped, and a job that is skipped passes. No required check fails then.
              fix Require `build` as well; or require one job with `if: always()` that needs all of them and fails unless their results are `success` or `skipped`.
        "#]],
    );
}

#[test]
fn a_gate_that_never_looks() {
    check(
        &ci(
            &["all-green"],
            "
  build:
    runs-on: ubuntu-latest
    steps: [{run: make}]
  all-green:
    needs: build
    if: always()
    runs-on: ubuntu-latest
    steps:
      - run: echo done
",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-008: Required check `all-green` passes whatever the jobs that it needs do
              at .github/workflows/ci.yml:8  if: always()
              at .github/workflows/ci.yml:7  needs: build
              at .github/workflows/ci.yml:6  all-green:
              why `main` requires `all-green` (ruleset 1 of octo-org/hello), which job `all-green` of `.github/workflows/ci.yml` reports. With `if` `always()` it runs although a job that it needs has failed, and it never looks at the result of `build`. No required check fails when job `build` fails.
              fix Look at every result, and fail unless all are well:

            ```yaml
                steps:
                  - run: exit 1
                    if: ${{ contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled') }}
            ```
        "#]],
    );
}

#[test]
fn a_gate_that_looks_at_some() {
    check(
        &ci(
            &["all-green"],
            "
  build: &job
    runs-on: ubuntu-latest
    steps: [{run: make}]
  lint: *job
  test: *job
  all-green:
    needs: [build, lint, test]
    if: ${{ !cancelled() }}
    runs-on: ubuntu-latest
    steps:
      - run: '[ \"${{ needs.build.result }}\" = success ]'
",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-008: Required check `all-green` never looks at some of the jobs that it needs
              at .github/workflows/ci.yml:10  if: ${{ !cancelled() }}
              at .github/workflows/ci.yml:9  needs: [build, lint, test]
              at .github/workflows/ci.yml:8  all-green:
              why `main` requires `all-green` (ruleset 1 of octo-org/hello), which job `all-green` of `.github/workflows/ci.yml` reports. With `if` `${{ !cancelled() }}` it runs although a job that it needs has failed, and it never looks at the results of `lint` and `test`. No required check fails when job `lint` or `test` fails.
              fix Look at every result, and fail unless all are well:

            ```yaml
                steps:
                  - run: exit 1
                    if: ${{ contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled') }}
            ```
        "#]],
    );
}

#[test]
fn a_job_that_is_switched_off() {
    check(
        &ci(
            &["test"],
            "
  test:
    if: false
    runs-on: ubuntu-latest
    steps: [{run: make test}]
",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-008: Required check `test` is always skipped, which passes
              at .github/workflows/ci.yml:4  if: false
              at .github/workflows/ci.yml:3  test:
              why `main` requires `test` (ruleset 1 of octo-org/hello), which job `test` of `.github/workflows/ci.yml` reports. Its condition `false` is true on none of the events of the workflow. A job that is skipped passes.
              fix Let job `test` run on the pull requests that it is required for, or stop requiring the check.
        "#]],
    );
}

#[test]
fn a_job_that_only_runs_after_the_merge() {
    check(
        &on(
            "{pull_request: , push: {branches: [main]}, schedule: [{cron: '1 2 * * *'}]}",
            &["deploy"],
            "
  deploy:
    if: github.ref == 'refs/heads/main'
    runs-on: ubuntu-latest
    steps: [{run: make deploy}]
",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-008: Required check `deploy` is skipped on every pull request, which passes
              at .github/workflows/ci.yml:4  if: github.ref == 'refs/heads/main'
              at .github/workflows/ci.yml:3  deploy:
              why `main` requires `deploy` (ruleset 1 of octo-org/hello), which job `deploy` of `.github/workflows/ci.yml` reports. Its condition `github.ref == 'refs/heads/main'` may be true on `push` and `schedule` only, whose runs don't count for a pull request. A job that is skipped passes.
              fix Let job `deploy` run on the pull requests that it is required for, or stop requiring the check.
        "#]],
    );
}

#[test]
fn a_job_whose_commands_can_not_fail() {
    check(
        &ci(
            &["test"],
            "
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          npm ci
          npm test || true
      - run: npm run e2e | tee e2e.log
      - uses: octo-org/scan@v1
        continue-on-error: true
",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-008: Required check `test` stays green when its commands fail
              at .github/workflows/ci.yml:9  npm test || true
              at .github/workflows/ci.yml:10  - run: npm run e2e | tee e2e.log
              at .github/workflows/ci.yml:12  continue-on-error: true
              at .github/workflows/ci.yml:3  test:
              why `main` requires `test` (ruleset 1 of octo-org/hello), which job `test` of `.github/workflows/ci.yml` reports. A step with `continue-on-error: true` leaves its job green when it fails; a command that is followed by `||` and one that always succeeds can't fail; a pipe ends as its last command does, because the shell runs without `pipefail`. No other step of the job checks anything.
              fix Take `continue-on-error` away from the step. Take away what follows `||`. Set `shell: bash` on the step, which GitHub runs with `-eo pipefail`. If the result is only to be seen, stop requiring the check.
        "#]],
    );
}

#[test]
fn a_job_that_only_prints() {
    check(
        &ci(
            &["security"],
            "
  security:
    runs-on: ubuntu-latest
    steps:
      - run: echo nothing yet
",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-008: Required check `security` comes from a job in which no step can fail
              at .github/workflows/ci.yml:6  - run: echo nothing yet
              at .github/workflows/ci.yml:3  security:
              why `main` requires `security` (ruleset 1 of octo-org/hello), which job `security` of `.github/workflows/ci.yml` reports. Its steps only print, and no other job reports the check, so that it is green whatever a pull request does.
              fix Let job `security` check what the requirement is for, or stop requiring the check.
        "#]],
    );
}

#[test]
fn checks_that_any_source_may_report() {
    check(
        "\
//@ require \"build\" by ruleset
//@ require \"test\" by classic
//@ require \"lint\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs:
  build: &job {runs-on: ubuntu-latest, steps: [{run: make}]}
  test: *job
  lint: *job
",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new low MD-008: Required checks of `main` may be reported by any source
              why `main` requires `build` and `test` (branch protection and ruleset 1 of octo-org/hello) from no App in particular. Jobs of GitHub Actions report them, but a status of the same name from anybody with write access, or from any App, counts as well.
              fix Set GitHub Actions as the source of these checks where they are required.
        "#]],
    );
}
