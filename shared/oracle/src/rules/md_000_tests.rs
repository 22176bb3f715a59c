//! What a change may not make unreadable, and what is not its fault.

use expect_test::{Expect, expect};

use crate::testing::{Fixture, render};

#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect![]` is written at the call"
)]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&render(&Fixture::parse(text).report()));
}

#[test]
fn an_empty_repository_has_nothing_to_read() {
    check(
        "//@ before",
        expect![[r#"
            pass: No contradiction found.
        "#]],
    );
}

#[test]
fn a_workflow_that_becomes_a_link_is_the_changes_doing() {
    check(
        "\
//- before: .github/workflows/ci.yml unavailable failed
//- .github/workflows/ci.yml symlink
../ci.yml
",
        expect![[r#"
            warn: 1 fact could not be looked at.
            ? .github/workflows/ci.yml (Unreadable): It is a symbolic link, which is never followed; commit the file itself.
        "#]],
    );
}

#[test]
fn a_new_submodule_in_the_place_of_the_directory() {
    check(
        "\
//@ before
//- .github/workflows submodule
",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-000: `.github/workflows` can't be read
              at .github/workflows:1  
              why `.github/workflows` is new with this change and can't be read: It is a submodule, which is never entered; commit the file itself. What it says is not judged by any other rule.
              fix Commit `.github/workflows` as an ordinary directory.
        "#]],
    );
}

#[test]
fn a_file_over_the_limit() {
    check(
        "\
//@ before
//- .github/workflows/big.yml size 10485760
on: push
",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-000: `.github/workflows/big.yml` can't be read
              at .github/workflows/big.yml:1  on: push
              why `.github/workflows/big.yml` is new with this change and can't be read: It is larger than 1048576 bytes; make it smaller. What it says is not judged by any other rule.
              fix Commit `.github/workflows/big.yml` as an ordinary file of at most 1 MiB.
        "#]],
    );
}

/// The edge reads so many files of a tree and no more.
#[test]
fn a_small_file_may_be_too_much_with_others() {
    check(
        "//@ before\n//- .github/workflows/ci.yml unavailable too_large\n",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-000: `.github/workflows/ci.yml` can't be read
              at .github/workflows/ci.yml:1  
              why `.github/workflows/ci.yml` is new with this change and can't be read: The fixture says so. What it says is not judged by any other rule.
              fix Have fewer or smaller workflow files, so that `.github/workflows/ci.yml` is read too.
        "#]],
    );
}

#[test]
fn what_was_a_link_at_the_base_is_unavailable() {
    check(
        "//- both: .github/workflows/ci.yml symlink\n../ci.yml\n",
        expect![[r#"
            warn: 1 fact could not be looked at.
            ? .github/workflows/ci.yml (Unreadable): It is a symbolic link, which is never followed; commit the file itself.
        "#]],
    );
}

#[test]
fn what_the_platform_fails_to_deliver_is_unavailable() {
    check(
        "//@ before\n//- .github/workflows/ci.yml unavailable failed\n",
        expect![[r#"
            warn: 1 fact could not be looked at.
            ? .github/workflows/ci.yml (Failed): The fixture says so.
        "#]],
    );
}

#[test]
fn a_tree_that_the_change_makes_too_large() {
    check(
        "//@ before\n//@ unavailable tree truncated\n",
        expect![[r#"
            warn: 1 new finding, not enough to block. 1 fact could not be looked at.
            new high MD-000: The change makes the tree too large to be read
              why GitHub lists the files at the base in full and cuts the list short with this change (The fixture says so). Files that rules read may be among those that are missing.
              fix Commit fewer files: keep dependencies and build output out of the repository.
            ? tree (Truncated): The fixture says so.
        "#]],
    );
}

#[test]
fn a_tree_that_was_too_large_already() {
    check(
        "//@ unavailable before truncated\n//@ unavailable tree truncated\n",
        expect![[r#"
            warn: 1 fact could not be looked at.
            ? tree (Truncated): The fixture says so.
        "#]],
    );
}

#[test]
fn a_tree_that_could_not_be_listed_is_not_the_changes_doing() {
    check(
        "//@ before\n//@ unavailable tree failed\n",
        expect![[r#"
            warn: 2 facts could not be looked at.
            ? .github/phase-mirror.yml (Failed): The fixture says so.
            ? tree (Failed): The fixture says so.
        "#]],
    );
}

#[test]
fn a_workflow_that_the_change_breaks() {
    check(
        "\
//- before: .github/workflows/ci.yml
on: push
jobs: {build: {runs-on: x, steps: [{run: x}]}}
//- .github/workflows/ci.yml
on: push
jobs:
  build: [
  other: x
",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-000: `.github/workflows/ci.yml` can't be read
              at .github/workflows/ci.yml:4  other: x
              why `.github/workflows/ci.yml` could be read at the base and can't be read now: line 4, column 3: expected YAML, found an error: invalid indentation. What it says is not judged by any other rule.
              fix Correct `.github/workflows/ci.yml` at line 4, column 3.
        "#]],
    );
}

#[test]
fn a_broken_workflow_that_is_new() {
    check(
        "//@ before\n//- .github/workflows/ci.yml\nnothing but text\n",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-000: `.github/workflows/ci.yml` can't be read
              at .github/workflows/ci.yml:1  nothing but text
              why `.github/workflows/ci.yml` is new with this change and can't be read: line 1, column 1: expected a mapping with `on` and `jobs`, found a string. What it says is not judged by any other rule.
              fix Correct `.github/workflows/ci.yml` at line 1, column 1.
        "#]],
    );
}

#[test]
fn an_empty_workflow_that_is_new() {
    check(
        "//@ before\n//- .github/workflows/ci.yml\n",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-000: `.github/workflows/ci.yml` can't be read
              at .github/workflows/ci.yml:1  
              why `.github/workflows/ci.yml` is new with this change and can't be read: line 1, column 1: expected a workflow, found nothing but blanks and comments. What it says is not judged by any other rule.
              fix Correct `.github/workflows/ci.yml` at line 1, column 1.
        "#]],
    );
}

#[test]
fn a_workflow_that_was_broken_at_the_base() {
    check(
        "//- before: .github/workflows/ci.yml\non: [\n//- .github/workflows/ci.yml\non: {\n",
        expect![[r#"
            warn: 1 fact could not be looked at.
            ? .github/workflows/ci.yml (Unreadable): line 2, column 1: expected YAML, found an error: while parsing a node, did not find expected node content
        "#]],
    );
}

#[test]
fn a_broken_workflow_where_nothing_is_compared() {
    check(
        "//- .github/workflows/ci.yml\non: [\n",
        expect![[r#"
        warn: 1 new finding, not enough to block.
        new high MD-000: `.github/workflows/ci.yml` can't be read
          at .github/workflows/ci.yml:1  on: [
          why `.github/workflows/ci.yml` can't be read: line 2, column 1: expected YAML, found an error: while parsing a node, did not find expected node content. What it says is not judged by any other rule.
          fix Correct `.github/workflows/ci.yml` at line 2, column 1.
    "#]],
    );
}

#[test]
fn a_workflow_that_is_deleted_is_readable() {
    check(
        "//- before: .github/workflows/ci.yml\non: push\njobs: {}\n",
        expect![[r#"
            pass: No contradiction found.
        "#]],
    );
}

#[test]
fn what_is_no_workflow_is_not_looked_at() {
    check(
        "//@ before\n//- .github/workflows/notes.md symlink\nx\n//- a.yml\n[\n\
         //- .github/workflows/deep/ci.yml\n[\n",
        expect![[r#"
            pass: No contradiction found.
        "#]],
    );
}

/// Content that no text fixture can hold, as a new workflow file.
fn of_content(content: Vec<u8>) -> crate::Report {
    let mut fixture = Fixture::parse("//@ before\n//- .github/workflows/ci.yml\n");
    let path = crate::RepoPath::new(".github/workflows/ci.yml").unwrap();
    let tree = &mut fixture.snapshot.after;
    if let crate::Fact::Known(entries) = &mut tree.entries {
        entries.get_mut(&path).unwrap().size = None;
    }
    tree.files.insert(path, crate::Fact::Known(content));
    fixture.report()
}

#[test]
fn hostile_content_is_a_finding_with_a_place() {
    let bomb = (1..12).fold(String::from("a0: &a0 [x]\n"), |text, n| {
        let aliases = vec![format!("*a{}", n - 1); 9].join(", ");
        format!("{text}a{n}: &a{n} [{aliases}]\n")
    });
    let cases: [(&str, Vec<u8>); 5] = [
        ("10 MB", vec![b'x'; 10 << 20]),
        ("not UTF-8", b"on: push\nname: \xff\n".to_vec()),
        ("an alias bomb", bomb.into_bytes()),
        ("deep nesting", "[".repeat(100_000).into_bytes()),
        ("UTF-16", b"\xff\xfeo\0n\0".to_vec()),
    ];
    for (what, content) in cases {
        let report = of_content(content);
        assert_eq!(report.items.len(), 1, "{what}: {}", render(&report));
        assert_eq!(report.items[0].rule_id, "MD-000", "{what}");
        assert!(report.items[0].evidence[0].start_line >= 1, "{what}");
        assert!(
            report.items[0].evidence[0].snippet.as_str().len() < 2_000,
            "{what}"
        );
    }
}

#[test]
fn crlf_and_a_byte_order_mark_are_read() {
    let content =
        "\u{feff}on: push\r\njobs:\r\n  a:\r\n    runs-on: x\r\n    steps:\r\n      - run: x\r\n";
    let report = of_content(content.as_bytes().to_vec());
    assert!(report.items.is_empty(), "{}", render(&report));
}

#[test]
fn a_codeowners_file_that_becomes_a_link() {
    check(
        "\
//- before: .github/CODEOWNERS
* @octocat
//- .github/CODEOWNERS symlink
../OWNERS
",
        expect![[r#"
            warn: 1 new finding, not enough to block. 1 fact could not be looked at.
            new high MD-000: `.github/CODEOWNERS` can't be read
              at .github/CODEOWNERS:1  ../OWNERS
              why `.github/CODEOWNERS` could be read at the base and can't be read now: It is a symbolic link, which is never followed; commit the file itself. What it says is not judged by any other rule.
              fix Commit `.github/CODEOWNERS` as an ordinary file of less than 3 MB.
            ? .github/CODEOWNERS (Unreadable): It is a symbolic link, which is never followed; commit the file itself.
        "#]],
    );
}

#[test]
fn a_codeowners_file_that_github_ignores_for_its_size() {
    check(
        "//@ before\n//- CODEOWNERS size 3000000\n* @octocat\n",
        expect![[r#"
            warn: 1 new finding, not enough to block. 1 fact could not be looked at.
            new high MD-000: `CODEOWNERS` can't be read
              at CODEOWNERS:1  * @octocat
              why `CODEOWNERS` is new with this change and can't be read: It is larger than 2999999 bytes; make it smaller. What it says is not judged by any other rule.
              fix Commit `CODEOWNERS` as an ordinary file of less than 3 MB.
            ? CODEOWNERS (TooLarge): It is larger than 2999999 bytes; make it smaller.
        "#]],
    );
}

#[test]
fn a_codeowners_file_that_was_a_link_already_or_does_not_count() {
    check(
        "\
//- both: CODEOWNERS symlink
OWNERS
//- docs/CODEOWNERS symlink
../OWNERS
",
        expect![[r#"
            warn: 1 fact could not be looked at.
            ? CODEOWNERS (Unreadable): It is a symbolic link, which is never followed; commit the file itself.
        "#]],
    );
}
