//! Steps and scripts that can't make their job fail, and those that can.

use expect_test::expect;

use super::{ci, finds, passes, report, script, steps};

/// The rule finds that the job stays green.
fn muted(text: &str) {
    let report = report(text);
    let titles: Vec<&str> = report
        .items
        .iter()
        .map(|item| item.title.as_str())
        .collect();
    assert_eq!(
        titles,
        ["Required check `test` stays green when its commands fail"],
        "{text}"
    );
}

#[test]
fn scripts_in_which_nothing_can_fail() {
    for text in [
        "make test || true",
        "make test || :",
        "make test || exit 0",
        "make test || echo failed",
        "make test || echo \"failed: $? (see #1) || exit\"",
        "make build && make test || true",
        "make test \\\n  --all || true",
        "make test ||\n  true",
        "make test || true # for now",
        "cd sub\nnpm ci\nnpm test || true",
        "export CI=1\nset -x\nmake test || true\necho done",
        "make lint || true; make test || true",
        "make test 2>&1 | tee test.log",
        "make test |& tee test.log",
        "make test > out.txt 2>&1 || true",
        "OUTPUT=$(make test) || true",
        "set +e\nmake test\nexit 0",
        "set +e\nmake test\necho \"done: $?\"",
    ] {
        muted(&script(text));
    }
}

#[test]
fn scripts_in_which_something_can_fail() {
    for text in [
        "make test",
        // The shell runs with `-e`: it ends at the first command that fails.
        "make test; true",
        "make test\nexit 0",
        "make test\necho done",
        "make build || true\nmake test",
        "make test || exit 1",
        "make test || (echo failed; exit 1)",
        "make test || { echo failed; exit 1; }",
        "make test || make retry",
        "true || make test && make more",
        "set -o pipefail\nmake test | tee log",
        "set -euo pipefail; make test | tee log",
        "make test | tee log\nexit ${PIPESTATUS[0]}",
        "make test | grep -v warning",
        "make test | ./filter.sh",
        "make test | tee log || exit 1",
        "if make test; then echo ok; fi || true",
        "make test || true &",
        "cat <<EOF\nmake test || true\nEOF\nmake test",
        "echo 'make test || true'; make test",
        "set +e\nmake test\nset -e\ntrue",
        "set +e\nmake test\ncode=$?\nexit $code",
        "trap 'exit 1' ERR\nmake test || true",
        "${{ inputs.command }} || true",
        "$COMMAND || true",
        "exit 1 || true",
        "eval \"$X\" || true",
        "make test || true '",
        "npm ci",
    ] {
        passes(&script(text));
    }
}

#[test]
fn the_shell_decides() {
    let of = |shell: &str, script: &str| steps(&format!("{{shell: '{shell}', run: '{script}'}}"));
    // `bash` by name runs with `-eo pipefail`, `sh` only with `-e`.
    passes(&of("bash", "make test | tee log"));
    muted(&of("sh", "make test | tee log"));
    muted(&of("bash -e {0}", "make test | tee log"));
    passes(&of("bash -eo pipefail {0}", "make test | tee log"));
    muted(&of("bash", "make test || true"));
    muted(&of("bash {0}", "make test; true"));
    muted(&of("bash -l {0}", "make test; true"));
    passes(&of("bash -le {0}", "make test; true"));
    passes(&of("bash {0}", "true; make test"));
    for other in ["pwsh", "powershell", "cmd", "python", "node {0}"] {
        passes(&of(other, "make test || true"));
    }
}

#[test]
fn the_default_shell_decides() {
    let pipe = "runs-on: ubuntu-latest, steps: [{run: make test | tee log}]";
    let in_job = |shell: &str| {
        ci(
            &["test"],
            &format!("  test: {{defaults: {{run: {{shell: {shell}}}}}, {pipe}}}\n"),
        )
    };
    passes(&in_job("bash"));
    muted(&in_job("sh"));
    let in_workflow = format!("  test: {{{pipe}}}\ndefaults: {{run: {{shell: bash}}}}\n");
    passes(&ci(&["test"], &in_workflow));
    // A step's own shell wins over the job's, and that over the workflow's.
    muted(&ci(
        &["test"],
        "  test: {defaults: {run: {shell: pwsh}}, runs-on: x, steps: [{run: a || true, shell: sh}]}\n",
    ));
}

#[test]
fn the_runner_decides() {
    let on = |label: &str| {
        ci(
            &["test"],
            &format!("  test: {{runs-on: {label}, steps: [{{run: make test || true}}]}}\n"),
        )
    };
    muted(&on("ubuntu-24.04"));
    muted(&on("[self-hosted, Linux, x64]"));
    // PowerShell, or nobody knows what.
    for label in [
        "windows-latest",
        "my-runner",
        "'${{ matrix.os }}'",
        "{group: big}",
        "[self-hosted, windows, linux]",
    ] {
        passes(&on(label));
    }
}

#[test]
fn variables_may_set_the_shells_options() {
    passes(&steps("{run: make | tee log, env: {SHELLOPTS: pipefail}}"));
    passes(&steps("{run: make | tee log, env: '${{ matrix.env }}'}"));
}

#[test]
fn a_step_that_may_fail_without_harm() {
    muted(&steps(
        "{uses: actions/checkout@v4}, {run: make, continue-on-error: true}",
    ));
    muted(&steps(
        "{uses: octo-org/scan@v1, continue-on-error: true}, {run: make || true}, {uses: actions/upload-artifact@v4}",
    ));
    passes(&steps(
        "{run: make, continue-on-error: true}, {run: make test}",
    ));
    passes(&steps(
        "{run: make, continue-on-error: '${{ matrix.experimental }}'}",
    ));
    passes(&steps("{run: make, continue-on-error: false}"));
}

#[test]
fn a_later_step_looks_at_what_was_let_pass() {
    passes(&steps(
        "{id: t, run: make test, continue-on-error: true}, \
         {if: \"steps.t.outcome == 'failure'\", run: exit 1}",
    ));
}

#[test]
fn a_job_that_may_fail_without_harm_blocks_all_the_same() {
    // Only the run is green, the check is red.
    passes(&ci(
        &["test"],
        "  test: {continue-on-error: true, runs-on: ubuntu-latest, steps: [{run: make test}]}\n",
    ));
}

#[test]
fn actions_of_unknown_content_may_fail() {
    passes(&steps(
        "{run: make || true}, {uses: ./.github/actions/check}",
    ));
    passes(&steps("{run: make || true}, {uses: docker://alpine}"));
    passes(&steps("{run: make || true}, {uses: octo-org/scan@v1}"));
    // So does one that hands on what a step should have made.
    passes(&steps(
        "{run: make || true}, {uses: actions/upload-artifact@v4, with: {if-no-files-found: error}}",
    ));
}

#[test]
fn a_deployment_may_be_refused() {
    passes(&ci(
        &["test"],
        "  test: {environment: production, runs-on: x, steps: [{run: echo approved}]}\n",
    ));
}

#[test]
fn a_step_that_never_runs_checks_nothing() {
    muted(&steps("{run: make || true}, {if: false, run: make test}"));
    passes(&steps(
        "{run: make || true}, {if: \"github.event_name == 'x'\", run: make test}",
    ));
    finds(
        &steps("{if: false, run: make test}"),
        expect![[r#"
        medium: Required check `test` comes from a job in which no step can fail [ci.yml:3]
    "#]],
    );
}

#[test]
fn scripts_that_only_print() {
    for text in [
        "echo ok",
        "true",
        "exit 0\nmake test",
        "# nothing",
        "echo \"$(make test)\"",
    ] {
        let report = report(&script(text));
        let titles: Vec<&str> = report
            .items
            .iter()
            .map(|item| item.title.as_str())
            .collect();
        assert_eq!(
            titles,
            ["Required check `test` comes from a job in which no step can fail"],
            "{text}"
        );
    }
}

#[test]
fn a_twin_that_only_prints_stands_in_for_a_filtered_job() {
    let twin = |real: &str| {
        format!(
            "{}//- .github/workflows/ci.yml\non: {{pull_request: {{paths: ['src/**']}}}}\njobs:\n  \
             test: {{runs-on: ubuntu-latest, steps: [{{run: {real}}}]}}\n\
             //- .github/workflows/twin.yml\non: {{pull_request: {{paths-ignore: ['src/**']}}}}\njobs:\n  \
             test: {{runs-on: ubuntu-latest, steps: [{{run: echo nothing to do}}]}}\n",
            super::requiring(&["test"])
        )
    };
    passes(&twin("make test"));
    finds(
        &twin("make test || true"),
        expect![[r#"
        high: Required check `test` stays green when its commands fail [ci.yml:3]
    "#]],
    );
}
