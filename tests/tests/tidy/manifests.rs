//! Manifests: one place for versions and lints.

use crate::{assert_none, sources};

fn members() -> Vec<(String, toml::Table)> {
    sources("toml")
        .into_iter()
        .filter(|(file, _)| file.ends_with("/Cargo.toml"))
        // A workspace of its own, for another toolchain.
        .filter(|(file, _)| file != "fuzz/Cargo.toml")
        .map(|(file, text)| {
            let manifest = text.parse().unwrap_or_else(|e| panic!("{file}: {e}"));
            (file, manifest)
        })
        .collect()
}

#[test]
fn versions_live_in_the_root_manifest() {
    let mut violations = Vec::new();
    for (file, manifest) in members() {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(table) = manifest.get(kind).and_then(toml::Value::as_table) else {
                continue;
            };
            for (name, value) in table {
                let itself = value.get("path").and_then(toml::Value::as_str) == Some(".");
                let inherits = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
                if !inherits && !itself {
                    violations.push(format!("{file}: {name} does not inherit its version"));
                }
            }
        }
    }
    assert_none("versions live in [workspace.dependencies]", &violations);
}

#[test]
fn every_member_inherits_lints_and_says_what_it_is_for() {
    let mut violations = Vec::new();
    for (file, manifest) in members() {
        let inherits = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(toml::Value::as_bool);
        if inherits != Some(true) {
            violations.push(format!("{file}: no `[lints] workspace = true`"));
        }
        if manifest["package"].get("description").is_none() {
            violations.push(format!("{file}: no description"));
        }
    }
    assert_none("members inherit the workspace's lints", &violations);
}

#[test]
fn pure_crates_opt_into_the_purity_bans() {
    let pure = [
        "shared/codeowners/src/lib.rs",
        "shared/workflows/src/lib.rs",
        "shared/yaml/src/lib.rs",
        "shared/oracle/src/lib.rs",
    ];
    let violations: Vec<String> = sources("rs")
        .into_iter()
        .filter(|(file, _)| pure.contains(&file.as_str()))
        .filter(|(_, text)| {
            !text.contains("#![deny(clippy::disallowed_methods, clippy::disallowed_types)]")
        })
        .map(|(file, _)| file)
        .collect();
    assert_none("pure crates deny what clippy.toml bans", &violations);
}
