//! Whole repositories as they are found in the wild, which look wrong and work.

use super::{ci, on, passes};

#[test]
fn a_gate_with_alls_green() {
    passes(&on(
        "[pull_request, merge_group]",
        &["check"],
        "
  lint: &job
    runs-on: ubuntu-latest
    steps: [{uses: actions/checkout@v4}, {run: make}]
  test: *job
  check:
    if: always()
    needs: [lint, test]
    runs-on: ubuntu-latest
    steps:
      - name: Decide whether the needed jobs succeeded or failed
        uses: re-actors/alls-green@release/v1
        with:
          jobs: ${{ toJSON(needs) }}
",
    ));
}

#[test]
fn a_conclusion_that_loops_over_results() {
    passes(&ci(
        &["conclusion"],
        "
  test:
    runs-on: ubuntu-latest
    steps: [{run: make}]
  conclusion:
    needs: test
    # Never skipped, or a failure would pass.
    if: ${{ !cancelled() }}
    runs-on: ubuntu-latest
    steps:
      - name: Conclusion
        run: |
          jq -C <<< '${{ toJson(needs) }}'
          # Check if all needs are successful (or skipped).
          jq --exit-status 'all(.result == \"success\" or .result == \"skipped\")' <<< '${{ toJson(needs) }}'
",
    ));
}

#[test]
fn jobs_behind_a_filter_of_paths_whose_filter_is_required() {
    passes(&ci(
        &["changes", "test"],
        "
  changes:
    runs-on: ubuntu-latest
    outputs: {src: '${{ steps.filter.outputs.src }}'}
    steps: [{id: filter, uses: dorny/paths-filter@v3}]
  test:
    needs: changes
    if: needs.changes.outputs.src == 'true'
    runs-on: ubuntu-latest
    steps: [{run: make}]
",
    ));
}

#[test]
fn a_report_of_coverage_that_is_only_to_be_seen() {
    passes(&ci(
        &["test"],
        "
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: make test
      - run: make coverage || true
      - uses: codecov/codecov-action@v5
        continue-on-error: true
",
    ));
}

#[test]
fn a_script_that_saves_what_a_command_said() {
    passes(&ci(
        &["audit"],
        "
  audit:
    runs-on: ubuntu-latest
    steps:
      - run: |
          npm audit --json > audit.json || true
          node scripts/judge.js audit.json
",
    ));
}

#[test]
fn a_failure_that_is_carried_in_an_output() {
    passes(&ci(
        &["test"],
        "
  test:
    runs-on: ubuntu-latest
    steps:
      - id: t
        run: make test || echo \"failed=1\" >> \"$GITHUB_OUTPUT\"
      - uses: actions/upload-artifact@v4
      - if: steps.t.outputs.failed
        run: exit 1
",
    ));
}

#[test]
fn a_workflow_that_is_disabled_or_refused() {
    let job = "  test: {runs-on: ubuntu-latest, steps: [{run: make || true}]}\n";
    passes(&format!(
        "//@ workflow .github/workflows/ci.yml disabled_manually\n{}",
        ci(&["test"], job)
    ));
    passes(&ci(
        &["test"],
        &format!("{job}  bad: {{needs: nowhere, runs-on: x}}\n"),
    ));
}

#[test]
fn nothing_is_required() {
    passes(&ci(
        &[],
        "  test: {runs-on: ubuntu-latest, steps: [{run: make || true}]}\n",
    ));
    passes(&format!(
        "//@ classic off\n{}",
        ci(
            &["test"],
            "  test: {if: false, runs-on: x, steps: [{run: make}]}\n"
        )
        .replace("ruleset", "classic")
    ));
}

/// Where the matrix is skipped it has another name, which nobody has to require beside its legs.
#[test]
fn a_matrix_that_one_event_skips_and_whose_legs_are_required() {
    passes(&on(
        "[pull_request, merge_group]",
        &["test (1)", "all"],
        "
  test:
    if: github.event_name == 'pull_request'
    strategy: {matrix: {v: [1]}}
    runs-on: ubuntu-latest
    steps: [{run: make}]
  all:
    needs: test
    runs-on: ubuntu-latest
    steps: [{run: make report}]
",
    ));
}
