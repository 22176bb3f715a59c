//! `must_have_owner`: what the policy wants an owner for.

use std::fmt::Write as _;

use expect_test::expect;

use super::{check, finds, passes};

#[test]
fn a_file_that_must_have_an_owner_and_has_none() {
    check(
        "\
//- .github/phase-mirror.yml
version: 1
rules:
  MD-007:
    options:
      must_have_owner: infra/**
//- .github/CODEOWNERS
/docs/     @octo-org/writers
/.github/  @octo-org/core
/infra/dns.toml  @octo-org/core
//- docs/guide.md
//- infra/dns.toml
//- infra/vpn.toml
peers = []
",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-007: `infra/vpn.toml` has no code owner, and must
              at infra/vpn.toml:1  peers = []
              why `rules.MD-007.options.must_have_owner` of the policy takes `infra/vpn.toml`, and no line of `.github/CODEOWNERS` matches it. It is changed without an owner's review.
              fix Add a line for it with its owners at the end of `.github/CODEOWNERS`. Where nobody is to own it, take it out of `rules.MD-007.options.must_have_owner` by a pattern that begins with `!`.
        "#]],
    );
}

#[test]
fn a_line_without_owners_is_no_excuse() {
    finds(
        "\
//- .github/phase-mirror.yml
version: 1
rules: {codeowners-promise: {options: {must_have_owner: [infra/**]}}}
//- CODEOWNERS
*               @octo-org/core
/infra/scratch/
//- infra/scratch/a
//- infra/b
",
        expect![[r#"
            new high: `infra/scratch/a` has no code owner, and must [CODEOWNERS:2]
        "#]],
    );
}

#[test]
fn every_file_is_a_finding_and_the_change_brings_its_own() {
    finds(
        "\
//- before: .github/phase-mirror.yml
version: 1
rules: {MD-007: {options: {must_have_owner: [infra/**]}}}
//- before: .github/CODEOWNERS
/.github/ @octo-org/core
//- before: infra/old
//- .github/phase-mirror.yml
version: 1
rules: {MD-007: {options: {must_have_owner: [infra/**]}}}
//- .github/CODEOWNERS
/.github/ @octo-org/core
//- infra/old
//- infra/new
",
        expect![[r#"
            new high: `infra/new` has no code owner, and must [new:1]
            existing high: `infra/old` has no code owner, and must [old:1]
        "#]],
    );
}

#[test]
fn no_codeowners_file_at_all() {
    finds(
        "\
//- .github/phase-mirror.yml
version: 1
rules: {MD-007: {options: {must_have_owner: ['infra/**', 'src/**']}}}
//- infra/a
//- infra/b
//- src/c
",
        expect![[r#"
            new high: Policy wants code owners, and there is no CODEOWNERS file [a:1]
        "#]],
    );
    // What the branch requires is told, and this follows from it.
    finds(
        "\
//@ code-owner-review by ruleset
//- .github/phase-mirror.yml
version: 1
rules: {MD-007: {options: {must_have_owner: 'infra/**'}}}
//- infra/a
",
        expect![[r#"
            new high: Review by code owners is required, and there is no CODEOWNERS file []
        "#]],
    );
}

#[test]
fn a_skipped_line_silences_nothing_that_the_policy_asks_for() {
    finds(
        "\
//- .github/phase-mirror.yml
version: 1
rules: {MD-007: {options: {must_have_owner: 'infra/**'}}}
//- CODEOWNERS
/.github/ @octo-org/core
/CODEOWNERS @octo-org/core
/infra/ octo-org/core
//- infra/a
",
        expect![[r#"
            new high: `infra/a` has no code owner, and must [a:1]
            new medium: GitHub skips `/infra/ octo-org/core` in CODEOWNERS [CODEOWNERS:3]
        "#]],
    );
}

#[test]
fn files_that_must_have_an_owner_and_are_too_many_hide_no_new_one() {
    let before: String = (0..60).fold(String::new(), |mut all, at| {
        let _ = writeln!(all, "//- before: infra/{at:02}\n//- infra/{at:02}");
        all
    });
    let policy = "version: 1\nrules: {MD-007: {options: {must_have_owner: 'infra/**'}}}";
    let text = format!(
        "\
//- before: .github/phase-mirror.yml
{policy}
//- before: CODEOWNERS
/.github/ @octo-org/core
/CODEOWNERS @octo-org/core
//- .github/phase-mirror.yml
{policy}
//- CODEOWNERS
/.github/ @octo-org/core
/CODEOWNERS @octo-org/core
{before}//- infra/zz
"
    );
    let report = crate::testing::Fixture::parse(&text).report();
    let new = report.items.iter();
    let new = new.filter(|item| item.status == crate::Status::New);
    let new: Vec<&str> = new.map(|item| item.title.as_str()).collect();
    assert_eq!(new, ["`infra/zz` has no code owner, and must"]);
    assert_eq!(report.items.len(), 27);
}

#[test]
fn files_that_nobody_needs_to_own() {
    // Taken out by the policy, owned, or not taken by the pattern.
    passes(
        "\
//- .github/phase-mirror.yml
version: 1
rules: {MD-007: {options: {must_have_owner: ['infra/**', '!infra/scratch/**']}}}
//- CODEOWNERS
/.github/ @octo-org/core
/CODEOWNERS @octo-org/core
/infra/*  @octo-org/core
//- infra/scratch/a
//- infra/b
//- src/c
",
    );
}

#[test]
fn without_the_option_a_line_without_owners_is_a_decision() {
    passes(
        "\
//- .github/phase-mirror.yml
version: 1
rules: {MD-007: {options: {must_have_owner: []}}}
//- CODEOWNERS
*               @octo-org/core
/infra/scratch/
//- infra/scratch/a
",
    );
}

#[test]
fn hundreds_of_files_are_counted_and_not_told_one_by_one() {
    let files = (0..300).fold(String::new(), |mut all, n| {
        let _ = writeln!(all, "//- infra/{n:03}");
        all
    });
    let text = format!(
        "//- .github/phase-mirror.yml\nversion: 1\n\
         rules: {{MD-007: {{options: {{must_have_owner: 'infra/**'}}}}}}\n\
         //- CODEOWNERS\n/.github/ @octo-org/core\n/CODEOWNERS @octo-org/core\n{files}"
    );
    let report = crate::testing::Fixture::parse(&text).report();
    assert_eq!(report.items.len(), 26);
    let counted = report
        .items
        .iter()
        .filter(|item| item.title.contains("275 more"));
    assert_eq!(counted.count(), 1);
}
