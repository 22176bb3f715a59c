//! Whole reports of the main findings, read as a user would.

use expect_test::expect;

use super::check;

#[test]
fn a_template_that_nobody_filled_in() {
    check(
        "\
//@ code-owner-review by ruleset
//@ unavailable codeowners-errors not_provided
//- .github/CODEOWNERS
# Who reviews what
*       @your-org/your-team
/docs/  docs@example.com
//- docs/guide.md
",
        expect![[r#"
            warn: 2 new findings, not enough to block.
            new high MD-007: `@your-org/your-team` in CODEOWNERS is a placeholder
              at .github/CODEOWNERS:2  *       @your-org/your-team
              why `.github/CODEOWNERS` gives `*` to `@your-org/your-team`. That is what templates say until somebody fills it in. `*` has no other owner, so that nobody is asked to review what it matches.
              fix Put a user or a team of yours in the place of `@your-org/your-team`.
            new high MD-007: `[REDACTED:email]` in CODEOWNERS is a placeholder
              at .github/CODEOWNERS:3  /docs/  [REDACTED:email]
              why `.github/CODEOWNERS` gives `/docs/` to `[REDACTED:email]`. That is what templates say until somebody fills it in. `/docs/` has no other owner, so that nobody is asked to review what it matches.
              fix Put a user or a team of yours in the place of `[REDACTED:email]`.
        "#]],
    );
}

#[test]
fn an_owner_whom_github_does_not_know() {
    check(
        "\
//@ code-owner-review by ruleset
//@ unknown-owner @octo-org/docs-team
//- .github/CODEOWNERS
*         @octo-org/maintainers
/docs/    @octo-org/docs-team
/README*  @octo-org/maintainers @octo-org/docs-team
//- docs/guide.md
//- README.md
",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-007: Code owner `@octo-org/docs-team` is unknown or may not push
              at .github/CODEOWNERS:2  /docs/    @octo-org/docs-team
              at .github/CODEOWNERS:3  /README*  @octo-org/maintainers @octo-org/docs-team
              why `.github/CODEOWNERS` gives `/docs/` and `/README*` to `@octo-org/docs-team`. GitHub reports an unknown owner: make sure the team @octo-org/docs-team exists and has write access to the repository. `/docs/` has no other owner, so that nobody is asked to review what it matches.
              fix Let `@octo-org/docs-team` exist, be visible, and have write access to the repository itself (that of its members does not count); or name another owner.
        "#]],
    );
}

#[test]
fn a_review_is_required_and_nobody_is_named() {
    check(
        "\
//@ code-owner-review by organization
//- README.md
",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new high MD-007: Review by code owners is required, and there is no CODEOWNERS file
              why `main` requires a review by code owners (ruleset 2 of octo-org), and none of `.github/CODEOWNERS`, `CODEOWNERS` and `docs/CODEOWNERS` is there. Without owners GitHub asks nobody and requires nothing.
              fix Add `.github/CODEOWNERS` with a line `*` and the team that reviews what has no other owner; or stop requiring the review.
        "#]],
    );
}

#[test]
fn a_line_that_github_skips() {
    check(
        "\
//@ code-owner-review by ruleset
//- CODEOWNERS
* @octocat
docs/*.md octocat
!docs/internal/ @octocat
//- docs/a.md
",
        expect![[r#"
            warn: 2 new findings, not enough to block.
            new high MD-007: GitHub skips `docs/*.md octocat` in CODEOWNERS
              at CODEOWNERS:2  docs/*.md octocat
              why `CODEOWNERS`, line 2, column 11: Invalid owner: expected @user, @org/team or an e-mail address. The whole line has no effect: its files have the owners that other lines name, or none. `main` requires a review by code owners (ruleset 1 of octo-org/hello).
              fix Correct line 2 of `CODEOWNERS`.
            new high MD-007: GitHub skips `!docs/internal/ @octocat` in CODEOWNERS
              at CODEOWNERS:3  !docs/internal/ @octocat
              why `CODEOWNERS`, line 3, column 1: Invalid pattern: `!` does not negate in CODEOWNERS. The whole line has no effect: its files have the owners that other lines name, or none. `main` requires a review by code owners (ruleset 1 of octo-org/hello).
              fix Correct line 3 of `CODEOWNERS`.
        "#]],
    );
}

#[test]
fn a_folder_that_the_change_renames() {
    check(
        "\
//- both: CODEOWNERS
* @octocat
/api/ @octo-org/api
/old/ @octocat
//- before: api/main.rs
//- service/main.rs
",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-007: Pattern `/api/` of CODEOWNERS matches no file
              at CODEOWNERS:2  /api/ @octo-org/api
              why `CODEOWNERS` gives `/api/` to `@octo-org/api`. At the base it matches `api/main.rs`; with this change it matches no file.
              fix Give `/api/` the new place of what it owned, or remove the line.
            existing low MD-007: Pattern `/old/` of CODEOWNERS matches no file
              at CODEOWNERS:3  /old/ @octocat
              why `CODEOWNERS` gives `/old/` to `@octocat`. No file of the tree matches.
              fix Correct `/old/` (case counts, and a leading `/` is the root), or remove the line.
        "#]],
    );
}

#[test]
fn special_before_general() {
    check(
        "\
//- CODEOWNERS
/docs/ @octo-org/docs
*      @octocat
//- docs/a.md
//- a.rs
",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-007: Pattern `/docs/` of CODEOWNERS never decides
              at CODEOWNERS:1  /docs/ @octo-org/docs
              at CODEOWNERS:2  *      @octocat
              why `CODEOWNERS` gives `/docs/` to `@octo-org/docs` in line 1. The last match decides, and line 2 (`*`, `@octocat`) or another later one matches every file that `/docs/` matches, now and new: `/docs/` decides nothing.
              fix Move `/docs/` below `*`, or remove its line.
        "#]],
    );
}

#[test]
fn files_and_governance_without_an_owner() {
    check(
        "\
//@ code-owner-review by ruleset
//@ code-owner-review by classic
//- .github/CODEOWNERS
/docs/ @octocat
//- docs/a.md
//- src/a.rs
//- src/b.rs
//- src/c.rs
//- src/d.rs
//- src/e.rs
//- infra/main.tf
",
        expect![[r#"
            warn: 2 new findings, not enough to block.
            new medium MD-007: 2 governance files have no code owner
              at .github/CODEOWNERS:1  /docs/ @octocat
              why `main` requires a review by code owners (branch protection and ruleset 1 of octo-org/hello), and no line of `.github/CODEOWNERS` matches `.github/CODEOWNERS` and `infra/main.tf`. These decide what runs, with which rights, and who reviews it, and are changed without an owner's review.
              fix Add lines for them at the end of `.github/CODEOWNERS`, such as `/.github/` with the team that answers for it.
            new medium MD-007: Review by code owners is required, and 5 files have no owner
              at .github/CODEOWNERS:1  /docs/ @octocat
              why `main` requires a review by code owners (branch protection and ruleset 1 of octo-org/hello), and no line of `.github/CODEOWNERS` matches `src/a.rs`, `src/b.rs`, `src/c.rs`, `src/d.rs` and 1 more. Changes to them need no owner's approval.
              fix Add a first line `*` to `.github/CODEOWNERS`, with the team that reviews what has no other owner. For files that nobody is to own, add a line with their pattern and no owner.
        "#]],
    );
}

#[test]
fn two_files_of_which_one_counts() {
    check(
        "\
//- .github/CODEOWNERS
* @octocat
//- docs/CODEOWNERS
* @hubot
",
        expect![[r#"
            warn: 1 new finding, not enough to block.
            new medium MD-007: `docs/CODEOWNERS` is not read by GitHub
              at docs/CODEOWNERS:1  * @hubot
              why GitHub reads the first of `.github/CODEOWNERS`, `CODEOWNERS` and `docs/CODEOWNERS` that is there, which is `.github/CODEOWNERS`. What the other says differs, and has no effect.
              fix Move what is still meant into `.github/CODEOWNERS`, and delete `docs/CODEOWNERS`.
        "#]],
    );
}
