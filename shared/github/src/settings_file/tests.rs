//! Files as people make them, by the command and by hand.

use oracle::{BranchRule, Producer};

use super::*;

fn refused(json: &str) -> String {
    SettingsFile::parse(json.as_bytes())
        .map(|file| panic!("{file:?}"))
        .unwrap_err()
        .to_string()
}

#[test]
fn answers_stand_as_github_gives_them() {
    let file = SettingsFile::parse(
        br#"{
          "schema_version": 1,
          "repository": "octo-org/hello",
          "default_branch": "main",
          "branch": "main",
          "actions_app_id": 15368,
          "rules": [{
            "type": "required_status_checks", "ruleset_id": 1,
            "ruleset_source_type": "Repository", "ruleset_source": "octo-org/hello",
            "parameters": { "required_status_checks": [{ "context": "build" }] }
          }],
          "protection": { "name": "main", "protected": false },
          "workflows": { "total_count": 1, "workflows": [
            { "id": 7, "path": ".github/workflows/ci.yml", "state": "active" }] },
          "rollups": { "nodes": [{
            "number": 4, "isCrossRepository": false,
            "commits": { "nodes": [{ "commit": { "statusCheckRollup": { "contexts": {
              "pageInfo": { "hasNextPage": false, "endCursor": null },
              "nodes": [{ "__typename": "StatusContext", "context": "legacy" }] } } } }] }
          }] }
        }"#,
    )
    .unwrap();
    assert_eq!(file.repository.unwrap().as_str(), "octo-org/hello");
    let settings = file.settings;
    let rules = settings.rules.known().unwrap();
    assert!(matches!(rules[0], BranchRule::RequiredStatusChecks(_)));
    assert_eq!(settings.protection, Fact::Known(None));
    assert_eq!(settings.workflows.known().unwrap()[0].state, "active");
    let rollup = &settings.rollups.known().unwrap()[0];
    assert_eq!(rollup.contexts[0].producer, Producer::Status);
    assert_eq!(settings.actions_app_id, Fact::Known(15_368));
}

#[test]
fn what_is_missing_is_not_known() {
    let file = SettingsFile::parse(
        br#"{
          "schema_version": 1, "branch": "main",
          "unavailable": { "protection": "GitHub does not show it to this token." }
        }"#,
    )
    .unwrap();
    let settings = file.settings;
    let rules = settings.rules.known().unwrap_err();
    assert_eq!(rules.detail, "The settings file has no `rules`.");
    assert_eq!(rules.reason, Reason::NotProvided);
    let protection = settings.protection.known().unwrap_err();
    assert_eq!(protection.detail, "GitHub does not show it to this token.");
    assert_eq!(protection.reason, Reason::NotPermitted);
    assert!(settings.rollups.known().is_err());
    assert!(settings.workflows.known().is_err());
}

#[test]
fn a_page_that_goes_on_is_not_taken_for_the_whole() {
    let file = SettingsFile::parse(
        br#"{
          "schema_version": 1, "branch": "main",
          "rollups": { "nodes": [{
            "number": 4, "isCrossRepository": false,
            "commits": { "nodes": [{ "commit": { "statusCheckRollup": { "contexts": {
              "pageInfo": { "hasNextPage": true, "endCursor": "MTAw" }, "nodes": [] } } } }] }
          }] }
        }"#,
    )
    .unwrap();
    let rollups = file.settings.rollups.known().unwrap_err().clone();
    assert_eq!(rollups.reason, Reason::Truncated);
}

#[test]
fn errors_name_the_place_and_what_was_expected() {
    assert_eq!(
        refused("{\n  \"schema_version\": 1,\n  \"rules\": {}\n}"),
        "line 3, column 11, at rules: invalid type: map, expected a sequence"
    );
    assert_eq!(
        refused(r#"{ "schema_version": 1, "branch": "main", "protected": {} }"#),
        "line 1, column 52, at protected: unknown field `protected`, expected one of \
         `schema_version`, `repository`, `default_branch`, `branch`, `exported_at`, \
         `actions_app_id`, `rules`, `protection`, `workflows`, `rollups`, \
         `actions_permissions`, `selected_actions`, `owners`, `unavailable`"
    );
    assert!(
        refused("[").contains("line 1, column 1"),
        "{}",
        refused("[")
    );
    assert!(
        refused("").starts_with("line 1, column 0: EOF"),
        "{}",
        refused("")
    );
    assert_eq!(
        refused(r#"{ "schema_version": 2, "branch": "main" }"#),
        "schema_version is 2, and this version of Phase Mirror reads 1 only"
    );
    let branch = refused(r#"{ "schema_version": 1, "branch": "a..b" }"#);
    assert!(
        branch.contains("at branch: \"a..b\" is not a Git branch name"),
        "{branch}"
    );
}
