//! Policies at work: excludes, modes, severities, suppressions by policy, errors.

use expect_test::{Expect, expect};

use crate::testing::{Fixture, render};
use crate::{Mode, Outcome, Severity, Status};

/// A required check that nothing reports, which a change brings about.
const GOLDEN: &str = "\
//@ require \"build\" from 15368 by ruleset
//@ rollup #12 \"build\" by 15368
//- before: .github/workflows/ci.yml
on: pull_request
jobs: {build: {runs-on: ubuntu-latest, steps: [{run: make}]}}
//- .github/workflows/ci.yml
on: pull_request
jobs: {make: {runs-on: ubuntu-latest, steps: [{run: make}]}}
";

/// The golden change under the policy of its base.
fn golden(policy: &str) -> Fixture {
    Fixture::parse(&format!(
        "{GOLDEN}//- both: .github/phase-mirror.yml\nversion: 1\n{policy}"
    ))
}

/// The id of the golden change's one finding.
fn id() -> String {
    let report = Fixture::parse(GOLDEN).report();
    assert_eq!(report.items.len(), 1, "the story itself");
    report.items[0].id.to_string()
}

/// The first lines of a report.
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect![]` is written at the call"
)]
fn check(fixture: &Fixture, expected: Expect) {
    let text = render(&fixture.report());
    let brief = text.lines().filter(|line| {
        let line = line.trim_start();
        !line.starts_with("why ") && !line.starts_with("fix ")
    });
    let brief: Vec<String> = brief.map(|line| format!("{line}\n")).collect();
    expected.assert_eq(&brief.concat());
}

#[test]
fn the_default_warns_and_strict_with_mode_block_blocks() {
    assert_eq!(golden("").report().decision.outcome, Outcome::Warn);
    let strict = golden("preset: strict\nrules: {MD-001: {mode: block}}\n");
    check(
        &strict,
        expect![[r#"
        block: 1 new high finding; none is tolerated.
        new high MD-001: Required check `build` is reported by nothing
          at .github/workflows/ci.yml:2  jobs: {make: {runs-on: ubuntu-latest, steps: [{run: make}]}}
    "#]],
    );
    let dry = golden("preset: strict\nrules: {MD-001: {mode: block}}\ndry_run: true\n");
    check(
        &dry,
        expect![[r#"
        warn: Dry run: this would have been blocked. 1 new high finding; none is tolerated.
        new high MD-001: Required check `build` is reported by nothing
          at .github/workflows/ci.yml:2  jobs: {make: {runs-on: ubuntu-latest, steps: [{run: make}]}}
    "#]],
    );
}

#[test]
fn a_change_is_judged_by_the_policy_of_its_base() {
    let text = format!(
        "{GOLDEN}\
//- before: .github/phase-mirror.yml
version: 1
preset: strict
rules: {{MD-001: {{mode: block}}}}
//- .github/phase-mirror.yml
version: 1
rules: {{MD-001: {{mode: observe}}}}
"
    );
    assert_eq!(
        Fixture::parse(&text).report().decision.outcome,
        Outcome::Block
    );
}

#[test]
fn a_mode_and_a_severity_are_those_of_the_policy() {
    let report = golden("rules: {MD-001: {mode: observe, severity: low}}\n").report();
    let item = &report.items[0];
    assert_eq!((item.mode, item.severity), (Mode::Observe, Severity::Low));
    assert_eq!(report.decision.outcome, Outcome::Pass);
}

#[test]
fn a_finding_of_which_every_place_is_excluded_is_not_there() {
    let report = golden("exclude: .github/workflows/**\n").report();
    assert_eq!(report.items, []);
    let other = golden("exclude: ['.github/workflows/**', '!**/ci.yml']\n").report();
    assert_eq!(other.items.len(), 1);
}

#[test]
fn a_suppressed_finding_is_shown_with_who_why_and_where_and_does_not_count() {
    let id = id();
    let fixture = golden(&format!(
        "suppressions:\n  - finding: {id}\n    reason: The check is being renamed.\n    by: octocat\n    until: 2026-01-02\n"
    ));
    check(
        &fixture,
        expect![[r#"
        pass: No new contradiction; 1 finding is suppressed.
        suppressed high MD-001: Required check `build` is reported by nothing
          at .github/workflows/ci.yml:2  jobs: {make: {runs-on: ubuntu-latest, steps: [{run: make}]}}
          suppressed The check is being renamed (by octocat, until 2026-01-02, at .github/phase-mirror.yml:3)
    "#]],
    );
    let by_file = golden(
        "suppressions:\n  - {rule: MD-001, path: '.github/workflows/*.yml', reason: legacy}\n",
    );
    assert_eq!(by_file.report().items[0].status, Status::Suppressed);
    let fingerprint = &by_file.report().items[0].fingerprint;
    let by_fingerprint = golden(&format!(
        "suppressions:\n  - {{finding: {fingerprint}, reason: legacy}}\n"
    ));
    assert_eq!(by_fingerprint.report().items[0].status, Status::Suppressed);
}

#[test]
fn a_suppression_of_something_else_suppresses_nothing() {
    for other in [
        "{rule: MD-000, path: '**', reason: other}",
        "{rule: MD-001, path: 'src/**', reason: other}",
        "{finding: PM-00000, reason: other}",
    ] {
        let report = golden(&format!("suppressions: [{other}]\n")).report();
        assert_eq!(report.items[0].status, Status::New, "{other}");
    }
}

#[test]
fn an_expired_suppression_is_noted_and_the_finding_counts_again() {
    let id = id();
    let fixture = golden(&format!(
        "suppressions:\n  - {{finding: {id}, reason: soon, until: 2026-01-01}}\n"
    ));
    check(
        &fixture,
        expect![[r#"
        warn: 1 new finding, not enough to block.
        new high MD-001: Required check `build` is reported by nothing
          at .github/workflows/ci.yml:2  jobs: {make: {runs-on: ubuntu-latest, steps: [{run: make}]}}
        ~ .github/phase-mirror.yml:3:5: a suppression of a finding ended on 2026-01-01. Mend the finding, or decide anew and write a later day.
    "#]],
    );
}

#[test]
fn a_policy_that_a_change_brings_along_suppresses_nothing() {
    let id = id();
    let text = format!(
        "{GOLDEN}//- .github/phase-mirror.yml\nversion: 1\nsuppressions: [{{finding: {id}, reason: mine}}]\n"
    );
    assert_eq!(Fixture::parse(&text).report().items[0].status, Status::New);
}

#[test]
fn an_invalid_policy_at_the_base_is_shown_and_not_used() {
    let fixture = golden("preset: strict\nrules: {MD-001: {mode: blok}}\n");
    check(
        &fixture,
        expect![[r#"
        warn: 1 new finding, not enough to block. 1 error in what the policy says.
        new high MD-001: Required check `build` is reported by nothing
          at .github/workflows/ci.yml:2  jobs: {make: {runs-on: ubuntu-latest, steps: [{run: make}]}}
        ! .github/phase-mirror.yml:3:24: rules.MD-001.mode: expected `observe`, `warn` or `block`, found `blok`. Did you mean `block`?
    "#]],
    );
}

#[test]
fn a_change_that_breaks_the_policy_is_a_finding() {
    check(
        &Fixture::parse(
            "\
//- before: .github/phase-mirror.yml
version: 1
//- .github/phase-mirror.yml
version: 1
preset: lax
lockd: []
",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-000: `.github/phase-mirror.yml` can't be read
              at .github/phase-mirror.yml:2  preset: lax
        "#]],
    );
    check(
        &Fixture::parse(
            "//- before: .github/phase-mirror.yml\nversion: 1\n\
             //- .github/phase-mirror.yml symlink\n../policy.yml\n",
        ),
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-000: `.github/phase-mirror.yml` can't be read
              at .github/phase-mirror.yml:1  ../policy.yml
        "#]],
    );
}

#[test]
fn taking_the_policy_away_is_allowed() {
    let fixture =
        Fixture::parse("//- before: .github/phase-mirror.yml\nversion: 1\n//- README.md\nHello\n");
    assert_eq!(fixture.report().items, []);
}

#[test]
fn the_hash_is_over_what_decides_and_not_over_where_it_is_written() {
    let hash = |policy: &str| golden(policy).report().meta.policy_hash;
    let plain = hash("suppressions: [{finding: PM-00000, reason: other}]\n");
    let moved = hash("# A comment.\n\nsuppressions: [{finding: PM-00000, reason: other}]\n");
    assert_eq!(plain, moved);
    assert_ne!(plain, hash(""));
}
