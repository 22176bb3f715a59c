//! Configuration as an operator meets it: files, variables, and what is said of bad ones.

use std::collections::BTreeMap;
use std::path::Path;

use expect_test::{expect, expect_file};
use secrecy::ExposeSecret;

use super::*;

const KEY: &str = "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n";

/// A data folder with these files, each readable by its owner only.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        set_mode(&path, 0o600);
    }
    folder
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn load(folder: &Path, environment: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Config::load(&Sources {
        data: Some(folder.to_owned()),
        environment: environment.iter().map(owned).collect::<BTreeMap<_, _>>(),
        ..Sources::default()
    })
}

/// What is said of a configuration, with its folder's name replaced.
fn problems(folder: &Path, environment: &[(&str, &str)]) -> String {
    let error = load(folder, environment).unwrap_err();
    let shown: Vec<_> = error
        .problems
        .iter()
        .map(|problem| format!("error: {problem}\n"))
        .collect();
    let folder = folder.to_str().unwrap();
    shown.join("\n").replace(folder, "DATA")
}

#[test]
fn a_small_file_is_enough() {
    let folder = folder(&[
        (
            "config.toml",
            "[github]\nclient_id = 'Iv23liABCDEF'\nprivate_key_file = 'key.pem'\nwebhook_secret_file = 'hook'\n",
        ),
        ("key.pem", KEY),
        ("hook", "It's a Secret to Everybody\n"),
    ]);
    let Loaded { config, warnings } = load(folder.path(), &[]).unwrap();
    assert_eq!(warnings, []);
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.github.issuer, "Iv23liABCDEF");
    assert_eq!(config.github.actions_app_id, Some(15368));
    assert_eq!(
        config.github.webhook_secret.expose_secret(),
        "It's a Secret to Everybody"
    );
    let debug = format!("{config:?}");
    assert!(
        !debug.contains("Everybody") && !debug.contains("c2VjcmV0"),
        "{debug}"
    );
}

#[test]
fn a_variable_from_elsewhere_is_warned_about_and_one_that_is_misspelt_is_a_problem() {
    let required = [
        ("PHASE_MIRROR_GITHUB_APP_ID", "12"),
        ("PHASE_MIRROR_GITHUB_PRIVATE_KEY", KEY),
        ("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET", "secret"),
    ];
    let folder = folder(&[]);
    // As Kubernetes sets it where a service has our name.
    let elsewhere = ("PHASE_MIRROR_SERVICE_HOST", "10.0.0.1");
    let loaded = load(folder.path(), &[&required[..], &[elsewhere]].concat()).unwrap();
    assert_eq!(loaded.warnings.len(), 1);
    let warning = loaded.warnings[0].to_string();
    assert!(warning.contains("PHASE_MIRROR_SERVICE_HOST"), "{warning}");

    let misspelt = ("PHASE_MIRROR_WORKER", "2");
    let error = load(folder.path(), &[&required[..], &[misspelt]].concat()).unwrap_err();
    assert_eq!(error.problems.len(), 1);
    assert_eq!(error.problems[0].help, "did you mean PHASE_MIRROR_WORKERS?");
}

#[test]
fn variables_alone_are_enough_and_override_the_file() {
    let folder = folder(&[("config.toml", "workers = 2\nlisten = '127.0.0.1:1'\n")]);
    let Loaded { config, .. } = load(
        folder.path(),
        &[
            ("PHASE_MIRROR_WORKERS", "7"),
            ("PHASE_MIRROR_GITHUB_APP_ID", "12"),
            (
                "PHASE_MIRROR_GITHUB_API_URL",
                "https://ghes.example/api/v3/",
            ),
            ("PHASE_MIRROR_GITHUB_PRIVATE_KEY", KEY),
            ("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET", "new"),
            ("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_PREVIOUS", "old"),
            ("PATH", "/bin"),
        ],
    )
    .unwrap();
    assert_eq!(config.workers.get(), 7);
    assert_eq!(config.server.listen.port(), 1);
    assert_eq!(config.github.issuer, "12");
    assert_eq!(config.github.api_url, "https://ghes.example/api/v3");
    assert_eq!(config.github.actions_app_id, None, "differs on every GHES");
    let previous = config.github.webhook_secret_previous.unwrap();
    assert_eq!(previous.expose_secret(), "old");
}

#[test]
fn every_problem_is_named_at_once() {
    let folder = folder(&[("config.toml", include_str!("tests/bad.toml"))]);
    let found = problems(
        folder.path(),
        &[
            ("PHASE_MIRROR_LOG_LEVEL", "loud"),
            ("PHASE_MIRROR_WORKRS", "3"),
        ],
    );
    expect_file!["tests/bad.txt"].assert_eq(&found);
}

#[test]
fn a_broken_file_is_shown_by_line_without_its_text() {
    let folder = folder(&[(
        "config.toml",
        "workers = 3\n\n[github\nwebhook_secret = s3cr3t\n",
    )]);
    expect![[r#"
        error: this is not TOML: unclosed table, expected `]`
          --> DATA/config.toml:3
           = expected: `key = value` or `[table]`
           = help: strings need quotes, and a table's name stands in brackets

        error: the App has neither client ID nor id
          --> not in the file, not in the environment
           = expected: the App's client ID or its id
           = help: set `github.client_id` in the file, or PHASE_MIRROR_GITHUB_CLIENT_ID

        error: `github.private_key_file` is not set
          --> not in the file, not in the environment
           = expected: the App's RSA private key in PEM
           = help: set `github.private_key_file` in the file, or PHASE_MIRROR_GITHUB_PRIVATE_KEY_FILE

        error: `github.webhook_secret_file` is not set
          --> not in the file, not in the environment
           = expected: the webhook secret
           = help: set `github.webhook_secret_file` in the file, or PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE
    "#]].assert_eq(&problems(folder.path(), &[]));
}

#[test]
fn a_file_that_was_asked_for_has_to_be_there() {
    let error = Config::load(&Sources {
        file: Some("/nonexistent/phase-mirror.toml".into()),
        ..Sources::default()
    })
    .unwrap_err();
    let first = &error.problems[0];
    assert!(first.what.contains("can't be read"), "{first}");
}

#[test]
fn empty_and_malformed_secrets_are_refused_without_being_shown() {
    let folder = folder(&[("hook", "\n")]);
    let hook = folder.path().join("hook");
    let found = problems(
        folder.path(),
        &[
            ("PHASE_MIRROR_GITHUB_APP_ID", "12"),
            ("PHASE_MIRROR_GITHUB_PRIVATE_KEY", "s3cr3t but not PEM"),
            (
                "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE",
                hook.to_str().unwrap(),
            ),
        ],
    );
    expect![[r#"
            error: the App's private key has no PEM header of a private key
              --> environment variable PHASE_MIRROR_GITHUB_PRIVATE_KEY
               = expected: the App's RSA private key in PEM
               = help: use the .pem file that GitHub gave you, unchanged, with its line breaks

            error: PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE holds nothing
              --> environment variable PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE
               = expected: the path of a file that holds the secret
               = help: put the secret there
        "#]]
    .assert_eq(&found);
}

#[test]
fn a_secret_that_others_can_read_is_warned_about() {
    let folder = folder(&[("hook", "secret")]);
    let hook = folder.path().join("hook");
    set_mode(&hook, 0o644);
    let loaded = load(
        folder.path(),
        &[
            ("PHASE_MIRROR_GITHUB_APP_ID", "12"),
            ("PHASE_MIRROR_GITHUB_PRIVATE_KEY", KEY),
            (
                "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE",
                hook.to_str().unwrap(),
            ),
        ],
    )
    .unwrap();
    let warning = loaded.warnings[0].to_string();
    assert!(
        warning.contains("mode 644") && warning.contains("chmod 600"),
        "{warning}"
    );
}

#[test]
fn names_and_variables_are_one_to_one() {
    for key in KEYS {
        let from_name = key.name.replace('.', "_").to_uppercase();
        if !key.name.is_empty() {
            assert_eq!(key.variable, format!("PHASE_MIRROR_{from_name}"));
        }
        assert_eq!(
            KEYS.iter().filter(|k| k.variable == key.variable).count(),
            1
        );
    }
}

/// `UPDATE_EXPECT=1 cargo test -p runtime` renders the document again.
#[test]
fn the_document_lists_every_key() {
    expect_file!["../../../../docs/configuration.md"].assert_eq(&document());
}
