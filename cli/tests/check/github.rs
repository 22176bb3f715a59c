//! `check --github`: a pull request, a branch and a checkout held to what GitHub says, with a
//! token of one's own. GitHub is the sandbox.

use std::process::Output;

use expect_test::{Expect, expect};
use sandbox::{
    Access, GITHUB_ACTIONS, Installation, NewApp, Options, Repository as Hosted, Ruleset, Sandbox,
};
use serde_json::Value;

use crate::repository::{CI, Repository, stderr, stdout, workflow};

/// An organisation's repository whose branch requires the check `test`, and somebody who may read
/// it.
struct Scene {
    sandbox: Sandbox,
    hosted: Hosted,
    reader: Installation,
    checkout: Repository,
}

impl Scene {
    async fn new() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let reads = ["actions", "checks", "contents", "pull_requests", "statuses"];
        let app = reads.iter().fold(NewApp::named("Somebody"), |app, name| {
            app.permission(name, Access::Read)
        });
        let app = sandbox.create_app(app);
        let hosted = sandbox.create_repository("octo-org/hello", [(CI, workflow("test").as_str())]);
        hosted.add_ruleset(Ruleset::named("checks").requires_check_from("test", GITHUB_ACTIONS));
        Self {
            reader: app.install("octo-org"),
            sandbox,
            hosted,
            checkout: Repository::new(),
        }
    }

    /// A pull request that renames the job, so that nothing reports `test` any more.
    fn contradiction(&self) -> u64 {
        self.hosted.create_branch("rename", "main");
        let renamed = workflow("tests");
        self.hosted
            .push("rename", "Rename the job", [(CI, renamed.as_str())]);
        let pull_request = self.hosted.open_pull_request("rename", "main", "Tidy up");
        pull_request.number()
    }

    async fn check(&self, arguments: &[&str]) -> Output {
        self.check_as(&self.reader.access_token(), arguments).await
    }

    async fn check_as(&self, token: &str, arguments: &[&str]) -> Output {
        let actions = GITHUB_ACTIONS.0.to_string();
        let platform = [
            "--api-url",
            self.sandbox.base_url(),
            "--actions-app-id",
            &actions,
        ];
        let mut command = self
            .checkout
            .command(&[&["check"], arguments, &platform].concat());
        command.env("GITHUB_TOKEN", token);
        // The sandbox answers on this test's runtime.
        tokio::task::spawn_blocking(move || command.output())
            .await
            .unwrap()
            .unwrap()
    }

    async fn report(&self, arguments: &[&str]) -> Value {
        let output = self
            .check(&[arguments, &["--format", "json"]].concat())
            .await;
        serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{output:?}"))
    }
}

fn titles(report: &Value) -> Vec<String> {
    let items = report["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            format!(
                "{} {}",
                item["status"].as_str().unwrap(),
                item["title"].as_str().unwrap()
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_is_judged_as_the_app_would() {
    let scene = Scene::new().await;
    let target = format!("octo-org/hello#{}", scene.contradiction());
    let output = scene.check(&["--github", &target, "--explain-calls"]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    expect![[r#"
        warning[MD-001]: Required check `test` is reported by nothing
         --> .github/workflows/ci.yml:3
          |
        3 |   tests:
          |   ^^^^^^
          |
          = finding: PM-3Y2J3, severity high, rule version 2 in mode warn
          = why: `main` requires `test`, from GitHub Actions (ruleset 1000008 of octo-org/hello). At the
                 base job `test` of `.github/workflows/ci.yml` reports it; with this change that job is
                 gone.
          = fix: Keep a job of the name `test`, or stop requiring it before this is merged.
          = dispute: comment `/phase-mirror fp PM-3Y2J3 <reason>` on the pull request, or suppress it in
                     `.github/phase-mirror.yml` on the base branch

        warn: 1 new finding, not enough to block.
    "#]].assert_eq(&stdout(&output));
    // The first look at a repository, with nothing kept: docs/api-economy.md.
    let said = stderr(&output);
    let calls: usize = said.split(' ').next().unwrap().parse().unwrap();
    assert!(calls <= 12, "{said}");
    assert_eq!(calls, scene.sandbox.calls().len(), "{said}");
    expect![[r#"
        8 calls of GitHub:
          GET /repos/{owner}/{repo}/actions/workflows        200
          GET /repos/{owner}/{repo}/branches/{branch}        200
          GET /repos/{owner}/{repo}/git/trees/{tree_sha}     200
          GET /repos/{owner}/{repo}/git/trees/{tree_sha}     200
          GET /repos/{owner}/{repo}/rules/branches/{branch}  200
          POST /graphql                                      200
          POST /graphql                                      200
          POST /graphql                                      200
    "#]]
    .assert_eq(&without_quota(&said));
    let written = scene.sandbox.calls().into_iter();
    let written: Vec<_> = written
        .filter(|call| call.method != "GET" && call.path != "/graphql")
        .collect();
    assert_eq!(written.len(), 0, "{written:?}");
}

/// The calls without what is left of the limit, which several token's calls share.
fn without_quota(said: &str) -> String {
    let mut lines: Vec<String> = said
        .lines()
        .map(|line| line.split(", ").next().unwrap().to_owned() + "\n")
        .collect();
    // They are made at once, and end in any order.
    lines[1..].sort();
    lines.concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn its_exit_code_follows_the_policy_of_its_base() {
    let scene = Scene::new().await;
    let policy = "version: 1\npreset: strict\nrules: {MD-001: {mode: block}}\n";
    scene
        .hosted
        .push("main", "Be strict", [(".github/phase-mirror.yml", policy)]);
    let target = format!("octo-org/hello#{}", scene.contradiction());
    let output = scene.check(&["--github", &target]).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organisations_policy_is_asked_for_too() {
    let scene = Scene::new().await;
    let policy = "version: 1\npreset: strict\nrules: {MD-001: {mode: block}}\n";
    scene
        .sandbox
        .create_repository("octo-org/.github", [(".github/phase-mirror.yml", policy)]);
    let target = format!("octo-org/hello#{}", scene.contradiction());
    let output = scene.check(&["--github", &target]).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    // One that is named stands in its place.
    scene.checkout.write("mild.yml", "version: 1\n");
    let named = ["--organization-policy", "mild.yml"];
    let output = scene
        .check(&[&["--github", &target], &named[..]].concat())
        .await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_judged_as_its_branch_is() {
    let scene = Scene::new().await;
    let report = scene.report(&["--github", "octo-org/hello"]).await;
    assert_eq!(titles(&report), [""; 0], "{report}");
    assert_eq!(
        report["meta"]["commit"],
        scene.hosted.tip("main").to_string()
    );
    let renamed = workflow("tests");
    scene
        .hosted
        .push("main", "Rename", [(CI, renamed.as_str())]);
    let report = scene.report(&["--github", "octo-org/hello"]).await;
    let expected = "new Required check `test` is reported by nothing";
    assert!(titles(&report)[0].starts_with(expected), "{report}");
    assert_eq!(report["meta"]["base_commit"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_branch_of_it() {
    let scene = Scene::new().await;
    scene.contradiction();
    scene.hosted.add_ruleset(
        Ruleset::named("rename")
            .on(&["refs/heads/rename"])
            .requires_check_from("test", GITHUB_ACTIONS),
    );
    let arguments = ["--github", "octo-org/hello", "--branch", "rename"];
    let report = scene.report(&arguments).await;
    assert_eq!(titles(&report).len(), 1, "{report}");
    assert_eq!(
        report["meta"]["commit"],
        scene.hosted.tip("rename").to_string()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_is_held_to_what_github_says_now() {
    let scene = Scene::new().await;
    let arguments = [".", "--github", "octo-org/hello"];
    assert_eq!(titles(&scene.report(&arguments).await), [""; 0]);
    scene.checkout.write(CI, &workflow("tests"));
    let report = scene.report(&arguments).await;
    assert_eq!(titles(&report).len(), 1, "{report}");
    // The rule is taken back at GitHub, and nothing contradicts it any more.
    scene.hosted.remove_ruleset("checks");
    assert_eq!(titles(&scene.report(&arguments).await), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_token_may_not_see_is_said() {
    let scene = Scene::new().await;
    let poor = scene.sandbox.create_app(
        NewApp::named("Poor")
            .permission("contents", Access::Read)
            .permission("pull_requests", Access::Read),
    );
    let token = poor.install("octo-org").access_token();
    let output = scene
        .check_as(&token, &["--github", "octo-org/hello", "--format", "json"])
        .await;
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let missing = report["meta"]["unavailable"].as_array().unwrap();
    let missing: Vec<&str> = missing
        .iter()
        .map(|it| it["fact"].as_str().unwrap())
        .collect();
    assert!(
        missing.iter().any(|fact| fact.contains("workflow")),
        "{missing:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_merge_that_takes_its_time_is_waited_for() {
    let scene = Scene::new().await;
    let number = scene.contradiction();
    scene.hosted.pull_request(number).hold_test_merge(1);
    let target = format!("octo-org/hello#{number}");
    let output = scene.check(&["--github", &target]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(stderr(&output), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pull_request_is_judged_and_said_to_be_closed() {
    let scene = Scene::new().await;
    let number = scene.contradiction();
    scene.hosted.pull_request(number).close();
    let target = format!("octo-org/hello#{number}");
    let output = scene.check(&["--github", &target]).await;
    assert!(stdout(&output).contains("`test`"), "{output:?}");
    assert!(stderr(&output).contains("#1 is not open"), "{output:?}");
}

/// Nothing is judged, and it is said why.
async fn refuses(scene: &Scene, arguments: &[&str], code: i32, expected: Expect) {
    let output = scene.check(arguments).await;
    expected.assert_eq(&stderr(&output));
    assert_eq!(stdout(&output), "");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_go_together_is_refused_before_anybody_is_asked() {
    let scene = Scene::new().await;
    refuses(
        &scene,
        &[".", "--github", "octo-org/hello#1"],
        2,
        expect![[r#"
            error[PM-E605]: a pull request at GitHub is not judged in a checkout
            help: leave out PATH; or leave out `#N`, check the pull request out, and say --base
        "#]],
    )
    .await;
    refuses(
        &scene,
        &["--github", "octo-org/hello", "--base", "main"],
        2,
        expect![[r#"
            error[PM-E605]: --base is a revision of a checkout, and none is named
            help: name one: `phase-mirror check . --github OWNER/REPO --base REV`
        "#]],
    )
    .await;
    refuses(
        &scene,
        &["--github", "octo-org/hello#1", "--branch", "main"],
        2,
        expect![[r#"
            error[PM-E605]: a pull request has its own base branch
            help: leave out --branch
        "#]],
    )
    .await;
    refuses(
        &scene,
        &["--github", "octo-org/hello#zero"],
        2,
        expect![[r#"
            error: invalid value 'octo-org/hello#zero' for '--github <OWNER/REPO[#N]>': after `#` stands a pull request's number, such as octo-org/hello#7

            For more information, try '--help'.
        "#]],
    )
    .await;
    assert_eq!(scene.sandbox.calls().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_github_refuses_is_said_with_what_helps() {
    let scene = Scene::new().await;
    refuses(
        &scene,
        &["--github", "octo-org/elsewhere#1"],
        3,
        expect![[r#"
            error[PM-E301]: cannot read octo-org/elsewhere#1 at GitHub
              caused by: POST /graphql: not found
              caused by: error "NOT_FOUND" at "repository"
            help: check the name, and that the token's owner can see the repository
        "#]],
    )
    .await;
    refuses(
        &scene,
        &["--github", "octo-org/hello#99"],
        3,
        expect![[r#"
            error[PM-E301]: cannot read octo-org/hello#99 at GitHub
              caused by: POST /graphql: not found
              caused by: error "NOT_FOUND" at "repository"."pullRequest"
            help: check the name, and that the token's owner can see the repository
        "#]],
    )
    .await;
    refuses(
        &scene,
        &["--github", "octo-org/hello", "--branch", "nowhere"],
        3,
        expect![[r#"
            error[PM-E301]: cannot read octo-org/hello at GitHub
              caused by: GET /repos/{owner}/{repo}/branches/{branch}: not found
              caused by: GitHub answered 404 Not Found: Branch not found
            help: check the name, and that the token's owner can see the repository
        "#]],
    )
    .await;
    let output = scene
        .check_as("ghp_wrong", &["--github", "octo-org/hello"])
        .await;
    expect![[r#"
        error[PM-E303]: cannot read octo-org/hello at GitHub
          caused by: GET /repos/{owner}/{repo}: credentials refused
          caused by: GitHub answered 401 Unauthorized: Bad credentials
        help: GitHub does not take the token: renew it
    "#]]
    .assert_eq(&stderr(&output));
    assert_eq!(output.status.code(), Some(3));
    scene.reader.exhaust_rate_limit();
    let output = scene.check(&["--github", "octo-org/hello"]).await;
    assert!(
        stderr(&output).contains("takes no more calls with this token for"),
        "{output:?}"
    );
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn without_a_token_nobody_is_asked() {
    let output = Repository::new().check(&["--github", "octo-org/hello"]);
    expect![[r#"
        error[PM-E605]: no token for GitHub: neither GITHUB_TOKEN nor GH_TOKEN is set
        help: create one that reads the repository, or use `gh auth token`
    "#]]
    .assert_eq(&stderr(&output));
    assert_eq!(output.status.code(), Some(2));
}
