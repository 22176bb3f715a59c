//! Repositories that contradict themselves.

use std::fmt::Write as _;

use expect_test::expect;

use super::finds;

#[test]
fn an_owner_with_others_beside_them() {
    finds(
        "\
//@ unknown-owner @gone
//- CODEOWNERS
* @octocat @gone
",
        expect![[r#"
            new medium: Code owner `@gone` is unknown or may not push [CODEOWNERS:1]
        "#]],
    );
}

#[test]
fn what_a_settings_file_says_of_owners() {
    finds(
        "\
//@ unavailable codeowners-errors not_provided
//@ owner @reader read
//@ owner @nobody missing
//@ owner @Octo-Org/Core write
//- CODEOWNERS
*      @octo-org/core
/a/    @reader
/b/    @Nobody @octo-org/core
/c/    @nobody-told-of
//- a/x
//- b/x
//- c/x
",
        expect![[r#"
            new high: Code owner `@reader` has no write access [CODEOWNERS:2]
            new medium: Code owner `@Nobody` does not exist [CODEOWNERS:3]
            unknown codeowners-errors: The fixture says so.
        "#]],
    );
}

#[test]
fn a_reader_whom_github_reports() {
    finds(
        "\
//@ unknown-owner @reader
//@ owner @reader read
//- CODEOWNERS
* @reader
",
        expect![[r#"
            new high: Code owner `@reader` has no write access [CODEOWNERS:1]
        "#]],
    );
}

#[test]
fn a_placeholder_whom_github_reports_too() {
    finds(
        "\
//@ unknown-owner @org/team-name
//- CODEOWNERS
* @octocat @org/team-name
",
        expect![[r#"
            new high: `@org/team-name` in CODEOWNERS is a placeholder [CODEOWNERS:1]
        "#]],
    );
}

#[test]
fn a_change_that_adds_an_unknown_owner_to_one_that_is_there() {
    finds(
        "\
//@ unknown-owner @gone
//@ unknown-owner @mistyped
//- before: CODEOWNERS
* @octocat @gone
//- CODEOWNERS
* @octocat @gone
/docs/ @mistyped
//- both: docs/a.md
",
        expect![[r#"
            new high: Code owner `@mistyped` is unknown or may not push [CODEOWNERS:2]
            existing medium: Code owner `@gone` is unknown or may not push [CODEOWNERS:1]
        "#]],
    );
}

#[test]
fn a_change_after_which_an_owner_is_alone() {
    finds(
        "\
//@ unknown-owner @gone
//- before: CODEOWNERS
* @octocat @gone
//- CODEOWNERS
* @gone
",
        expect![[r#"
            new high: Code owner `@gone` is unknown or may not push [CODEOWNERS:1]
        "#]],
    );
}

#[test]
fn the_first_file_without_an_owner_is_new_and_the_second_is_not() {
    let repository = "\
//@ code-owner-review by ruleset
//- both: .github/CODEOWNERS
/.github/ @octocat
/docs/    @octocat
//- both: docs/a.md
";
    finds(
        &format!("{repository}//- src/a.rs\n"),
        expect![[r#"
        new medium: Review by code owners is required, and 1 file has no owner [CODEOWNERS:1]
    "#]],
    );
    finds(
        &format!("{repository}//- both: src/a.rs\n//- src/b.rs\n"),
        expect![[r#"
            existing medium: Review by code owners is required, and 2 files have no owner [CODEOWNERS:1]
        "#]],
    );
}

#[test]
fn a_change_that_deletes_the_file_while_a_review_is_required() {
    finds(
        "\
//@ code-owner-review by ruleset
//- before: CODEOWNERS
* @octocat
//- README.md
",
        expect![[r#"
            new high: Review by code owners is required, and there is no CODEOWNERS file []
        "#]],
    );
}

#[test]
fn a_file_of_comments() {
    finds(
        "\
//@ code-owner-review by ruleset
//- CODEOWNERS
# * @octocat
",
        expect![[r#"
            new high: Review by code owners is required, and CODEOWNERS names nobody [CODEOWNERS:1]
        "#]],
    );
}

#[test]
fn a_skipped_line_matters_more_where_it_covers_governance() {
    finds(
        "\
//- CODEOWNERS
* @octocat
/.github/workflows/ octo-org/ops
/docs/ octo-org/docs
//- .github/workflows/notes.md
//- docs/a.md
",
        expect![[r#"
            new high: GitHub skips `/.github/workflows/ octo-org/ops` in CODEOWNERS [CODEOWNERS:2]
            new medium: GitHub skips `/docs/ octo-org/docs` in CODEOWNERS [CODEOWNERS:3]
        "#]],
    );
}

/// That all files are without an owner follows from the line.
#[test]
fn a_skipped_line_is_told_once() {
    finds(
        "\
//@ code-owner-review by ruleset
//- CODEOWNERS
* octocat
//- src/a.rs
//- .github/workflows/notes.md
",
        expect![[r#"
            new high: GitHub skips `* octocat` in CODEOWNERS [CODEOWNERS:1]
        "#]],
    );
}

#[test]
fn skipped_lines_are_seen_without_github() {
    finds(
        "\
//@ unavailable codeowners-errors failed
//@ owner @octocat write
//- CODEOWNERS
* @octocat
[ab].md @octocat
",
        expect![[r#"
            new medium: GitHub skips `[ab].md @octocat` in CODEOWNERS [CODEOWNERS:2]
        "#]],
    );
}

#[test]
fn one_pattern_twice() {
    finds(
        "\
//- CODEOWNERS
*      @octocat
/docs/ @octocat
/docs/ @octo-org/docs
//- docs/a.md
",
        expect![[r#"
            new medium: Pattern `/docs/` of CODEOWNERS never decides [CODEOWNERS:2 CODEOWNERS:3]
        "#]],
    );
}

#[test]
fn a_dead_line_with_the_same_owners() {
    finds(
        "\
//- CODEOWNERS
*.md @Octocat @hubot
*    @hubot @octocat
//- a.md
",
        expect![[r#"
            new low: Pattern `*.md` of CODEOWNERS never decides [CODEOWNERS:1 CODEOWNERS:2]
        "#]],
    );
}

#[test]
fn a_second_catch_all() {
    finds(
        "\
//- CODEOWNERS
* @octocat
** @hubot
",
        expect![[r#"
            new medium: Pattern `*` of CODEOWNERS never decides [CODEOWNERS:1 CODEOWNERS:2]
        "#]],
    );
}

#[test]
fn the_last_file_of_a_pattern_is_deleted() {
    finds(
        "\
//- both: CODEOWNERS
* @octocat
*.sql @octo-org/data
//- before: db/schema.sql
",
        expect![[r#"
            new medium: Pattern `*.sql` of CODEOWNERS matches no file [CODEOWNERS:2]
        "#]],
    );
}

#[test]
fn case_counts_in_patterns() {
    finds(
        "\
//- CODEOWNERS
* @octocat
/Docs/ @octocat
//- docs/a.md
",
        expect![[r#"
            new low: Pattern `/Docs/` of CODEOWNERS matches no file [CODEOWNERS:2]
        "#]],
    );
}

#[test]
fn governance_without_an_owner_where_only_documents_have_one() {
    finds(
        "\
//- .github/CODEOWNERS
/docs/ @octocat
//- docs/a.md
//- .github/workflows/readme.md
//- .github/phase-mirror.yml
version: 1
//- aws/template.yaml
//- aws/samconfig.toml
//- web/template.yaml
",
        expect![[r#"
            new medium: 4 governance files have no code owner [CODEOWNERS:1]
        "#]],
    );
}

#[test]
fn an_identical_second_file_drifts_one_day() {
    finds(
        "\
//- CODEOWNERS
* @octocat
//- docs/CODEOWNERS
* @octocat
",
        expect![[r#"
            new low: `docs/CODEOWNERS` is not read by GitHub [CODEOWNERS:1]
        "#]],
    );
}

#[test]
fn what_could_not_be_looked_at() {
    finds(
        "\
//@ unavailable codeowners-errors failed
//@ unavailable rules not_permitted
//- CODEOWNERS
* @octocat
",
        expect![[r#"
            unknown codeowners-errors: The fixture says so.
            unknown rules: The fixture says so.
        "#]],
    );
    finds(
        "\
//@ code-owner-review by ruleset
//@ unavailable tree truncated
//- CODEOWNERS
* @octocat
",
        expect![[r#"
            unknown tree: The fixture says so.
        "#]],
    );
    finds(
        "//@ code-owner-review by ruleset\n//- CODEOWNERS unavailable failed\n",
        expect![[r#"
            unknown CODEOWNERS: The fixture says so.
        "#]],
    );
}

#[test]
fn the_first_twenty_five_of_a_kind() {
    let lines = (0..40).fold(String::new(), |mut all, at| {
        let _ = writeln!(all, "/gone/{at}/ @octocat");
        all
    });
    let report = crate::testing::Fixture::parse(&format!("//- CODEOWNERS\n* @octocat\n{lines}"));
    let report = report.report();
    assert_eq!(report.items.len(), 26);
    let last = &report.items.iter().find(|item| item.evidence.is_empty());
    let last = last.map(|item| item.title.as_str());
    assert_eq!(last, Some("CODEOWNERS has 15 more findings of this kind"));
}

/// Lines of patterns that match nothing.
fn gone(numbers: std::ops::Range<usize>) -> String {
    numbers.fold(String::new(), |mut all, at| {
        let _ = writeln!(all, "/gone/{at:02}/ @octocat");
        all
    })
}

/// What is found where these lines take the place of those.
fn change(before: &str, after: &str) -> crate::Report {
    let text =
        format!("//- before: CODEOWNERS\n* @octocat\n{before}//- CODEOWNERS\n* @octocat\n{after}");
    crate::testing::Fixture::parse(&text).report()
}

/// The titles of this status.
fn titles(report: &crate::Report, status: crate::Status) -> Vec<&str> {
    let items = report.items.iter().filter(|item| item.status == status);
    items.map(|item| item.title.as_str()).collect()
}

#[test]
fn nothing_new_is_behind_what_was_there_before() {
    let report = change(&gone(0..40), &gone(0..41));
    expect![[r#"
        [
            "Pattern `/gone/40/` of CODEOWNERS matches no file",
        ]
    "#]]
    .assert_debug_eq(&titles(&report, crate::Status::New));
    let existing = titles(&report, crate::Status::Existing);
    assert_eq!(existing.len(), 26);
    let fold = "CODEOWNERS has 15 more findings of this kind, and had them before";
    assert!(existing.contains(&fold), "{existing:#?}");

    // Nor where there are too many new ones as well.
    let report = change(&gone(0..40), &gone(0..70));
    let new = titles(&report, crate::Status::New);
    assert_eq!(new.len(), 26);
    let fold = "CODEOWNERS has 5 more findings of this kind";
    assert!(new.contains(&fold), "{new:#?}");
    assert_eq!(titles(&report, crate::Status::Existing).len(), 26);
}

#[test]
fn what_was_there_before_is_not_new_for_being_told_now() {
    // Some are mended, so that others come to the fore.
    let report = change(&gone(0..40), &gone(10..40));
    assert_eq!(titles(&report, crate::Status::New), [""; 0]);
    assert_eq!(titles(&report, crate::Status::Existing).len(), 26);
    // One more than can be told, and that one is new.
    let report = change(&gone(0..25), &gone(0..26));
    assert_eq!(titles(&report, crate::Status::New).len(), 1);
    assert_eq!(titles(&report, crate::Status::Existing).len(), 25);
}
