//! Conditions that are never true, and those that may be.

use expect_test::expect;

use super::{ci, finds, on, passes, requiring};

fn condition(events: &str, condition: &str) -> String {
    on(
        events,
        &["test"],
        &format!("  test:\n    if: {condition}\n    runs-on: x\n    steps: [{{run: make}}]\n"),
    )
}

#[test]
fn an_event_that_the_workflow_does_not_have() {
    for text in [
        "github.event_name == 'push'",
        "github.event_name == 'push' && github.actor == 'me'",
        "${{ github.event_name != 'pull_request' }}",
        "github.event_name == 'pull_request' && github.event_name == 'push'",
        "${{ false }}",
        "github.actor == 'me' && false",
        "startsWith(github.ref, 'refs/tags/')",
    ] {
        let report = super::report(&condition("pull_request", text));
        let kinds: Vec<&str> = report
            .items
            .iter()
            .map(|item| item.title.as_str())
            .collect();
        assert_eq!(
            kinds,
            ["Required check `test` is always skipped, which passes"],
            "{text}"
        );
    }
}

#[test]
fn an_event_whose_runs_do_not_count() {
    finds(
        &condition(
            "[pull_request, workflow_dispatch]",
            "github.event_name == 'workflow_dispatch'",
        ),
        expect![[r#"
            medium: Required check `test` is skipped on every pull request, which passes [ci.yml:4 ci.yml:3]
        "#]],
    );
    finds(
        &condition(
            "{pull_request: , push: {tags: ['v*']}}",
            "github.event_name == 'push'",
        ),
        expect![[r#"
            medium: Required check `test` is skipped on every pull request, which passes [ci.yml:4 ci.yml:3]
        "#]],
    );
}

#[test]
fn a_job_whose_need_is_always_skipped() {
    finds(
        &ci(
            &["test"],
            "  build: {if: false, runs-on: x, steps: [{run: make}]}\n  \
             test: {needs: build, runs-on: x, steps: [{run: make}]}\n",
        ),
        expect![[r#"
            high: Required check `test` is always skipped, which passes [ci.yml:3 ci.yml:4]
        "#]],
    );
}

#[test]
fn a_matrix_that_is_always_skipped_is_reported_by_its_bare_name() {
    finds(
        &ci(
            &["test"],
            "  test: {if: false, strategy: {matrix: {v: [1, 2]}}, runs-on: x, steps: [{run: make}]}\n",
        ),
        expect![[r#"
            high: Required check `test` is always skipped, which passes [ci.yml:3]
        "#]],
    );
}

#[test]
fn a_caller_that_is_always_skipped_is_reported_by_its_own_name() {
    finds(
        &ci(
            &["call"],
            "  call: {if: false, uses: ./.github/workflows/unit.yml}\n\
             //- .github/workflows/unit.yml\non: workflow_call\njobs:\n  \
             unit: {runs-on: x, steps: [{run: make}]}\n",
        ),
        expect![[r#"
            high: Required check `call` is always skipped, which passes [ci.yml:3]
        "#]],
    );
}

#[test]
fn conditions_that_may_be_true() {
    for (events, text) in [
        ("pull_request", "github.event_name == 'pull_request'"),
        ("pull_request", "github.actor != 'dependabot[bot]'"),
        ("pull_request", "${{ github.event_name == 'push' }} || text"),
        ("pull_request", "\"!github.event.pull_request.draft\""),
        ("pull_request", "vars.RUN_TESTS == 'true'"),
        ("pull_request", "cancelled()"),
        ("pull_request", "always()"),
        // A push of any branch puts its check on the head of a pull request.
        ("[push, pull_request]", "github.event_name == 'push'"),
        (
            "{push: {branches: ['feature/**']}, pull_request: }",
            "github.event_name == 'push'",
        ),
        // Expensive tests are left to the queue.
        (
            "[pull_request, merge_group]",
            "github.event_name == 'merge_group'",
        ),
        ("pull_request", "startsWith(github.ref, 'refs/pull/')"),
    ] {
        passes(&condition(events, text));
    }
}

#[test]
fn the_event_of_a_called_job_is_its_callers() {
    let called = |event: &str| {
        ci(
            &["call / unit"],
            &format!(
                "  call: {{uses: ./.github/workflows/unit.yml}}\n\
                 //- .github/workflows/unit.yml\non: workflow_call\njobs:\n  \
                 unit: {{if: \"github.event_name == '{event}'\", runs-on: x, steps: [{{run: make}}]}}\n"
            ),
        )
    };
    passes(&called("pull_request"));
    finds(
        &called("workflow_call"),
        expect![[r#"
        high: Required check `call / unit` is always skipped, which passes [unit.yml:3]
    "#]],
    );
}

#[test]
fn a_leg_of_a_skipped_matrix_is_missing_rather_than_green() {
    // That is MD-001's business.
    passes(&ci(
        &["test (1)"],
        "  test: {if: \"github.event_name == 'push'\", strategy: {matrix: {v: [1]}}, runs-on: x, \
         steps: [{run: make}]}\n",
    ));
}

#[test]
fn another_workflow_that_never_runs_for_pull_requests() {
    // The nightly job of the same name has no say.
    passes(&format!(
        "{}//- .github/workflows/ci.yml\non: pull_request\njobs:\n  \
         test: {{runs-on: x, steps: [{{run: make}}]}}\n\
         //- .github/workflows/nightly.yml\non: {{schedule: [{{cron: '1 2 * * *'}}]}}\njobs:\n  \
         test: {{if: false, runs-on: x, steps: [{{run: make}}]}}\n",
        requiring(&["test"])
    ));
}
