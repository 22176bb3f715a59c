//! The repository's policy over the organisation's (docs/policy.md, "Organisation and
//! repository": a test for each row of the table).

use expect_test::{Expect, expect};

use super::{branch, valid};
use crate::policy::{PATH, Policy, resolve};
use crate::{Mode, RepoPath, Severity, Thresholds};

const ORGANISATION: &str = "octo-org/.github/.github/phase-mirror.yml";

/// Both files merged for `main`, and what the organisation does not let stand.
fn merge(organisation: &str, repository: &str) -> (Policy, String) {
    let organisation = valid(ORGANISATION, &format!("version: 1\n{organisation}"));
    let repository = valid(PATH, &format!("version: 1\n{repository}"));
    let (policy, errors) = resolve(Some(&organisation), Some(&repository), &branch("main"));
    let lines: Vec<String> = errors.iter().map(|error| format!("{error}\n")).collect();
    (policy, lines.concat())
}

#[track_caller]
fn merged(organisation: &str, repository: &str) -> Policy {
    let (policy, errors) = merge(organisation, repository);
    assert_eq!(errors, "");
    policy
}

/// The locked value that stands, and the error.
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect![]` is written at the call"
)]
fn refused(organisation: &str, repository: &str, expected: Expect) -> Policy {
    let (policy, errors) = merge(organisation, repository);
    expected.assert_eq(&errors);
    policy
}

#[test]
fn without_a_lock_the_repository_has_the_last_word() {
    let policy = merged(
        "preset: strict\nrules: {MD-001: {mode: block, severity: high}}\ndry_run: false\n",
        "thresholds: {high: 5}\nrules: {MD-001: {mode: observe, severity: low}}\ndry_run: true\n",
    );
    assert_eq!((policy.thresholds.high, policy.thresholds.medium), (5, 5));
    assert_eq!(policy.modes["MD-001"], Mode::Observe);
    assert_eq!(policy.severity("MD-001", Severity::Critical), Severity::Low);
    assert!(policy.dry_run);
}

#[test]
fn what_the_repository_leaves_open_is_the_organisations() {
    let policy = merged(
        "branches: [{patterns: main, preset: strict}]\nrules: {MD-001: {mode: block}}\n",
        "rules: {MD-001: {severity: {at_most: medium}}}\n",
    );
    assert_eq!(policy.thresholds, Thresholds::STRICT);
    assert_eq!(policy.modes["MD-001"], Mode::Block);
    assert_eq!(policy.severity("MD-001", Severity::High), Severity::Medium);
}

#[test]
fn locked_thresholds_only_fall() {
    let locked = "thresholds: {high: 2}\nlocked: [thresholds]\n";
    assert_eq!(merged(locked, "thresholds: {high: 1}\n").thresholds.high, 1);
    let policy = refused(
        locked,
        "branches: [{patterns: main, thresholds: {high: 3, medium: 4}}]\n",
        expect![[r#"
            .github/phase-mirror.yml:2:48: thresholds.high: `3`, for `main`, is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:3; `2` stands. Remove it or tighten it, or ask the organisation to unlock the key.
        "#]],
    );
    assert_eq!((policy.thresholds.high, policy.thresholds.medium), (2, 4));
    let policy = refused(
        "locked: [thresholds]\n",
        "thresholds: {critical: 1}\n",
        expect![[r#"
            .github/phase-mirror.yml:2:24: thresholds.critical: `1`, for `main`, is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:2; `0` stands. Remove it or tighten it, or ask the organisation to unlock the key.
        "#]],
    );
    assert_eq!(policy.thresholds, Thresholds::DEFAULT);
}

#[test]
fn a_locked_mode_only_rises() {
    let locked = "rules: {MD-001: {mode: warn}}\nlocked: [rules.MD-001.mode]\n";
    let policy = merged(locked, "rules: {MD-001: {mode: block}}\n");
    assert_eq!(policy.modes["MD-001"], Mode::Block);
    let policy = refused(
        locked,
        "rules: {MD-001: {mode: observe}}\n",
        expect![[r#"
            .github/phase-mirror.yml:2:24: rules.MD-001.mode: `observe` is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:3; `warn` stands. Remove it or tighten it, or ask the organisation to unlock the key.
        "#]],
    );
    assert_eq!(policy.modes["MD-001"], Mode::Warn);
    // A lock without a value locks the rule's own default.
    let policy = refused(
        "locked: [rules]\n",
        "rules: {MD-000: {mode: warn}}\n",
        expect![[r#"
            .github/phase-mirror.yml:2:24: rules.MD-000.mode: `warn` is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:2; `block` stands. Remove it or tighten it, or ask the organisation to unlock the key.
        "#]],
    );
    assert!(policy.modes.is_empty());
}

#[test]
fn locked_severities_only_rise() {
    let locked = "rules: {MD-001: {severity: {at_least: medium}}}\n\
                  locked: [rules.required-check-never-reports]\n";
    let policy = merged(locked, "rules: {MD-001: {severity: {at_least: high}}}\n");
    assert_eq!(policy.severity("MD-001", Severity::Low), Severity::High);
    let policy = refused(
        locked,
        "rules: {MD-001: {severity: {at_least: high, at_most: high}}}\n",
        expect![[r#"
            .github/phase-mirror.yml:2:28: rules.MD-001.severity: `high` is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:3; `medium` to `critical` stands. Remove it or tighten it, or ask the organisation to unlock the key.
        "#]],
    );
    assert_eq!(
        policy.severity("MD-001", Severity::Critical),
        Severity::Critical
    );
}

#[test]
fn exclusions_add_up_and_can_be_taken_back() {
    let policy = merged(
        "exclude: [vendor/**]\nrules: {MD-001: {exclude: [old/**]}}\n",
        "exclude: ['!vendor/ours/**', generated/**]\n",
    );
    let excluded = |rule: &str, path: &str| {
        let path = RepoPath::new(path).expect("a path");
        policy.excludes(rule, &path)
    };
    assert!(excluded("MD-001", "vendor/a.yml") && excluded("MD-000", "generated/a.yml"));
    assert!(excluded("MD-001", "old/a.yml") && !excluded("MD-000", "old/a.yml"));
    assert!(!excluded("MD-001", "vendor/ours/a.yml"));
}

#[test]
fn locked_exclusions_only_shrink() {
    let policy = refused(
        "exclude: [vendor/**]\nlocked: [exclude]\n",
        "exclude: ['!vendor/ours/**', generated/**]\nrules: {MD-001: {exclude: [a]}}\n",
        expect![[r#"
            .github/phase-mirror.yml:2:30: exclude: `generated/**` is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:3; the organisation's list stands. Remove it or tighten it, or ask the organisation to unlock the key.
            .github/phase-mirror.yml:3:28: rules.MD-001.exclude: `a` is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:3; the organisation's list stands. Remove it or tighten it, or ask the organisation to unlock the key.
        "#]],
    );
    assert!(
        policy.excludes["MD-001"]
            .iter()
            .eq(["vendor/**", "!vendor/ours/**"])
    );
    let policy = refused(
        "locked: [rules.MD-001]\n",
        "exclude: [generated/**]\n",
        expect![[r#"
            .github/phase-mirror.yml:2:11: exclude: `generated/**` is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:2; the organisation's list for MD-001 stands. Remove it or tighten it, or ask the organisation to unlock the key.
        "#]],
    );
    assert!(policy.excludes["MD-000"].iter().eq(["generated/**"]));
    assert!(!policy.excludes.contains_key("MD-001"));
}

#[test]
fn suppressions_add_up_unless_they_are_locked() {
    let own = "suppressions: [{finding: PM-7F3K2, reason: known}]\n";
    let theirs = "suppressions: [{rule: MD-001, path: 'a/**', reason: agreed}]\n";
    assert_eq!(merged(theirs, own).suppressions.len(), 2);
    let locked = format!("{theirs}locked: [suppressions]\n");
    let policy = refused(
        &locked,
        own,
        expect![[r#"
        .github/phase-mirror.yml:2:16: suppressions[0]: a suppression is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:3; the organisation's list stands. Remove it or tighten it, or ask the organisation to unlock the key.
    "#]],
    );
    assert_eq!(policy.suppressions.len(), 1);
    assert!(policy.comments_locked_at.is_some());
}

#[test]
fn options_add_up_and_a_locked_one_is_only_added_to() {
    let taken = |policy: &Policy| -> Vec<String> {
        let patterns = &policy.options["MD-007"]["must_have_owner"];
        patterns.iter().map(str::to_owned).collect()
    };
    let organisation = "rules: {MD-007: {options: {must_have_owner: 'infra/**'}}}\n";
    let repository =
        "rules: {codeowners-promise: {options: {must_have_owner: [db/**, '!infra/a']}}}\n";
    let policy = merged(organisation, repository);
    assert_eq!(taken(&policy), ["infra/**", "db/**", "!infra/a"]);
    let locked = format!("{organisation}locked: [rules.MD-007.options]\n");
    let policy = refused(
        &locked,
        repository,
        expect![[r#"
        .github/phase-mirror.yml:2:65: rules.MD-007.options.must_have_owner: `!infra/a` is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:3; what the organisation's list takes stands. Remove it or tighten it, or ask the organisation to unlock the key.
    "#]],
    );
    assert_eq!(taken(&policy), ["infra/**", "db/**"]);
    // Of both only what is written is in the policy, and in its hash.
    assert!(
        merged("", "rules: {MD-007: {options: {must_have_owner: []}}}\n")
            .options
            .is_empty()
    );
}

#[test]
fn a_locked_dry_run_can_only_end() {
    let on = "dry_run: true\nlocked: [dry_run]\n";
    assert!(!merged(on, "dry_run: false\n").dry_run);
    let policy = refused(
        "locked: [dry_run]\n",
        "dry_run: true\n",
        expect![[r#"
        .github/phase-mirror.yml:2:10: dry_run: `true` is looser than what the organisation locks at octo-org/.github/.github/phase-mirror.yml:2; `false` stands. Remove it or tighten it, or ask the organisation to unlock the key.
    "#]],
    );
    assert!(!policy.dry_run);
}

#[test]
fn a_repository_locks_nothing() {
    refused(
        "",
        "locked: [thresholds]\n",
        expect![[r#"
        .github/phase-mirror.yml:2:10: locked: expected locks in the organisation's policy only; here they lock nothing. Remove the key, or put it into .github/phase-mirror.yml of the organisation's repository `.github`.
    "#]],
    );
    // The organisation's own repository has one file for both.
    let file = valid(
        PATH,
        "version: 1\nexclude: [a]\nlocked: [exclude, suppressions]\n",
    );
    let (policy, errors) = resolve(Some(&file), Some(&file), &branch("main"));
    assert_eq!(errors, []);
    assert!(policy.excludes["MD-000"].iter().eq(["a"]));
}
