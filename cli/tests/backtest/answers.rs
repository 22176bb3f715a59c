//! What would have become of what was merged.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use expect_test::{expect, expect_file};
use jsonschema::Validator;
use sandbox::{Access, NewApp};
use serde_json::Value;

use crate::scene::{CI, POLICY, STRICT, Scene, outcomes, stderr, stdout, workflow};

/// docs/backtest.md shows what is printed here.
#[track_caller]
fn is_in_the_document(said: &str) {
    let document = include_str!("../../../docs/backtest.md");
    let shown = format!("```text\n{said}```\n");
    assert!(
        document.contains(&shown),
        "docs/backtest.md does not show\n{shown}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_have_been_blocked_and_by_which_rule() {
    let scene = Scene::with_a_past().await;
    let output = scene.backtest(&[]).await;
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    expect![[r#"
        octo-org/hello: 5 pull requests merged into main

        ✗ #5     2026-11-06  Rename it after all  octocat
            blocks  MD-001 high: Required check `test` is reported by nothing
        ■ #4     2026-11-05  Own everything  octocat
            warns   MD-007 high: Code owner `@nobody-there` is unknown or may not push
        ✓ #3     2026-11-04  Give it its name back  octocat
        ✗ #2     2026-11-03  Rename the job  octocat
            blocks  MD-001 high: Required check `test` is reported by nothing
        ✓ #1     2026-11-02  Say hello  octocat

        Pull requests by rule: █ blocked, ▒ warned, ░ observed
          MD-000 unreadable-governance         none
          MD-001 required-check-never-reports  ██████████████████████████████ 2 blocked
          MD-007 codeowners-promise            ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒ 1 warned
          MD-008 gate-cannot-fail              none

        Of 5 pull requests 2 would have been blocked, 1 warned about, and 2 passed.
        The files are those of then; policy, rulesets, protection and rights are those that main has now.
    "#]].assert_eq(&stdout(&output));
    is_in_the_document(&stdout(&output));
}

/// Keys are sorted, because their order depends on features of `serde_json` that any crate of a
/// build may turn on.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let ordered: BTreeMap<_, _> = map.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(list) => list.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn colour_is_for_who_wants_it() {
    let scene = Scene::with_a_past().await;
    let plain = stdout(&scene.backtest(&[]).await);
    assert!(!plain.contains('\u{1b}'), "{plain}");
    for (variables, coloured) in [
        (&[("CLICOLOR_FORCE", "1")][..], true),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
    ] {
        let mut command = scene.command("octo-org/hello", &[]);
        command.env("GITHUB_TOKEN", scene.reader.access_token());
        command.envs(variables.iter().copied());
        let output = tokio::task::spawn_blocking(move || command.output());
        let said = stdout(&output.await.unwrap().unwrap());
        assert_eq!(said != plain, coloured, "{variables:?}: {said}");
    }
}

fn validator() -> Validator {
    let schema = include_str!("../../../schemas/backtest.v1.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_for_programs() {
    let scene = Scene::with_a_past().await;
    let mut answer = scene.answer(&["--last", "2"]).await;
    assert!(validator().is_valid(&answer), "{answer:#}");
    // It changes with each version of a rule.
    answer["rules_hash"].take();
    let base_url = scene.sandbox.base_url();
    let shown = serde_json::to_string_pretty(&sorted(answer)).unwrap() + "\n";
    let shown = shown.replace(base_url, "https://github.example");
    expect_file!["answer.json"].assert_eq(&shown);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_to_github() {
    let scene = Scene::with_a_past().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let exchanges = Arc::clone(&seen);
    scene.sandbox.observe(move |exchange| {
        let body = String::from_utf8_lossy(&exchange.request_body).into_owned();
        let call = exchange.call.endpoint();
        exchanges.lock().unwrap().push((call, body));
    });
    let output = scene.backtest(&[]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let seen = seen.lock().unwrap();
    assert!(seen.len() > 10, "{seen:?}");
    for (call, body) in &*seen {
        assert!(
            call.starts_with("GET ") || call == "POST /graphql",
            "{call}"
        );
        assert!(!body.contains("mutation"), "{body}");
    }
}

/// docs/api-economy.md says what it costs.
#[tokio::test(flavor = "multi_thread")]
async fn what_it_costs_is_documented() {
    let scene = Scene::with_a_past().await;
    scene.take_calls();
    let output = scene.backtest(&["--explain-calls"]).await;
    let calls = scene.take_calls();
    let said = stderr(&output);
    assert!(
        said.starts_with(&format!("{} calls of GitHub:\n", calls.len())),
        "{said}"
    );
    let document = include_str!("../../../docs/api-economy.md");
    let cost = format!("for five pull requests, {} calls in all", calls.len());
    assert!(document.contains(&cost), "{cost}: {calls:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_policy_gives_another_answer() {
    let scene = Scene::with_a_past().await;
    let blocked = |answer: &Value| answer["summary"]["block"].as_u64();
    assert_eq!(blocked(&scene.answer(&[]).await), Some(2));
    scene.write("mild.yml", "version: 1\n");
    let mild = scene.answer(&["--policy", "mild.yml"]).await;
    assert_eq!(blocked(&mild), Some(0));
    assert_eq!(
        outcomes(&mild),
        [
            (5, "warn"),
            (4, "warn"),
            (3, "pass"),
            (2, "warn"),
            (1, "pass")
        ]
    );
    // What the one policy gave is not taken for what the other gives.
    assert_eq!(blocked(&scene.answer(&[]).await), Some(2));
    // The organisation's.
    scene.write("organisation.yml", STRICT);
    let named = [
        "--policy",
        "mild.yml",
        "--organization-policy",
        "organisation.yml",
    ];
    assert_eq!(blocked(&scene.answer(&named).await), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_is_the_one_that_the_branch_has_now() {
    let scene = Scene::with_a_past().await;
    scene
        .hosted
        .push("main", "Be mild", [(POLICY, "version: 1\n")]);
    assert_eq!(scene.answer(&[]).await["summary"]["block"], 0);
    let dry = format!("{STRICT}dry_run: true\n");
    scene
        .hosted
        .push("main", "Try it", [(POLICY, dry.as_str())]);
    let output = scene.backtest(&[]).await;
    assert!(
        stdout(&output).contains("The policy is a dry run"),
        "{output:?}"
    );
    let answer = scene.answer(&[]).await;
    assert_eq!(
        (&answer["summary"]["block"], &answer["dry_run"]),
        (&2.into(), &true.into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_are_those_of_now() {
    let scene = Scene::with_a_past().await;
    scene.answer(&[]).await;
    scene.hosted.remove_ruleset("checks");
    // What is kept was judged by others.
    let answer = scene.answer(&[]).await;
    assert_eq!(answer["summary"]["block"], 0, "{answer:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn how_it_was_merged_makes_no_difference() {
    let scene = Scene::new().await;
    let renamed = workflow("tests");
    // As one commit that was one, and that was two.
    for (branch, commits) in [("one", 1), ("two", 2)] {
        let (ci, fine) = (workflow("test"), "fine\n");
        scene
            .hosted
            .push("main", "Put it right", [(CI, ci.as_str())]);
        scene.hosted.create_branch(branch, "main");
        scene
            .hosted
            .push(branch, "Rename", [(CI, renamed.as_str())]);
        if commits == 2 {
            scene.hosted.push(branch, "More", [("README.md", fine)]);
        }
        scene
            .hosted
            .open_pull_request(branch, "main", "Rename")
            .squash();
    }
    // From a fork that is gone.
    let ci = workflow("test");
    scene
        .hosted
        .push("main", "Put it right", [(CI, ci.as_str())]);
    let fork = scene.hosted.fork("mona");
    fork.push("three", "Rename", [(CI, renamed.as_str())]);
    scene
        .hosted
        .open_pull_request_from(&fork, "three", "main", "Rename")
        .merge();
    fork.delete();
    let answer = scene.answer(&[]).await;
    assert_eq!(
        outcomes(&answer),
        [(3, "block"), (2, "block"), (1, "block")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_gone_is_named_and_nobody_passes_for_it() {
    let scene = Scene::new().await;
    scene.merge("Say hello", [("README.md", "Hello\n")]);
    let before = scene.hosted.tip("main");
    scene.merge("Rename the job", [(CI, workflow("tests").as_str())]);
    // History is rewritten, and the merge goes. The head is judged in its place.
    let (merge, head) = (
        scene.hosted.tip("main"),
        scene.hosted.pull_request(2).head(),
    );
    scene.hosted.force_push("main", before);
    scene.hosted.lose_commit(merge);
    let answer = scene.answer(&[]).await;
    assert_eq!(outcomes(&answer), [(2, "block"), (1, "pass")], "{answer:#}");
    // Without both there is nothing to judge.
    scene.hosted.lose_commit(head);
    let answer = scene.answer(&["--fresh"]).await;
    assert_eq!(
        outcomes(&answer),
        [(2, "not_seen"), (1, "pass")],
        "{answer:#}"
    );
    let why = format!("GitHub does not have commit {}", &head.to_string()[..7]);
    assert_eq!(answer["pull_requests"][0]["reasons"][0], *why);
    let output = scene.backtest(&[]).await;
    let said = stdout(&output);
    let said = said.replace('\n', " ");
    assert!(said.contains("1 more could not be looked at."), "{said}");
    assert!(said.contains(&why), "{said}");
    assert_eq!(output.status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_branch() {
    let scene = Scene::with_a_past().await;
    scene.hosted.create_branch("release/1.x", "main");
    scene.hosted.push("fix", "Fix", [("README.md", "Fixed\n")]);
    scene
        .hosted
        .open_pull_request("fix", "release/1.x", "Fix it there")
        .merge();
    let answer = scene.answer(&["--branch", "release/1.x"]).await;
    assert_eq!(outcomes(&answer), [(6, "pass")], "{answer:#}");
    assert_eq!(answer["branch"], "release/1.x");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_has_another_name_now() {
    let scene = Scene::with_a_past().await;
    scene.hosted.rename("hello-world");
    let answer = scene.answer(&[]).await;
    assert_eq!(answer["repository"], "octo-org/hello-world");
    assert_eq!(answer["summary"]["block"], 2, "{answer:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_was_merged_that_is_the_answer() {
    let scene = Scene::new().await;
    let output = scene.backtest(&[]).await;
    assert_eq!(
        stdout(&output),
        "octo-org/hello: no pull request was merged into main.\n"
    );
    assert_eq!(
        (stderr(&output), output.status.code()),
        (String::new(), Some(0))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_token_may_not_see_is_said() {
    let scene = Scene::with_a_past().await;
    let poor = scene.sandbox.create_app(
        NewApp::named("Poor")
            .permission("contents", Access::Read)
            .permission("pull_requests", Access::Read),
    );
    let token = poor.install("octo-org").access_token();
    let output = scene.backtest_as(&token, "octo-org/hello", &[]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = stdout(&output);
    assert!(
        said.contains("Could not be looked at, for 3 pull requests: states"),
        "{said}"
    );
}
