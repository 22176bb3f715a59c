//! What can't be done is said, with what helps.

use std::process::Output;

use expect_test::{Expect, expect};

use crate::scene::{POLICY, Scene, stderr, stdout};

#[track_caller]
fn refused(output: &Output, code: i32, expected: &Expect) {
    expected.assert_eq(&stderr(output));
    assert_eq!(stdout(output), "");
    assert_eq!(output.status.code(), Some(code));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_with_errors_judges_nothing() {
    let scene = Scene::with_a_past().await;
    scene.write(
        "wrong.yml",
        "version: 1\nthresholds:\n  high: many\nrule: {}\n",
    );
    let output = scene.backtest(&["--policy", "wrong.yml"]).await;
    refused(
        &output,
        2,
        &expect![[r#"
        error: wrong.yml:3:9: thresholds.high: expected a whole number from 0 to 1000000, found `many`
        help: Write how many new findings are tolerated; one more blocks.
        error: wrong.yml:4:1: rule: expected a known key, found `rule`
        help: Did you mean `rules`?
        error[PM-E501]: the policy has 2 errors; nothing was judged
    "#]],
    );
    let output = scene.backtest(&["--policy", "nowhere.yml"]).await;
    refused(
        &output,
        2,
        &expect![[r#"
        error[PM-E605]: cannot read nowhere.yml
          caused by: No such file or directory (os error 2)
        help: docs/policy.md lists every key; schemas/phase-mirror-policy.v1.schema.json is for editors
    "#]],
    );
    // The branch's own.
    scene
        .hosted
        .push("main", "Break it", [(POLICY, "version: 2\n")]);
    refused(
        &scene.backtest(&[]).await,
        2,
        &expect![[r#"
        error: .github/phase-mirror.yml:1:10: version: expected `1`, found `2`
        help: Write `version: 1`, the only version that there is.
        error[PM-E501]: the policy has 1 error; nothing was judged
    "#]],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_github_refuses_is_said_with_what_helps() {
    let scene = Scene::with_a_past().await;
    let output = scene.backtest_of("octo-org/elsewhere", &[]).await;
    refused(
        &output,
        3,
        &expect![[r#"
        error[PM-E301]: cannot read octo-org/elsewhere at GitHub
          caused by: GET /repos/{owner}/{repo}: not found
          caused by: GitHub answered 404 Not Found: Not Found
        help: check the name, and that the token's owner can see the repository
    "#]],
    );
    let output = scene.backtest(&["--branch", "nowhere"]).await;
    refused(
        &output,
        3,
        &expect![[r#"
        error[PM-E301]: cannot read octo-org/hello at GitHub
          caused by: GET /repos/{owner}/{repo}/branches/{branch}: not found
          caused by: GitHub answered 404 Not Found: Branch not found
        help: check the name, and that the token's owner can see the repository
    "#]],
    );
    let output = scene.backtest_as("ghp_wrong", "octo-org/hello", &[]).await;
    refused(
        &output,
        3,
        &expect![[r#"
        error[PM-E303]: cannot read octo-org/hello at GitHub
          caused by: GET /repos/{owner}/{repo}: credentials refused
          caused by: GitHub answered 401 Unauthorized: Bad credentials
        help: GitHub does not take the token: renew it
    "#]],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn help_has_examples_and_exit_codes() {
    let scene = Scene::new().await;
    let output = scene.backtest(&["--help"]).await;
    let help = stdout(&output);
    assert!(
        help.contains("Exit codes:") && help.contains("Examples:"),
        "{help}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_meant_asks_nobody() {
    let scene = Scene::with_a_past().await;
    let none = scene.command("octo-org/hello", &[]).output().unwrap();
    refused(
        &none,
        2,
        &expect![[r#"
        error[PM-E605]: no token for GitHub: neither GITHUB_TOKEN nor GH_TOKEN is set
        help: create one that reads the repository, or use `gh auth token`
    "#]],
    );
    for (arguments, says) in [
        (&["--last", "0"][..], "0 is not in 1..=1000"),
        (&["--last", "1001"], "1001 is not in 1..=1000"),
        (&["--format", "sarif"], "possible values: text, json"),
        (&["--branch", "a..b"], "is not a Git branch name"),
    ] {
        let output = scene.backtest(arguments).await;
        assert!(stderr(&output).contains(says), "{output:?}");
        assert_eq!(output.status.code(), Some(2));
    }
    let calls = scene.take_calls();
    assert_eq!(calls, [""; 0], "{calls:?}");
}
