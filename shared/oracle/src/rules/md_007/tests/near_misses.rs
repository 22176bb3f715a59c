//! Repositories that look wrong and work.

use super::passes;

#[test]
fn our_own_file() {
    let own = include_str!("../../../../../../.github/CODEOWNERS");
    let files = [
        ".github/workflows/notes.md",
        ".ci/run",
        "scripts/test",
        "clippy.toml",
        "Cargo.lock",
        "shared/oracle/Cargo.toml",
        "schemas/report.json",
        "shared/app/src/ingest.rs",
        "shared/github/src/lib.rs",
        "SECURITY.md",
    ];
    let files = format!("//- {}\n", files.join("\n//- "));
    passes(&format!(
        "//@ code-owner-review by ruleset\n//- .github/CODEOWNERS\n{own}{files}"
    ));
}

#[test]
fn no_review_is_required_and_there_is_no_file() {
    passes("//- README.md\n//- .github/workflows/readme.md\n");
}

#[test]
fn a_review_is_required_of_an_empty_repository() {
    passes("//@ code-owner-review by ruleset\n//@ before\n");
}

#[test]
fn names_like_placeholders_of_people_whom_github_knows() {
    passes("//- CODEOWNERS\n* @username @your-org/your-team @owner\n");
}

#[test]
fn names_like_placeholders_of_whom_somebody_says_that_they_may_push() {
    passes(
        "\
//@ unavailable codeowners-errors not_provided
//@ owner @username write
//- CODEOWNERS
* @username
",
    );
}

/// GitHub never asks for more: the review is not required, whatever classic protection says.
#[test]
fn classic_protection_that_nobody_can_look_into() {
    passes("//@ classic everyone\n//- README.md\n//- src/a.rs\n");
}

#[test]
fn a_default_all_of_whose_files_have_rules_of_their_own() {
    passes(
        "\
//- CODEOWNERS
*           @octocat
/CODEOWNERS @octocat
/src/       @octo-org/core
/src/a/     @octo-org/a
/src/b/     @octo-org/b
//- src/a/x.rs
//- src/b/x.rs
",
    );
}

#[test]
fn a_folder_whose_present_files_are_all_of_one_kind() {
    passes(
        "\
//- CODEOWNERS
*      @octocat
/docs/ @octo-org/docs
*.md   @octo-org/writers
//- docs/a.md
",
    );
}

#[test]
fn a_rule_that_later_ones_override_in_part() {
    passes(
        "\
//- CODEOWNERS
*          @octocat
/src/      @octo-org/core
/src/gen/  @octo-org/tools
//- src/a.rs
//- src/gen/a.rs
",
    );
}

#[test]
fn files_that_nobody_is_to_own() {
    passes(
        "\
//@ code-owner-review by ruleset
//- CODEOWNERS
/CODEOWNERS @octocat
/docs/      @octocat
*.lock
/generated/
//- docs/a.md
//- Cargo.lock
//- generated/a.rs
",
    );
}

#[test]
fn governance_that_nobody_is_to_own() {
    passes(
        "\
//- CODEOWNERS
/CODEOWNERS @octocat
/infra/
//- infra/main.tf
",
    );
}

#[test]
fn a_file_that_owns_nothing_and_is_not_asked_to() {
    passes("//- CODEOWNERS\n# Nobody yet.\n//- .github/workflows/readme.md\n");
}

#[test]
fn the_owner_of_a_rule_that_is_overridden_in_a_folder_of_the_same_name() {
    passes("//- CODEOWNERS\n* @octocat\ndocs/ @octo-org/docs\n//- a/docs/x.md\n");
}

#[test]
fn a_link_to_the_file_that_counts() {
    passes(
        "\
//- .github/CODEOWNERS
* @octocat
//- docs/CODEOWNERS symlink
../.github/CODEOWNERS
",
    );
}

#[test]
fn a_file_that_moves_to_another_location() {
    passes(
        "\
//- before: CODEOWNERS
* @octocat
//- .github/CODEOWNERS
* @octocat
",
    );
}

#[test]
fn a_renamed_file_that_the_pattern_still_matches() {
    passes(
        "\
//- both: CODEOWNERS
* @octocat
/docs/ @octo-org/docs
//- before: docs/a.md
//- docs/b.md
",
    );
}

#[test]
fn a_template_that_is_none_of_sam() {
    passes("//- CODEOWNERS\n/CODEOWNERS @octocat\n//- web/template.yaml\n");
}

#[test]
fn a_byte_order_mark_crlf_and_comments() {
    passes("//- CODEOWNERS\n\u{feff}* @octocat # all\r\n//- a.md\n");
}

#[test]
fn owners_whose_case_differs_from_what_is_said_of_them() {
    passes(
        "\
//@ unavailable codeowners-errors not_provided
//@ owner @octo-org/core write
//- CODEOWNERS
* @Octo-Org/Core
",
    );
}

#[test]
fn a_change_that_mends_what_was_wrong() {
    passes(
        "\
//@ unknown-owner @gone
//- before: CODEOWNERS
* @gone
//- CODEOWNERS
* @octocat
",
    );
}
