//! The direction of imports, over `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::{assert_none, root};

/// Each of our packages, with those of ours it may import. What is not listed fails.
const ALLOWED: &[(&str, &[&str])] = &[
    ("codes", &[]),
    ("codeowners", &[]),
    ("redaction", &[]),
    ("yaml", &[]),
    ("workflows", &["yaml"]),
    ("oracle", &["codeowners", "redaction", "workflows", "yaml"]),
    ("checkout", &["codes", "oracle"]),
    ("app", &["codes", "oracle"]),
    ("github", &["app", "codes", "oracle", "workflows"]),
    ("embedded", &["app", "codes", "oracle"]),
    ("aws", &["app", "codes", "oracle"]),
    ("sandbox", &[]),
    (
        "runtime",
        &["app", "aws", "codes", "embedded", "github", "oracle"],
    ),
    ("webhook", &["runtime"]),
    ("pull-request", &["runtime"]),
    ("check-run", &["runtime"]),
    ("lifecycle", &["runtime"]),
    ("redelivery", &["runtime"]),
    (
        "phase-mirror",
        &[
            "app",
            "checkout",
            "codeowners",
            "codes",
            "github",
            "oracle",
            "runtime",
            "sandbox",
        ],
    ),
    ("end-to-end", &[]),
    ("benches", &["app", "github", "oracle"]),
];

/// Crates that would make a pure crate impure.
const IMPURE: &[&str] = &[
    "async-trait",
    "axum",
    "futures-util",
    "hyper",
    "octocrab",
    "rand",
    "reqwest",
    "rusqlite",
    "tokio",
    "tracing",
];

const PURE: &[&str] = &[
    "codes",
    "codeowners",
    "redaction",
    "yaml",
    "workflows",
    "oracle",
];

/// What this cargo command prints, without touching the lock file or the network.
fn cargo(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--locked", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// Our packages with the names of their normal dependencies.
fn ours() -> BTreeMap<String, BTreeSet<String>> {
    let metadata: Value =
        serde_json::from_slice(&cargo(&["metadata", "--no-deps", "--format-version", "1"]))
            .expect("cargo metadata is JSON");
    list(&metadata["packages"])
        .iter()
        .map(|package| {
            let normal = list(&package["dependencies"])
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| text(&dependency["name"]).to_owned())
                .collect();
            (text(&package["name"]).to_owned(), normal)
        })
        .collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// Names of every package that is linked into `package`'s default build. `cargo tree` resolves
/// features exactly; `cargo metadata` also lists optional dependencies that are off.
fn linked_into(package: &str) -> BTreeSet<String> {
    let output = cargo(&[
        "tree",
        "--package",
        package,
        "--edges",
        "normal",
        "--prefix",
        "none",
    ]);
    let linked: BTreeSet<String> = String::from_utf8(output)
        .expect("package names are UTF-8")
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect();
    assert!(
        linked.contains(package),
        "cargo tree lists the package itself"
    );
    linked
}

#[test]
fn crates_import_only_to_their_right() {
    let ours = ours();
    let mut violations = Vec::new();
    for (package, dependencies) in &ours {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| name == package) else {
            violations.push(format!("{package}: not in ALLOWED; say what it may import"));
            continue;
        };
        for dependency in dependencies.iter().filter(|name| ours.contains_key(*name)) {
            if !allowed.contains(&dependency.as_str()) {
                violations.push(format!("{package} imports {dependency}"));
            }
        }
    }
    assert_none("docs/architecture.md, \"Direction\"", &violations);
}

#[test]
fn pure_crates_link_nothing_impure() {
    let mut violations = Vec::new();
    for pure in PURE {
        for name in linked_into(pure) {
            if IMPURE.contains(&name.as_str()) {
                violations.push(format!("{pure} links {name}"));
            }
        }
    }
    assert_none("docs/architecture.md, \"Pure core\"", &violations);
}

#[test]
fn the_command_links_one_tls_stack_and_no_aws_sdk() {
    let linked = linked_into("phase-mirror");
    assert!(
        linked.contains("rustls"),
        "the closure is computed: {linked:?}"
    );
    let violations: Vec<String> = linked
        .iter()
        .filter(|name| {
            matches!(
                name.as_str(),
                "native-tls" | "openssl" | "openssl-sys" | "ring"
            ) || name.starts_with("aws-sdk")
                || name.starts_with("aws-config")
                || name.starts_with("lambda_")
        })
        .map(|name| format!("phase-mirror links {name}"))
        .collect();
    assert_none(
        "docs/adr/0003: one TLS stack; no AWS SDK in the command",
        &violations,
    );
}

/// What a function links it starts slower with, and has to be trusted with.
#[test]
fn functions_link_only_what_they_use() {
    let never = ["axum", "embedded", "ring", "rusqlite", "sandbox", "toml"];
    let not_in_webhook = ["aws-sdk-dynamodb", "aws-sdk-s3", "jsonwebtoken", "octocrab"];
    let mut violations = Vec::new();
    for function in ["webhook", "pull-request", "check-run"] {
        let linked = linked_into(function);
        assert!(
            linked.contains("lambda_runtime"),
            "the closure is computed: {linked:?}"
        );
        let unwanted = never.iter().chain(match function {
            "webhook" => &not_in_webhook[..],
            _ => &[],
        });
        let found = unwanted.filter(|name| linked.contains(**name));
        violations.extend(found.map(|name| format!("{function} links {name}")));
    }
    assert_none("docs/adr/0009: what functions link", &violations);
}

#[test]
fn only_the_runtime_and_the_functions_know_lambda() {
    let violations: Vec<String> = ours()
        .into_iter()
        .filter(|(package, _)| package != "runtime")
        .flat_map(|(package, dependencies)| {
            dependencies
                .into_iter()
                .filter(|name| name.starts_with("lambda_"))
                .map(move |name| format!("{package} depends on {name}"))
        })
        .collect();
    assert_none("docs/architecture.md, \"Direction\"", &violations);
}
