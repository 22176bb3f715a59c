//! What could not be looked at is neither a finding nor a pass.

use expect_test::expect;

use super::{finds, passes, workflow};

fn build() -> String {
    workflow("ci.yml", "pull_request", &["build"])
}

#[test]
fn settings_that_could_not_be_read() {
    finds(
        &format!("//@ unavailable rules not_permitted\n{}", build()),
        expect![[r#"
            unknown rules: The fixture says so.
        "#]],
    );
    // What the other source requires is judged all the same.
    finds(
        &format!(
            "//@ unavailable rules not_permitted\n//@ require \"gone\" from 15368 by classic\n{}",
            build()
        ),
        expect![[r#"
            high: Required check `gone` is reported by nothing [ci.yml:3]
            unknown rules: The fixture says so.
        "#]],
    );
    finds(
        &format!("//@ unavailable protection failed\n{}", build()),
        expect![[r#"
            unknown protection: The fixture says so.
        "#]],
    );
}

#[test]
fn states_of_workflows_are_asked_for_where_a_job_counts() {
    let missing = "//@ unavailable workflows not_permitted\n";
    finds(
        &format!(
            "{missing}//@ require \"build\" from 15368 by ruleset\n{}",
            build()
        ),
        expect![[r#"
            unknown workflows: The fixture says so.
        "#]],
    );
    passes(&format!("{missing}{}", build()));
}

#[test]
fn rollups_are_not_asked_for_where_a_job_reports() {
    passes(&format!(
        "//@ unavailable rollups not_provided\n//@ require \"build\" by ruleset\n{}",
        build()
    ));
}

#[test]
fn a_workflow_that_could_not_be_fetched() {
    let missing = "//- .github/workflows/x.yml unavailable failed\n";
    finds(
        &format!(
            "//@ require \"gone\" from 15368 by ruleset\n{}{missing}",
            build()
        ),
        expect![[r#"
            unknown .github/workflows/x.yml: The fixture says so.
            unknown what reports the required check `gone`: `.github/workflows/x.yml` can't be read.
        "#]],
    );
    // It may be what fills the gap of a filter.
    let filtered = workflow("ci.yml", "{pull_request: {paths: ['src/**']}}", &["build"]);
    finds(
        &format!("//@ require \"build\" from 15368 by ruleset\n{filtered}{missing}"),
        expect![[r#"
            unknown .github/workflows/x.yml: The fixture says so.
            unknown what reports the required check `build`: `.github/workflows/x.yml` can't be read.
        "#]],
    );
}

#[test]
fn a_truncated_tree() {
    finds(
        &format!(
            "//@ unavailable tree truncated\n//@ require \"gone\" from 15368 by ruleset\n\
             //@ require \"build\" from 15368 by ruleset\n{}",
            build()
        ),
        expect![[r#"
            unknown tree: The fixture says so.
            unknown what reports the required check `gone`: The list of files is not known in full.
        "#]],
    );
}

#[test]
fn a_called_workflow_that_could_not_be_fetched() {
    finds(
        "\
//@ require \"call / unit\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs: {call: {uses: ./.github/workflows/unit.yml}}
//- .github/workflows/unit.yml unavailable failed
",
        expect![[r#"
            unknown .github/workflows/unit.yml: The fixture says so.
            unknown what reports the required check `call / unit`: It can't be told: job `call` of `.github/workflows/ci.yml` reports `call / *`, and `.github/workflows/unit.yml` could not be read.
        "#]],
    );
}

#[test]
fn a_called_workflow_that_is_not_there() {
    finds(
        "\
//@ require \"call / unit\" from 15368 by ruleset
//- .github/workflows/ci.yml
on: pull_request
jobs: {call: {uses: ./.github/workflows/unit.yml}}
",
        expect![[r#"
            high: Required check `call / unit` is reported by nothing [ci.yml:2]
        "#]],
    );
}

#[test]
fn a_file_that_is_all_comments_hides_nothing() {
    finds(
        &format!(
            "//@ require \"gone\" from 15368 by ruleset\n//@ rollup #7 \"build\" by 15368\n{}\
             //- .github/workflows/old.yml\n# on: push\n",
            build()
        ),
        expect![[r#"
            high: Required check `gone` is reported by nothing [ci.yml:3]
            high: `.github/workflows/old.yml` can't be read [old.yml:1]
        "#]],
    );
}

#[test]
fn a_hostile_number_of_path_patterns_takes_no_square_of_time() {
    use std::fmt::Write as _;
    let mut paths = "'**'".to_owned();
    for n in 0..4000 {
        write!(paths, ", d{n}/**").unwrap();
    }
    let filtered = workflow(
        "ci.yml",
        &format!("{{pull_request: {{paths: [{paths}]}}}}"),
        &["build"],
    );
    let text = format!("//@ require \"build\" from 15368 by ruleset\n{filtered}");
    // With each pattern tried against each, this took minutes.
    let report = crate::testing::Fixture::parse(&text).report();
    assert_eq!(report.items.len(), 0);
}

#[test]
fn what_was_seen_of_a_job_that_the_change_takes_away_excuses_nothing() {
    let dynamic = "\
//- both: .github/workflows/other.yml
on: pull_request
jobs:
  plan:
    runs-on: x
    outputs: {m: x}
    steps: [{run: x}]
  other:
    needs: plan
    name: ${{ matrix.n }}
    strategy: {matrix: {n: '${{ fromJSON(needs.plan.outputs.m) }}'}}
    runs-on: x
    steps: [{run: x}]
";
    let required =
        "//@ require \"build\" from 15368 by ruleset\n//@ rollup #7 \"build\" by 15368\n";
    let build = workflow("ci.yml", "pull_request", &["build"]);
    let gone = workflow("ci.yml", "pull_request", &["lint"]);
    let before = build.replace("//- ", "//- before: ");
    finds(
        &format!("{required}{dynamic}{before}{gone}"),
        expect![[r#"
        unknown what reports the required check `build`: It can't be told: job `other` of `.github/workflows/other.yml` reports `*`, and `fromJSON(needs.plan.outputs.m)` is only known when the workflow runs.
    "#]],
    );
    // Near miss: the job stays, and then what was seen stands.
    passes(&format!("{required}{dynamic}{before}{build}"));
}
