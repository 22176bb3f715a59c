//! What a rule which only asks "is there a job of this name?" misses, and this one finds. The
//! rest of the list is in `triggers`, `queue`, `matching` and `names`.

use expect_test::expect;

use super::{finds, workflow};

/// Each line: what is wrong, and the finding.
#[test]
fn a_name_that_exists_and_can_not_report() {
    let cases = [
        ("paths", "", "{pull_request: {paths: [src/**]}}"),
        ("no synchronize", "", "{pull_request: {types: [opened]}}"),
        ("push only", "", "push"),
        ("no merge_group", "//@ queue\n", "pull_request"),
        (
            "disabled",
            "//@ workflow .github/workflows/ci.yml disabled_manually\n",
            "pull_request",
        ),
        ("dispatch only", "", "workflow_dispatch"),
    ];
    for (what, settings, on) in cases {
        let ci = workflow("ci.yml", on, &["build"]);
        let text = format!("{settings}//@ require \"build\" from 15368 by ruleset\n{ci}");
        let report = crate::testing::Fixture::parse(&text).report();
        assert_eq!(report.items.len(), 1, "{what}");
        assert!(!report.items[0].evidence.is_empty(), "{what}");
    }
}

#[test]
fn severity_says_how_certain_it_is() {
    let ci = workflow("ci.yml", "pull_request", &["build"]);
    // Pinned to Actions: no job, no report.
    finds(
        &format!("//@ require \"gone\" from 15368 by ruleset\n{ci}"),
        expect![[r#"
            high: Required check `gone` is reported by nothing [ci.yml:3]
        "#]],
    );
    // Seen not to be reported.
    let any = format!("//@ require \"gone\" by ruleset\n{ci}");
    finds(
        &format!("//@ rollup #7 \"build\" by 15368\n{any}"),
        expect![[r#"
            high: Required check `gone` is reported by nothing [ci.yml:3]
        "#]],
    );
    // A checkout: nobody could look.
    finds(
        &format!("//@ unavailable rollups not_provided\n{any}"),
        expect![[r#"
            medium: Required check `gone` is reported by nothing [ci.yml:3]
        "#]],
    );
    // A young repository: there was nothing to look at.
    finds(
        &any,
        expect![[r#"
        medium: Required check `gone` is reported by nothing [ci.yml:3]
    "#]],
    );
}

#[test]
fn a_repository_without_workflows() {
    finds(
        "//@ require \"build\" from 15368 by ruleset\n",
        expect![[r#"
            high: Required check `build` is reported by nothing []
        "#]],
    );
}

#[test]
fn a_near_name_that_another_app_reports_is_a_hint() {
    let ci = workflow("ci.yml", "pull_request", &["build"]);
    super::check(
        &format!(
            "//@ require \"Codecov/patch\" by ruleset\n\
             //@ rollup #7 \"codecov/patch\" by status\n{ci}"
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-001: Required check `Codecov/patch` is reported by nothing
              at .github/workflows/ci.yml:1  on: pull_request
              why `main` requires `Codecov/patch` (ruleset 1 of octo-org/hello). No job of any workflow reports a check of that name. The one recent pull request that was looked at does not have it. `codecov/patch` is reported: names are compared with regard to case.
              fix Require `codecov/patch` instead of `Codecov/patch`.
        "#]],
    );
}
