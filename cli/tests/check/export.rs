//! From a GitHub to a settings file to a report, each step as a user does it.

use std::process::{Command, Output};

use sandbox::{Access, GITHUB_ACTIONS, NewApp, Options, Ruleset, Sandbox};

use crate::repository::{CI, Repository, stderr, stdout, workflow};

/// Runs the binary beside the sandbox, which answers on this test's runtime.
async fn export(sandbox: &Sandbox, token: String, repository: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phase-mirror"));
    command
        .args(["settings", "export", repository])
        .args(["--api-url", sandbox.base_url()])
        .args(["--actions-app-id", &GITHUB_ACTIONS.0.to_string()])
        .env_clear()
        .env("GITHUB_TOKEN", token);
    tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_github_enforces_is_what_the_checkout_is_held_to() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let app = sandbox.create_app(
        NewApp::named("Somebody")
            .permission("actions", Access::Read)
            .permission("checks", Access::Read)
            .permission("contents", Access::Read)
            .permission("pull_requests", Access::Read)
            .permission("statuses", Access::Read),
    );
    let hosted = sandbox.create_repository("octo-org/hello", [(CI, workflow("test").as_str())]);
    hosted.add_ruleset(Ruleset::named("checks").requires_check_from("test", GITHUB_ACTIONS));
    let token = app.install("octo-org").access_token();

    let exported = export(&sandbox, token.clone(), "octo-org/hello").await;
    assert_eq!(exported.status.code(), Some(0), "{exported:?}");
    assert_eq!(stderr(&exported), "");
    assert!(!stdout(&exported).contains(&token));

    let checkout = Repository::new();
    checkout.write("settings.json", &stdout(&exported));
    let arguments = ["--settings", "settings.json"];
    assert_eq!(checkout.report(&arguments)["decision"]["outcome"], "pass");
    checkout.write(CI, &workflow("tests"));
    let report = checkout.report(&arguments);
    assert_eq!(report["summary"]["by_status"]["new"], 1, "{report}");

    let missing = export(&sandbox, token, "octo-org/elsewhere").await;
    let said = stderr(&missing);
    assert_eq!(missing.status.code(), Some(3), "{said}");
    assert!(
        said.contains("cannot read the settings of octo-org/elsewhere"),
        "{said}"
    );
    assert!(said.contains("help: check the name"), "{said}");
}
