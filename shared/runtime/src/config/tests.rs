//! Configuration as an operator meets it: files, variables, and what is said of bad ones.

use std::collections::BTreeMap;
use std::path::Path;

use expect_test::{Expect, expect, expect_file};
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

fn problems(folder: &Path, environment: &[(&str, &str)], expected: &Expect) {
    let error = load(folder, environment).unwrap_err();
    let shown: Vec<_> = error
        .problems
        .iter()
        .map(|problem| format!("error: {problem}\n"))
        .collect();
    let folder = folder.to_str().unwrap();
    expected.assert_eq(&shown.join("\n").replace(folder, "DATA"));
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
    assert_eq!(config.workers, 7);
    assert_eq!(config.server.listen.port(), 1);
    assert_eq!(config.github.issuer, "12");
    assert_eq!(config.github.api_url, "https://ghes.example/api/v3");
    assert_eq!(config.github.actions_app_id, None, "differs on every GHES");
    let previous = config.github.webhook_secret_previous.unwrap();
    assert_eq!(previous.expose_secret(), "old");
}

#[test]
fn every_problem_is_named_at_once() {
    let folder = folder(&[(
        "config.toml",
        "\
lisen = '127.0.0.1:8080'
workers = 'many'
max_body_bytes = 1

[github]
api_url = 'http://github.example'
app_id = 'hunter2'
webhook_secret = 's3cr3t-in-the-wrong-place'
private_key_file = 'nowhere.pem'

[log]
format = true
",
    )]);
    problems(
        folder.path(),
        &[
            ("PHASE_MIRROR_LOG_LEVEL", "loud"),
            ("PHASE_MIRROR_WORKRS", "3"),
        ],
        &expect![[r#"
            error: there is no key `lisen`
              --> DATA/config.toml:1
               = expected: a key of docs/configuration.md
               = help: did you mean `listen`?

            error: `workers` is the text "many"
              --> DATA/config.toml:2
               = expected: a whole number from 1 to 64
               = help: correct it, or remove it to use the default, 4

            error: `max_body_bytes` is 1
              --> DATA/config.toml:3
               = expected: a whole number from 1024 to 26214400
               = help: correct it, or remove it to use the default, 26214400

            error: `github.api_url` is "http://github.example"
              --> DATA/config.toml:6
               = expected: an https URL without query (http only for a loopback address)
               = help: correct it, or remove it to use the default, https://api.github.com

            error: `github.app_id` is the text "hunter2"
              --> DATA/config.toml:7
               = expected: the App's id, a whole number from 1
               = help: correct it, or remove it where it is not needed

            error: there is no key `github.webhook_secret`
              --> DATA/config.toml:8
               = expected: a key of docs/configuration.md
               = help: secrets don't belong in this file: put it into a file of its own and name that with `github.webhook_secret_file`, or set PHASE_MIRROR_GITHUB_WEBHOOK_SECRET

            error: `github.private_key_file` names DATA/nowhere.pem: No such file or directory (os error 2)
              --> DATA/config.toml:9
               = expected: the path of a PEM file with the App's RSA private key
               = help: correct the path, or let this user read the file

            error: `log.format` is a TOML boolean
              --> DATA/config.toml:12
               = expected: `text` or `json`
               = help: correct it, or remove it to use the default, text

            error: there is no setting PHASE_MIRROR_WORKRS
              --> environment variable PHASE_MIRROR_WORKRS
               = expected: a variable of docs/configuration.md
               = help: did you mean PHASE_MIRROR_WORKERS?

            error: PHASE_MIRROR_LOG_LEVEL is "loud"
              --> environment variable PHASE_MIRROR_LOG_LEVEL
               = expected: `error`, `warn`, `info`, `debug` or `trace`
               = help: correct it, or remove it to use the default, info

            error: `github.webhook_secret_file` is not set
              --> not in the file, not in the environment
               = expected: the webhook secret
               = help: set `github.webhook_secret_file` in the file, or PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE
        "#]],
    );
}

#[test]
fn a_broken_file_is_shown_by_line_without_its_text() {
    let folder = folder(&[(
        "config.toml",
        "workers = 3\n\n[github\nwebhook_secret = s3cr3t\n",
    )]);
    problems(
        folder.path(),
        &[],
        &expect![[r#"
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
    "#]],
    );
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
    problems(
        folder.path(),
        &[
            ("PHASE_MIRROR_GITHUB_APP_ID", "12"),
            ("PHASE_MIRROR_GITHUB_PRIVATE_KEY", "s3cr3t but not PEM"),
            (
                "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE",
                hook.to_str().unwrap(),
            ),
        ],
        &expect![[r#"
            error: the App's private key has no PEM header of a private key
              --> environment variable PHASE_MIRROR_GITHUB_PRIVATE_KEY
               = expected: the App's RSA private key in PEM
               = help: use the .pem file that GitHub gave you, unchanged, with its line breaks

            error: PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE holds nothing
              --> environment variable PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE
               = expected: the path of a file that holds the secret
               = help: put the secret there
        "#]],
    );
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
