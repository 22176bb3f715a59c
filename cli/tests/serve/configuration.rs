//! What a user is told who starts it wrongly.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::http::request;
use crate::process::{phase_mirror, run};
use crate::story::GitHub;

/// A key that is none, in a valid PEM frame.
const NO_KEY: &str = "-----BEGIN RSA PRIVATE KEY-----\nbm8ga2V5\n-----END RSA PRIVATE KEY-----\n";

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn every_problem_of_a_configuration_is_named_and_nothing_starts() {
    let data = tempfile::tempdir().unwrap();
    let output = phase_mirror(
        &["serve", "--data", data.path().to_str().unwrap()],
        &[
            ("PHASE_MIRROR_WORKERS", "none"),
            ("PHASE_MIRROR_LOG_LEVEL", "loud"),
            ("PHASE_MIRROR_GITHUB_API_URL", "http://192.0.2.1/api/v3"),
            ("PHASE_MIRROR_GITHUB_PRIVATE_KEY", NO_KEY),
            ("PHASE_MIRROR_GITHUB_WEBHOOK_SECRT", "hush"),
        ],
    )
    .env(
        "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_PREVIOUS",
        OsStr::from_bytes(b"hu\xFFsh"),
    )
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    for part in [
        "PHASE_MIRROR_WORKERS is \"none\"",
        "PHASE_MIRROR_LOG_LEVEL is \"loud\"",
        "did you mean PHASE_MIRROR_GITHUB_WEBHOOK_SECRET?",
        "neither client ID nor id",
        "PHASE_MIRROR_GITHUB_API_URL is \"http://192.0.2.1/api/v3\"",
        "the App's private key is not an RSA private key in PEM",
        "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_PREVIOUS is not UTF-8",
        "`github.webhook_secret_file` is not set",
        "error[PM-E401]: the configuration has 8 problems; nothing was started",
    ] {
        assert!(said.contains(part), "no {part:?} in:\n{said}");
    }
    for secret in ["hush", "bm8ga2V5", "hu\u{FFFD}sh"] {
        assert!(!said.contains(secret), "{said}");
    }
    assert!(!said.contains('\u{1b}'), "no colours without a terminal");
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_no_key_is_a_problem_of_the_configuration() {
    let github = GitHub::start().await;
    let mut environment = github.environment();
    environment.retain(|(name, _)| !name.ends_with("PRIVATE_KEY"));
    environment.push(("PHASE_MIRROR_GITHUB_PRIVATE_KEY", NO_KEY));
    let output = run(&["serve", "--check-config"], &environment);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(!stderr(&output).contains("bm8ga2V5"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_configuration_can_be_checked_without_a_start() {
    let github = GitHub::start().await;
    let output = run(&["serve", "--check-config"], &github.environment());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(output.stdout, b"the configuration is valid\n");
    assert!(github.sandbox.calls().is_empty());
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_right() {
    for arguments in [
        &["serve", "--once"][..],
        &["serve", "--sandbox", "--config", "x"],
        &["chekc"],
    ] {
        let output = run(arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains("Usage:"), "{arguments:?}");
    }
}

#[test]
fn help_names_the_exit_codes() {
    let output = run(&["serve", "--help"], &[]);
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(
        help.contains("Exit codes:") && help.contains("Examples:"),
        "{help}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_is_for_one_process() {
    let github = GitHub::start().await;
    let data = tempfile::tempdir().unwrap();
    let server = github.serve(&data);
    let folder = data.path().to_str().unwrap();
    let second = phase_mirror(
        &["serve", "--listen", "127.0.0.1:0", "--data", folder],
        &github.environment(),
    )
    .output()
    .unwrap();
    assert_eq!(second.status.code(), Some(3));
    assert!(
        stderr(&second).contains("is in use by"),
        "{}",
        stderr(&second)
    );
    assert_eq!(request(server.address, "GET", "/health").status, 200);
}
