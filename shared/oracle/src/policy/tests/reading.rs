//! What a policy file may say, and what is said of one that is wrong.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::{alone, branch, valid};
use crate::policy::{MAX_POLICY_BYTES, PATH, parse, resolve};
use crate::{Mode, Severity, Thresholds};

/// What is wrong with a file, an error a line.
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect![]` is written at the call"
)]
fn wrong(text: &str, expected: Expect) {
    let errors = parse(PATH, text.as_bytes()).expect_err("it is wrong");
    let lines: Vec<String> = errors.iter().map(|error| format!("{error}\n")).collect();
    expected.assert_eq(&lines.concat());
}

#[test]
fn the_least_policy_says_nothing() {
    let policy = alone("version: 1\n");
    assert_eq!(policy.thresholds, Thresholds::DEFAULT);
    assert!(policy.modes.is_empty() && !policy.dry_run);
}

#[test]
fn thresholds_are_those_of_the_preset_unless_named() {
    let policy = alone("version: 1\npreset: strict\nthresholds: {high: 7}\n");
    let expected = Thresholds {
        critical: 0,
        high: 7,
        medium: 5,
    };
    assert_eq!(policy.thresholds, expected);
}

#[test]
fn the_first_entry_of_branches_that_matches_is_the_one() {
    let file = valid(
        PATH,
        "\
version: 1
thresholds: {medium: 20}
branches:
  - patterns: ['release/**', '!release/old/**']
    preset: strict
  - patterns: release/**
    thresholds: {high: 9}
",
    );
    let of = |name: &str| resolve(None, Some(&file), &branch(name)).0.thresholds;
    assert_eq!(of("release/2"), Thresholds::STRICT);
    assert_eq!(
        (of("release/old/1").high, of("release/old/1").medium),
        (9, 20)
    );
    assert_eq!((of("main").high, of("main").medium), (3, 20));
}

#[test]
fn rules_go_by_id_or_name() {
    let policy = alone(
        "\
version: 1
rules:
  MD-000: {severity: {at_most: medium}}
  required-check-never-reports: {mode: block, exclude: ['legacy/**']}
exclude: vendor/**
dry_run: true
",
    );
    assert_eq!(policy.modes["MD-001"], Mode::Block);
    assert!(
        policy.excludes["MD-001"]
            .iter()
            .eq(["vendor/**", "legacy/**"])
    );
    assert!(policy.excludes["MD-000"].iter().eq(["vendor/**"]));
    assert_eq!(policy.severity("MD-000", Severity::High), Severity::Medium);
    assert_eq!(policy.severity("MD-000", Severity::Low), Severity::Low);
    assert!(policy.dry_run);
}

#[test]
fn everything_that_is_wrong_is_named_at_once_with_place_key_and_remedy() {
    wrong(
        "\
versoin: 1
preset: Strict
thresholds: {high: -1, medum: 2, critical: many}
branches:
  - thresholds: {high: 0}
  - patterns: [refs/heads/main, /x, release/]
rules:
  MD-01: {mode: warn}
  MD-001: {mode: blok, severity: {at_least: high, at_most: low}, options: {a: 1}}
  required-check-never-reports: {}
  MD-007: {options: {must_have_owners: a, must_have_owner: /a/}}
exclude: ['', ok/**, 7]
suppressions:
  - {finding: PM-7f3k2, reason: ''}
  - {rule: MD-001, reason: why, until: 2026-02-30}
  - {rule: MD-0001, path: a, reason: why, by: [me]}
  - nothing
dry_run: 'yes'
locked: [threshold, rules.MD-001.modes, rules.MD-001.mode]
",
        expect![[r#"
            .github/phase-mirror.yml:1:1: versoin: expected a known key, found `versoin`. Did you mean `version`?
            .github/phase-mirror.yml:1:1: version: expected the key `version`, found none. Add `version: 1` at the top of the file.
            .github/phase-mirror.yml:2:9: preset: expected `default` or `strict`, found `Strict`. Did you mean `strict`?
            .github/phase-mirror.yml:3:20: thresholds.high: expected a whole number from 0 to 1000000, found `-1`. Write how many new findings are tolerated; one more blocks.
            .github/phase-mirror.yml:3:24: thresholds.medum: expected a known key, found `medum`. Did you mean `medium`?
            .github/phase-mirror.yml:3:44: thresholds.critical: expected a whole number from 0 to 1000000, found `many`. Write how many new findings are tolerated; one more blocks.
            .github/phase-mirror.yml:5:5: branches[0].patterns: expected the key `patterns`, found none. Say for which branches the entry is.
            .github/phase-mirror.yml:6:16: branches[1].patterns[0]: expected a pattern of branches such as `release/**`, found `refs/heads/main`. Write it without `refs/heads/`, without a `/` at its ends and without control characters, in at most 256 characters.
            .github/phase-mirror.yml:6:33: branches[1].patterns[1]: expected a pattern of branches such as `release/**`, found `/x`. Write it without `refs/heads/`, without a `/` at its ends and without control characters, in at most 256 characters.
            .github/phase-mirror.yml:6:37: branches[1].patterns[2]: expected a pattern of branches such as `release/**`, found `release/`. Write it without `refs/heads/`, without a `/` at its ends and without control characters, in at most 256 characters.
            .github/phase-mirror.yml:8:3: rules.MD-01: expected a known key, found `MD-01`. Did you mean `MD-001`?
            .github/phase-mirror.yml:9:18: rules.MD-001.mode: expected `observe`, `warn` or `block`, found `blok`. Did you mean `block`?
            .github/phase-mirror.yml:9:34: rules.MD-001.severity: expected `at_least` not to be worse than `at_most`, found `high` and `low`. Exchange the two, or write one severity.
            .github/phase-mirror.yml:9:66: rules.MD-001.options: expected a known key, found `options`. This rule has no options; remove the key.
            .github/phase-mirror.yml:10:3: rules.required-check-never-reports: expected each rule once, found `MD-001` again. Put `MD-001` and `required-check-never-reports` into one entry.
            .github/phase-mirror.yml:11:22: rules.MD-007.options.must_have_owners: expected a known key, found `must_have_owners`. Did you mean `must_have_owner`?
            .github/phase-mirror.yml:11:60: rules.MD-007.options.must_have_owner: expected a pattern of paths such as `vendor/**`, found `/a/`. Write it from the root of the repository, without a `/` at its ends (a folder is `folder/**`) and without control characters, in at most 256 characters.
            .github/phase-mirror.yml:12:11: exclude[0]: expected a pattern of paths such as `vendor/**`, found an empty text. Write it from the root of the repository, without a `/` at its ends (a folder is `folder/**`) and without control characters, in at most 256 characters.
            .github/phase-mirror.yml:12:22: exclude[2]: expected a pattern of paths such as `vendor/**`, found `7`. Write text; put it in quotes where YAML takes it for something else.
            .github/phase-mirror.yml:14:15: suppressions[0].finding: expected a finding such as `PM-7F3K2`, or its fingerprint, found `PM-7f3k2`. Copy the id from the check, in capitals, or the 64 hex digits of the fingerprint from the report.
            .github/phase-mirror.yml:14:33: suppressions[0].reason: expected one line of 1 to 500 characters, found an empty text. Write it in one short line.
            .github/phase-mirror.yml:15:5: suppressions[1]: expected either `finding`, or `rule` with `path`. Name the finding by its id, or a rule and the files in which it does not count.
            .github/phase-mirror.yml:15:40: suppressions[1].until: expected a day such as `2026-12-31`, found `2026-02-30`. Write year, month and day with dashes; it is the last day, in UTC.
            .github/phase-mirror.yml:16:12: suppressions[2].rule: expected a rule's id or name, found `MD-0001`. Did you mean `MD-000`?
            .github/phase-mirror.yml:16:47: suppressions[2].by: expected text, found a list. Write text; put it in quotes where YAML takes it for something else.
            .github/phase-mirror.yml:17:5: suppressions[3]: expected a mapping, found `nothing`. Write a mapping with any of `finding`, `rule`, `path`, `reason` and 2 more.
            .github/phase-mirror.yml:18:10: dry_run: expected `true` or `false`, found `yes`. Write `true` or `false`, without quotes.
            .github/phase-mirror.yml:19:10: locked[0]: expected a key that can be locked, found `threshold`. Did you mean `thresholds`?
            .github/phase-mirror.yml:19:21: locked[1]: expected a key that can be locked, found `rules.MD-001.modes`. Did you mean `rules.MD-001.mode`?
        "#]],
    );
}

#[test]
fn what_is_no_mapping_or_no_yaml_is_named_once() {
    wrong(
        "- version: 1\n",
        expect![[r#"
        .github/phase-mirror.yml:1:1: expected a mapping, found a list. Write a mapping with any of `version`, `preset`, `thresholds`, `branches` and 5 more.
    "#]],
    );
    wrong(
        "",
        expect![[r#"
        .github/phase-mirror.yml:1:1: expected a policy, found nothing but blanks and comments. Correct the file; it has to be YAML with a mapping at its top.
    "#]],
    );
    wrong(
        "version: [\n",
        expect![[r#"
        .github/phase-mirror.yml:2:1: expected YAML, found an error: while parsing a node, did not find expected node content. Correct the file; it has to be YAML with a mapping at its top.
    "#]],
    );
    wrong(
        "version: 1\nversion: 1\n",
        expect![[r#"
        .github/phase-mirror.yml:2:1: expected a new key, found `version` a second time in the same mapping. Correct the file; it has to be YAML with a mapping at its top.
    "#]],
    );
    wrong(
        "version: 2\n",
        expect![[r#"
        .github/phase-mirror.yml:1:10: version: expected `1`, found `2`. Write `version: 1`, the only version that there is.
    "#]],
    );
    wrong(
        "version: !!int 1\npreset: !secret strict\n",
        expect![[r#"
        .github/phase-mirror.yml:2:9: expected no YAML tag, found `!secret`. Remove the tag.
    "#]],
    );
    wrong(
        "version: 1\nexclude: &a [x]\nrules: {MD-001: {<<: *a}}\n",
        expect![[r#"
        .github/phase-mirror.yml:3:18: expected a key, found the merge key `<<`. Write the keys out; an alias of a whole value is fine.
        .github/phase-mirror.yml:3:18: rules.MD-001.<<: expected a known key, found `<<`. Remove it; known here are `mode`, `severity`, `exclude`.
    "#]],
    );
}

#[test]
fn text_from_the_file_can_not_leave_its_place() {
    wrong(
        "version: 1\n\"a`b\\n# c\": 1\npreset: \"x` <script>\\u001b[2J\"\n",
        expect![[r#"
            .github/phase-mirror.yml:2:1: a'b # c: expected a known key, found `a'b # c`. Remove it; known here are `version`, `preset`, `thresholds`, `branches`, `rules`, `exclude`, `suppressions`, `dry_run`, `locked`.
            .github/phase-mirror.yml:3:9: preset: expected `default` or `strict`, found `x' <script> [2J`. Write `default` or `strict`.
        "#]],
    );
}

#[test]
fn a_file_and_its_lists_have_limits() {
    let mut large = b"version: 1\n#".to_vec();
    large.resize(MAX_POLICY_BYTES, b'x');
    parse(PATH, &large).expect("a file of exactly the limit");
    large.push(b'x');
    let errors = parse(PATH, &large).expect_err("one byte more");
    assert_eq!(errors.len(), 1, "{errors:?}");
    let mut long = String::from("version: 1\nexclude:\n");
    for number in 0..1001 {
        writeln!(long, "  - a{number}").expect("a string takes all");
    }
    wrong(
        &long,
        expect![[r#"
        .github/phase-mirror.yml:3:3: exclude: expected at most 1000 entries, found 1001. Remove entries, or say more with one pattern.
    "#]],
    );
    let mut unknown = String::from("version: 1\n");
    for number in 0..60 {
        writeln!(unknown, "zzzzz{number}: 1").expect("a string takes all");
    }
    let errors = parse(PATH, unknown.as_bytes()).expect_err("unknown keys");
    assert_eq!(errors.len(), 51);
    let last = errors.last().expect("the count of the rest");
    assert_eq!(last.message, "10 more errors are not named");
    let deep = format!(
        "version: 1\nrules: {}{}\n",
        "[".repeat(200),
        "]".repeat(200)
    );
    wrong(
        &deep,
        expect![[r#"
        .github/phase-mirror.yml:2:107: expected at most 100 levels of nesting, found more. Correct the file; it has to be YAML with a mapping at its top.
    "#]],
    );
}
