//! What is judged, and what counts as new.

use serde_json::Value;

use crate::repository::{CI, Repository, settings, stderr, workflow};

const SETTINGS: [&str; 2] = ["--settings", "settings.json"];

/// `STATUS SEVERITY TITLE` of each finding.
fn findings(report: &Value) -> Vec<String> {
    let word = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
    let items = report["items"].as_array().unwrap().iter();
    items
        .map(|item| format!("{} {}", word(item, "status"), word(item, "title")))
        .collect()
}

#[test]
fn a_repository_that_agrees_with_its_settings_passes() {
    let repository = Repository::new();
    let output = repository.check(&SETTINGS);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report = repository.report(&SETTINGS);
    assert_eq!(report["decision"]["outcome"], "pass");
    assert_eq!(report["meta"]["unavailable"], Value::Array(Vec::new()));
    assert_eq!(report["meta"]["repository"], "octo-org/hello");
}

/// The working tree counts, committed or not.
#[test]
fn an_uncommitted_rename_of_a_job_is_seen() {
    let repository = Repository::new();
    repository.write(CI, &workflow("tests"));
    let report = repository.report(&SETTINGS);
    let found = findings(&report);
    assert_eq!(found, ["new Required check `test` is reported by nothing"]);
}

#[test]
fn with_a_base_only_what_the_change_introduces_is_new() {
    let repository = Repository::new();
    repository.write("settings.json", &settings(&["test", "never-there"]));
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write(CI, &workflow("tests"));
    repository.commit("rename the job");
    let report = repository.report(&["--base", "main", "--settings", "settings.json"]);
    assert_eq!(
        findings(&report),
        [
            "new Required check `test` is reported by nothing",
            "existing Required check `never-there` is reported by nothing",
        ]
    );
    assert!(report["meta"]["base_commit"].is_string());
}

#[test]
fn a_finding_that_blocks_is_exit_code_1() {
    let repository = Repository::new();
    // A policy in the working tree counts where nothing is compared.
    repository.write(
        ".github/phase-mirror.yml",
        "version: 1\npreset: strict\nrules: {MD-001: {mode: block}}\n",
    );
    repository.write(CI, &workflow("tests"));
    let output = repository.check(&SETTINGS);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(stderr(&output), "");
}

/// Policy counts as it stands at the base: a change can't excuse itself.
#[test]
fn a_change_does_not_set_the_policy_that_it_is_judged_by() {
    let repository = Repository::new();
    let strict = "version: 1\npreset: strict\nrules: {MD-001: {mode: block}}\n";
    repository.write(".github/phase-mirror.yml", strict);
    repository.commit("strict");
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write(".github/phase-mirror.yml", "version: 1\ndry_run: true\n");
    repository.write(CI, &workflow("tests"));
    repository.commit("excuse myself");
    let arguments = ["--base", "main", "--settings", "settings.json"];
    assert_eq!(repository.check(&arguments).status.code(), Some(1));
    // Who sits at the desk may ask what another policy would say.
    let other = [&arguments[..], &["--policy", ".github/phase-mirror.yml"]].concat();
    assert_eq!(repository.check(&other).status.code(), Some(0));
}

#[test]
fn without_settings_what_depends_on_them_is_listed_and_not_taken_to_be_fine() {
    let repository = Repository::new();
    let report = repository.report(&[]);
    assert_eq!(report["decision"]["outcome"], "warn");
    let missing: Vec<&str> = report["meta"]["unavailable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|missing| missing["fact"].as_str().unwrap())
        .collect();
    assert!(missing.contains(&"branch rules of `main`"), "{missing:?}");
    assert_eq!(repository.check(&[]).status.code(), Some(0));
}

#[test]
fn a_folder_without_git_is_judged_too() {
    let folder = Repository::empty();
    folder.write(CI, &workflow("tests"));
    folder.write("settings.json", &settings(&["test"]));
    let report = folder.report(&SETTINGS);
    assert_eq!(findings(&report).len(), 1, "{report}");
}

#[test]
fn a_folder_of_a_repository_stands_for_the_whole() {
    let repository = Repository::new();
    repository.write(CI, &workflow("tests"));
    let report = repository.report(&[".github/workflows", "--settings", "settings.json"]);
    assert_eq!(findings(&report).len(), 1, "{report}");
}

/// What nobody can look at in a checkout is no excuse for taking away what it is about.
#[test]
fn a_change_that_removes_codeowners_blocks_where_policy_says_so() {
    let repository = Repository::new();
    repository.write(".github/CODEOWNERS", "* @octo-org/all\n");
    repository.write(
        ".github/phase-mirror.yml",
        "version: 1\npreset: strict\nrules: {MD-007: {mode: block}}\n",
    );
    repository.write(
        "settings.json",
        &settings(&["test"]).replace(
            "\"rules\":[",
            "\"rules\":[{\"type\":\"pull_request\",\"parameters\":{\"require_code_owner_review\":true,\
             \"required_approving_review_count\":1}},",
        ),
    );
    repository.commit("owned");
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.git(&["rm", "--quiet", ".github/CODEOWNERS"]);
    let arguments = ["--base", "main", "--settings", "settings.json"];
    let report = repository.report(&arguments);
    assert_eq!(report["decision"]["outcome"], "block", "{report:#}");
}

/// A file in the place of the directory takes all workflows away, and must not pass unnoticed.
#[test]
fn a_file_in_the_place_of_the_workflows_is_a_finding() {
    let repository = Repository::new();
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.git(&["rm", "--quiet", "-r", ".github/workflows"]);
    repository.write(".github/workflows", "x");
    let report = repository.report(&["--base", "main", "--settings", "settings.json"]);
    let found = findings(&report);
    let unreadable = "new `.github/workflows` can't be read".to_owned();
    assert!(found.contains(&unreadable), "{found:?}");
}

/// Its file may lock keys, which another repository's may not.
#[test]
fn the_organisations_own_repository_has_one_policy_for_both() {
    let repository = Repository::new();
    let policy = "version: 1\npreset: strict\nlocked: [thresholds]\n";
    repository.write(".github/phase-mirror.yml", policy);
    let here = repository.check(&["--settings", "settings.json"]);
    assert_eq!(here.status.code(), Some(2), "{here:?}");
    let own = settings(&["test"]).replace("octo-org/hello", "octo-org/.github");
    repository.write("settings.json", &own);
    let output = repository.check(&["--settings", "settings.json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}
