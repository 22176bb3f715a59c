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
            warn: 1 new finding, not enough to block.
            new high MD-000: The change makes the tree too large to be read
              why GitHub lists the files at the base in full and cuts the list short with this change (The fixture says so). Files that rules read may be among those that are missing.
              fix Commit fewer files: keep dependencies and build output out of the repository.
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
            warn: 1 fact could not be looked at.
            ? tree (Failed): The fixture says so.
        "#]],
    );
}
