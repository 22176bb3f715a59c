//! Jobs that need others.

use expect_test::expect;

use super::{WORKS, ci, finds, passes, requiring};

/// `build` works, and `gate` needs it.
fn gate(contexts: &[&str], gate: &str) -> String {
    ci(
        contexts,
        &format!("  build: {WORKS}\n  gate:\n    needs: build\n    runs-on: ubuntu-latest\n{gate}"),
    )
}

/// `build` works, and `gate` needs it and has this `if` and only prints.
fn printing(condition: &str) -> String {
    gate(
        &["gate"],
        &format!("    if: {condition}\n    steps: [{{run: echo fine}}]\n"),
    )
}

#[test]
fn a_condition_without_a_status_function_is_no_help() {
    finds(
        &printing("github.actor != 'x'"),
        expect![[r#"
            high: Required check `gate` passes when a job that it needs fails [ci.yml:5 ci.yml:7 ci.yml:4]
        "#]],
    );
    finds(
        &printing("success()"),
        expect![[r#"
            high: Required check `gate` passes when a job that it needs fails [ci.yml:5 ci.yml:7 ci.yml:4]
        "#]],
    );
    finds(
        &printing("'!failure()'"),
        expect![[r#"
            high: Required check `gate` passes when a job that it needs fails [ci.yml:5 ci.yml:7 ci.yml:4]
        "#]],
    );
}

#[test]
fn a_condition_on_the_result_skips_instead_of_failing() {
    finds(
        &gate(
            &["gate"],
            "    if: always() && needs.build.result == 'success'\n    steps: [{run: echo fine}]\n",
        ),
        expect![[r#"
            high: Required check `gate` passes when a job that it needs fails [ci.yml:5 ci.yml:7 ci.yml:4]
        "#]],
    );
}

#[test]
fn failures_come_through_several_jobs() {
    let jobs = format!(
        "  setup: {WORKS}\n  build: {{needs: setup, runs-on: x, steps: [{{run: make}}]}}\n  \
         test: {{needs: build, runs-on: x, steps: [{{run: make}}]}}\n"
    );
    finds(
        &ci(&["test"], &jobs),
        expect![[r#"
        medium: Required check `test` passes when a job that it needs fails [ci.yml:5]
    "#]],
    );
    // `build` is skipped as well when `setup` fails, and passes.
    finds(
        &ci(&["test", "build"], &jobs),
        expect![[r#"
        medium: Required check `build` passes when a job that it needs fails [ci.yml:4]
        medium: Required check `test` passes when a job that it needs fails [ci.yml:5]
    "#]],
    );
    passes(&ci(&["test", "build", "setup"], &jobs));
}

#[test]
fn a_job_of_a_called_workflow() {
    let jobs = "  call: {uses: ./.github/workflows/unit.yml}\n\
                //- .github/workflows/unit.yml\non: workflow_call\njobs:\n  \
                build: {runs-on: x, steps: [{run: make}]}\n  \
                test: {needs: build, runs-on: x, steps: [{run: make test}]}\n";
    finds(
        &ci(&["call / test"], jobs),
        expect![[r#"
        medium: Required check `call / test` passes when a job that it needs fails [unit.yml:4]
    "#]],
    );
    passes(&ci(&["call / test", "call / build"], jobs));
}

#[test]
fn a_job_that_needs_a_called_workflow() {
    let jobs = "  call: {uses: ./.github/workflows/unit.yml}\n  \
                gate: {needs: call, runs-on: x, steps: [{run: echo}]}\n\
                //- .github/workflows/unit.yml\non: workflow_call\njobs:\n  \
                build: {runs-on: x, steps: [{run: make}]}\n  \
                other: {runs-on: x, steps: [{run: make}]}\n";
    finds(
        &ci(&["gate"], jobs),
        expect![[r#"
        high: Required check `gate` passes when a job that it needs fails [ci.yml:4]
    "#]],
    );
    // A required job of it may be its own gate.
    passes(&ci(&["gate", "call / build"], jobs));
}

#[test]
fn a_matrix_of_which_one_leg_is_required() {
    let jobs = "  build: {strategy: {matrix: {v: [1, 2]}}, runs-on: x, steps: [{run: make}]}\n  \
                gate: {needs: build, runs-on: x, steps: [{run: echo}]}\n";
    finds(
        &ci(&["gate", "build (1)"], jobs),
        expect![[r#"
        high: Required check `gate` passes when a job that it needs fails [ci.yml:4]
    "#]],
    );
    passes(&ci(&["gate", "build (1)", "build (2)"], jobs));
}

#[test]
fn several_checks_of_one_job_are_one_finding() {
    finds(
        &ci(
            &["test (1)", "test (2)"],
            "  test: {strategy: {matrix: {v: [1, 2]}}, runs-on: ubuntu-latest, \
             steps: [{run: make || true}]}\n",
        ),
        expect![[r#"
            high: Required check `test (1)` stays green when its commands fail [ci.yml:3]
        "#]],
    );
}

#[test]
fn two_contradictions_of_one_job_are_two_findings() {
    finds(
        &gate(&["gate"], "    steps: [{run: make test || true}]\n"),
        expect![[r#"
            high: Required check `gate` stays green when its commands fail [ci.yml:7 ci.yml:4]
            medium: Required check `gate` passes when a job that it needs fails [ci.yml:5 ci.yml:4]
        "#]],
    );
}

#[test]
fn gates_that_run_whatever_happens_and_look() {
    for steps in [
        "[{run: exit 1, if: \"contains(needs.*.result, 'failure')\"}]",
        "[{run: '[ ${{ needs.build.result }} = success ]'}]",
        "[{run: '[ ${{ needs[''build''].result }} = success ]'}]",
        "[{run: exit 1, if: \"needs.build.result != 'success'\"}]",
        "[{run: 'echo \"$NEEDS\" | jq -e .', env: {NEEDS: '${{ toJSON(needs) }}'}}]",
        "[{run: '[ \"$R\" = success ]', env: {R: '${{ needs.build.result }}'}}]",
        "[{uses: re-actors/alls-green@release/v1, with: {jobs: '${{ toJSON(needs) }}'}}]",
        "[{uses: ./.github/actions/gate, with: {results: \"${{ join(needs.*.result, ' ') }}\"}}]",
        // These look by themselves, or may.
        "[{uses: technote-space/workflow-conclusion-action@v3}, {run: '[ \"$C\" = success ]'}]",
        "[{run: gh run view $GITHUB_RUN_ID | grep -q ok}]",
        "[{run: 'exit $(test -z x)', env: {TOKEN: '${{ github.token }}'}}]",
        "[{run: ./gate.sh}]",
    ] {
        for condition in ["always()", "'!cancelled()'", "success() || failure()"] {
            passes(&gate(
                &["gate"],
                &format!("    if: {condition}\n    steps: {steps}\n"),
            ));
        }
    }
    passes(&gate(
        &["gate"],
        "    if: always()\n    env: {NEEDS: '${{ toJSON(needs) }}'}\n    \
         steps: [{run: 'echo \"$NEEDS\" | grep -qv failure'}]\n",
    ));
}

#[test]
fn gates_that_run_only_on_failure() {
    for condition in [
        "failure()",
        "always() && contains(needs.*.result, 'failure')",
        "${{ !success() }}",
        "always() && needs.build.result != 'success'",
        "failure() || cancelled()",
    ] {
        passes(&gate(
            &["gate"],
            &format!("    if: {condition}\n    steps: [{{run: exit 1}}]\n"),
        ));
    }
}

#[test]
fn another_required_gate_answers_for_the_need() {
    let all = |steps: &str, condition: &str| {
        ci(
            &["test", "all"],
            &format!(
                "  build: {WORKS}\n  test: {{needs: build, runs-on: x, steps: [{{run: make}}]}}\n  \
                 all:\n    needs: [build, test]\n    if: {condition}\n    runs-on: x\n    steps: {steps}\n"
            ),
        )
    };
    passes(&all(
        "[{run: exit 1, if: \"contains(needs.*.result, 'failure')\"}]",
        "always()",
    ));
    passes(&all("[{run: exit 1}]", "failure()"));
    // One that looks at nothing does not.
    finds(
        &all("[{run: echo}]", "always()"),
        expect![[r#"
        high: Required check `all` passes whatever the jobs that it needs do [ci.yml:7 ci.yml:6 ci.yml:5]
        medium: Required check `test` passes when a job that it needs fails [ci.yml:4]
    "#]],
    );
}

#[test]
fn what_is_needed_is_required_itself() {
    passes(&gate(&["gate", "build"], "    steps: [{run: echo fine}]\n"));
    passes(&gate(
        &["gate", "build"],
        "    if: always()\n    steps: [{run: echo fine}]\n",
    ));
}

#[test]
fn a_need_whose_failure_is_tolerated() {
    for flag in ["true", "'${{ matrix.experimental }}'"] {
        passes(&ci(
            &["test"],
            &format!(
                "  build: {{continue-on-error: {flag}, runs-on: x, steps: [{{run: make}}]}}\n  \
                 test: {{needs: build, runs-on: x, steps: [{{run: make test}}]}}\n"
            ),
        ));
    }
}

#[test]
fn a_job_with_work_of_its_own_that_runs_whatever_happens() {
    // It waits for `build` for the order's sake, and reports what it finds itself.
    passes(&gate(
        &["gate"],
        "    if: always()\n    steps: [{run: make test}]\n",
    ));
}

#[test]
fn a_pair_of_jobs_for_success_and_for_failure() {
    passes(&ci(
        &["CI"],
        &format!(
            "  build: {WORKS}\n  \
             good: {{name: CI, needs: build, if: success(), runs-on: x, steps: [{{run: exit 0}}]}}\n  \
             bad: {{name: CI, needs: build, if: failure(), runs-on: x, steps: [{{run: exit 1}}]}}\n"
        ),
    ));
}

#[test]
fn a_leg_that_is_skipped_is_missing_rather_than_green() {
    passes(&ci(
        &["test (1)"],
        &format!(
            "  build: {WORKS}\n  \
             test: {{needs: build, strategy: {{matrix: {{v: [1]}}}}, runs-on: x, steps: [{{run: make}}]}}\n"
        ),
    ));
}

#[test]
fn a_check_that_something_else_reports_too() {
    let text = gate(&["gate"], "    steps: [{run: echo fine}]\n");
    let unpinned = text.replace(" from 15368", "");
    passes(&format!("//@ rollup #7 \"gate\" by 99\n{unpinned}"));
    passes(&format!("//@ rollup #7 \"gate\" by status\n{unpinned}"));
}

#[test]
fn a_check_that_is_pinned_to_another_app() {
    let text = gate(&["gate"], "    steps: [{run: echo fine}]\n");
    passes(&text.replace("15368", "99"));
}

#[test]
fn a_file_that_could_not_be_fetched_may_hold_another_job() {
    let text = gate(&["gate"], "    steps: [{run: echo fine}]\n");
    finds(
        &format!("{text}//- .github/workflows/other.yml unavailable failed\n"),
        expect![[r#"
            unknown whether the required check `gate` can fail: `.github/workflows/other.yml` can't be read.
        "#]],
    );
    finds(
        &format!(
            "{}//- .github/workflows/other.yml unavailable failed\n",
            requiring(&["gone"])
        ),
        expect![[r#"
            unknown whether the required check `gone` can fail: `.github/workflows/other.yml` can't be read.
        "#]],
    );
}

#[test]
fn a_job_whose_name_only_a_run_decides_may_be_another() {
    let text = gate(&["gate"], "    steps: [{run: echo fine}]\n");
    finds(
        &format!(
            "{text}  other: {{name: '${{{{ vars.NAME }}}}', runs-on: x, steps: [{{run: x}}]}}\n"
        ),
        expect![[r#"
            unknown whether the required check `gate` can fail: Job `other` of `.github/workflows/ci.yml` may report it too: only a run decides its name.
        "#]],
    );
    // Of the jobs of another repository nothing is said.
    passes(&ci(
        &["call / gate"],
        "  call: {uses: other/repo/.github/workflows/gate.yml@v1}\n",
    ));
}
