//! Configuration as an operator meets it: files, variables, and what is said of bad ones.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use expect_test::{expect, expect_file};
use secrecy::ExposeSecret;

use super::*;

/// A key that was made a moment ago, in PEM.
static KEY: LazyLock<String> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let encoded = STANDARD.encode(der.as_ref());
    format!("-----BEGIN PRIVATE KEY-----\n{encoded}\n-----END PRIVATE KEY-----\n")
});

/// "secret" in a valid frame.
const NO_KEY: &str = "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n";

/// An ISO 8859-1 é.
const NOT_UTF_8: &[u8] = b"s\xE9cr3t";

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

fn load<V: AsRef<OsStr>>(folder: &Path, environment: &[(&str, V)]) -> Result<Loaded, ConfigError> {
    let owned = |(name, value): &(&str, V)| ((*name).to_owned(), OsString::from(value));
    Config::load(&Sources {
        data: Some(folder.to_owned()),
        environment: environment.iter().map(owned).collect(),
        ..Sources::default()
    })
}

/// What is said of a configuration, with its folder's name replaced.
fn problems<V: AsRef<OsStr>>(folder: &Path, environment: &[(&str, V)]) -> String {
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
        ("key.pem", &KEY),
        ("hook", "It's a Secret to Everybody\n"),
    ]);
    let Loaded { config, warnings } = load::<&str>(folder.path(), &[]).unwrap();
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
        !debug.contains("Everybody") && debug.contains("PrivateKey([REDACTED])"),
        "{debug}"
    );
}

#[test]
fn a_variable_from_elsewhere_is_warned_about_and_one_that_is_misspelt_is_a_problem() {
    let required = [
        ("PHASE_MIRROR_GITHUB_APP_ID", "12"),
        ("PHASE_MIRROR_GITHUB_PRIVATE_KEY", &KEY),
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
            ("PHASE_MIRROR_GITHUB_PRIVATE_KEY", &KEY),
            ("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET", "new"),
            ("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_PREVIOUS", "old"),
            ("PATH", "/bin"),
        ],
    )
    .unwrap();
    assert_eq!(config.workers.get(), 7);
    assert_eq!(config.server.listen.port(), 1);
    assert_eq!(config.github.issuer, "12");
    assert_eq!(
        config.github.api_url.as_str(),
        "https://ghes.example/api/v3"
    );
    assert_eq!(config.github.actions_app_id, None, "differs on every GHES");
    let previous = config.github.webhook_secret_previous.unwrap();
    assert_eq!(previous.expose_secret(), "old");
}

#[test]
fn every_problem_is_named_at_once() {
    let folder = folder(&[
        ("config.toml", include_str!("tests/bad.toml")),
        ("key.pem", NO_KEY),
    ]);
    let found = problems(
        folder.path(),
        &[
            ("PHASE_MIRROR_LOG_LEVEL", OsStr::new("loud")),
            ("PHASE_MIRROR_WORKRS", OsStr::new("3")),
            (
                "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET",
                OsStr::from_bytes(NOT_UTF_8),
            ),
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
    "#]].assert_eq(&problems::<&str>(folder.path(), &[]));
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
        error: the App's private key is not an RSA private key in PEM, from -----BEGIN to -----END
          --> environment variable PHASE_MIRROR_GITHUB_PRIVATE_KEY
           = expected: the App's RSA private key in PEM
           = help: use the .pem file that GitHub gave you, unchanged, with its line breaks; if it is lost, generate a new key on the App's page

        error: PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE holds nothing
          --> environment variable PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE
           = expected: the path of a file that holds the secret
           = help: put the secret there
    "#]]
    .assert_eq(&found);
}

/// Whatever is wrong with a key or an address, it is told with the rest, and not afterwards.
#[test]
fn an_address_is_good_for_tokens_or_a_problem() {
    let with = |api_url| {
        load(
            Path::new("/nonexistent"),
            &[
                ("PHASE_MIRROR_GITHUB_APP_ID", "12"),
                ("PHASE_MIRROR_GITHUB_API_URL", api_url),
                ("PHASE_MIRROR_GITHUB_PRIVATE_KEY", &KEY),
                ("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET", "secret"),
            ],
        )
    };
    for api_url in ["http://127.0.0.2:4000", "http://[::1]", "http://localhost"] {
        let loaded = with(api_url).unwrap();
        assert_eq!(loaded.config.github.api_url.as_str(), api_url);
    }
    for api_url in ["http://192.0.2.1", "https://ghes.example:port", "here"] {
        let problems = with(api_url).unwrap_err().problems;
        let [problem] = &*problems else {
            panic!("{problems:?}");
        };
        let said = format!("PHASE_MIRROR_GITHUB_API_URL is {api_url:?}");
        assert_eq!(problem.what, said);
    }
}

/// Nothing is taken for something else, and the file that says the same is not looked at.
#[test]
fn a_variable_that_is_not_text_is_a_problem_and_is_not_altered() {
    let folder = folder(&[("hook", "secret"), ("key.pem", &KEY)]);
    let path = |name| folder.path().join(name).into_os_string();
    let odd = OsStr::from_bytes(NOT_UTF_8);
    let found = problems(
        folder.path(),
        &[
            ("PHASE_MIRROR_GITHUB_APP_ID", OsStr::new("12")),
            ("PHASE_MIRROR_GITHUB_PRIVATE_KEY_FILE", &path("key.pem")),
            ("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET", odd),
            ("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE", &path("hook")),
            ("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_PREVIOUS", odd),
            ("PHASE_MIRROR_LISTEN", odd),
        ],
    );
    expect![[r#"
        error: PHASE_MIRROR_LISTEN is not UTF-8
          --> environment variable PHASE_MIRROR_LISTEN
           = expected: an IP address and a port, such as 127.0.0.1:8080
           = help: correct it, or remove it to use the default, 127.0.0.1:8080

        error: PHASE_MIRROR_GITHUB_WEBHOOK_SECRET is not UTF-8
          --> environment variable PHASE_MIRROR_GITHUB_WEBHOOK_SECRET
           = expected: the webhook secret
           = help: correct it, or remove it where it is not needed

        error: PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_PREVIOUS is not UTF-8
          --> environment variable PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_PREVIOUS
           = expected: the webhook secret
           = help: correct it, or remove it where it is not needed
    "#]]
    .assert_eq(&found);
}

/// A folder's name may be any bytes; macOS does not let one be made.
#[test]
#[cfg(target_os = "linux")]
fn the_data_folder_need_not_be_text() {
    let data = folder(&[]);
    let odd = data.path().join(OsStr::from_bytes(NOT_UTF_8));
    std::fs::create_dir(&odd).unwrap();
    std::fs::write(odd.join("config.toml"), "workers = 0").unwrap();
    let sources = Sources {
        environment: [("PHASE_MIRROR_DATA".to_owned(), OsString::from(&odd))].into(),
        ..Sources::default()
    };
    let problems = Config::load(&sources).unwrap_err().problems;
    assert!(
        problems.iter().any(|it| it.what == "`workers` is 0"),
        "{problems:?}"
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
            ("PHASE_MIRROR_GITHUB_PRIVATE_KEY", &KEY),
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

/// An App that was set up, in this folder.
fn set_up(folder: &Path, api_url: &str) {
    let app = crate::app_file::StoredApp {
        api_url: &ApiUrl::new(api_url).unwrap(),
        id: 7,
        client_id: "Iv23liSTORED",
        private_key: &KEY.as_str().into(),
        webhook_secret: &"stored".into(),
    };
    crate::app_file::store(folder, &app).unwrap();
}

#[test]
fn an_app_that_was_set_up_needs_no_configuration() {
    let folder = folder(&[("config.toml", "workers = 2\n")]);
    set_up(folder.path(), "https://ghes.example/api/v3");
    let loaded = load::<&str>(folder.path(), &[]).unwrap();
    assert_eq!(loaded.warnings, []);
    let config = loaded.config;
    assert_eq!(config.workers.get(), 2);
    assert_eq!(config.github.issuer, "Iv23liSTORED");
    assert_eq!(config.github.webhook_secret.expose_secret(), "stored");
    assert_eq!(
        config.github.api_url.as_str(),
        "https://ghes.example/api/v3"
    );
    let shown = format!("{config:?}");
    assert!(!shown.contains("\"stored\""), "{shown}");

    // What is said elsewhere goes before it, such as a key that was renewed.
    let secret = [("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET", "renewed")];
    let loaded = load(folder.path(), &secret).unwrap();
    let config = loaded.config;
    assert_eq!(config.github.webhook_secret.expose_secret(), "renewed");
    // It may as well be left over from another App.
    let [warning] = &loaded.warnings[..] else {
        panic!("{:?}", loaded.warnings);
    };
    let warning = warning.to_string();
    assert!(
        warning.contains("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET") && warning.contains("in place of"),
        "{warning}"
    );
}

#[test]
fn two_apps_are_never_mixed() {
    let folder = folder(&[]);
    set_up(folder.path(), github::GITHUB_COM);
    let named = [("PHASE_MIRROR_GITHUB_APP_ID", "8")];
    let said = problems(folder.path(), &named);
    assert!(
        said.contains("`github.private_key_file` is not set"),
        "{said}"
    );
    assert!(
        said.contains("`github.webhook_secret_file` is not set"),
        "{said}"
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
