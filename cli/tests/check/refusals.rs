//! What can't be used is said with what was expected and what helps, and nothing is judged.

use expect_test::{Expect, expect};

use crate::repository::{Repository, stderr, stdout};

#[track_caller]
fn refuses(repository: &Repository, arguments: &[&str], expected: &Expect) {
    let output = repository.check(arguments);
    expected.assert_eq(&stderr(&output));
    assert_eq!(stdout(&output), "");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
}

#[test]
fn a_base_that_git_does_not_know() {
    refuses(
        &Repository::new(),
        &["--base", "origin/main"],
        &expect![[r#"
            error[PM-E603]: Git knows no commit "origin/main" here
            help: fetch it first (in a workflow: actions/checkout with `fetch-depth: 0`)
        "#]],
    );
}

#[test]
fn a_base_of_a_folder_without_git() {
    let output = Repository::empty().check(&["--base", "main"]);
    assert!(
        stderr(&output).contains("is not in a Git repository"),
        "{output:?}"
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_path_that_is_not_there() {
    refuses(
        &Repository::new(),
        &["nowhere"],
        &expect![[r#"
            error[PM-E601]: cannot open the folder nowhere
              caused by: No such file or directory (os error 2)
            help: give the folder of a repository
        "#]],
    );
}

#[test]
fn settings_that_are_none() {
    let repository = Repository::new();
    repository.write(
        "settings.json",
        "{\n  \"schema_version\": 1,\n  \"branch\": 3\n}\n",
    );
    let arguments = ["--settings", "settings.json"];
    refuses(
        &repository,
        &arguments,
        &expect![[r#"
            error[PM-E606]: cannot use the settings in settings.json
              caused by: line 3, column 13, at branch: invalid type: integer `3`, expected a string
            help: give a file that `phase-mirror settings export` wrote
        "#]],
    );
}

#[test]
fn settings_of_another_branch() {
    let arguments = ["--settings", "settings.json", "--branch", "release/1.x"];
    refuses(
        &Repository::new(),
        &arguments,
        &expect![[r#"
            error[PM-E605]: the settings are those of main, and --branch is release/1.x
            help: export the settings of that branch: `phase-mirror settings export --branch`
        "#]],
    );
}

/// Every problem at once, each with its place and what helps; nothing is judged by a policy that
/// may not be meant.
#[test]
fn a_policy_with_problems() {
    let repository = Repository::new();
    repository.write(
        ".github/phase-mirror.yml",
        "version: 1\ntresholds: {high: 0}\nrules:\n  MD-001: {mode: blok}\n",
    );
    refuses(
        &repository,
        &[],
        &expect![[r#"
            error: .github/phase-mirror.yml:2:1: tresholds: expected a known key, found `tresholds`
            help: Did you mean `thresholds`?
            error: .github/phase-mirror.yml:4:18: rules.MD-001.mode: expected `observe`, `warn` or `block`, found `blok`
            help: Did you mean `block`?
            error[PM-E501]: the policy has 2 errors; nothing was judged
        "#]],
    );
}

#[test]
fn a_policy_that_is_not_there() {
    refuses(
        &Repository::new(),
        &["--policy", "mine.yml"],
        &expect![[r#"
            error[PM-E605]: cannot read mine.yml
              caused by: No such file or directory (os error 2)
            help: docs/policy.md lists every key; schemas/phase-mirror-policy.v1.schema.json is for editors
        "#]],
    );
}

#[test]
fn a_rule_that_is_none() {
    let output = Repository::new().check(&["--explain", "MD-999"]);
    assert!(
        stderr(&output).contains("there is no rule \"MD-999\""),
        "{output:?}"
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn an_export_without_a_token() {
    let output = Repository::new().run(&["settings", "export", "octo-org/hello"]);
    expect![[r#"
        error[PM-E605]: no token for GitHub: neither GITHUB_TOKEN nor GH_TOKEN is set
        help: create one that reads the repository, or use `gh auth token`
    "#]]
    .assert_eq(&stderr(&output));
    assert_eq!(output.status.code(), Some(2));
}
