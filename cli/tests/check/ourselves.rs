//! This project, held to its own rules.

use std::path::Path;

use serde_json::{Value, json};

use crate::repository::{Repository, settings};

/// What its branch requires, and who owns its code.
fn own_settings() -> String {
    let mut all: Value = serde_json::from_str(&settings(&["smoke", "test"])).unwrap();
    all["repository"] = json!("phase-mirror/phase-mirror");
    all["rules"].as_array_mut().unwrap().push(json!({
        "type": "pull_request",
        "ruleset_id": 7, "ruleset_source_type": "Repository",
        "ruleset_source": "phase-mirror/phase-mirror",
        "parameters": { "require_code_owner_review": true, "required_approving_review_count": 1 },
    }));
    all["owners"] = json!({
        "@phase-mirror/governance": "write",
        "@phase-mirror/maintainers": "write",
        "@phase-mirror/oracle": "write",
        "@phase-mirror/security": "write",
    });
    all.to_string()
}

#[test]
fn this_project_does_not_contradict_itself() {
    let folder = Repository::empty();
    folder.write("settings.json", &own_settings());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let report = folder.report(&[root.to_str().unwrap(), "--settings", "settings.json"]);
    assert_eq!(report["items"], json!([]));
    assert_eq!(report["decision"]["outcome"], "pass", "{report:#}");
}
