//! `phase-mirror deliveries`: what GitHub sent, and sending it again.

use std::process::Output;

use ::sandbox::CheckConclusion;
use serde_json::Value;

use crate::process::phase_mirror;
use crate::story::GitHub;

async fn deliveries(github: &GitHub, arguments: &[&str]) -> Output {
    let arguments = [&["deliveries"], arguments].concat();
    let mut command = phase_mirror(&arguments, &github.environment());
    // The sandbox answers on this test's runtime.
    tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

async fn failed(github: &GitHub) -> Vec<Value> {
    let output = deliveries(github, &["list", "--failed", "--format", "json"]).await;
    serde_json::from_str(&stdout(&output)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_took_is_listed_and_replayed() {
    let github = GitHub::start().await;
    let data = tempfile::tempdir().unwrap();
    let server = github.serve(&data);
    let address = server.address;
    drop(server);
    github.send_webhooks_to(address);
    let pull_request = github.open_pull_request();
    github.sandbox.settled().await;
    let missed = failed(&github).await;
    let events: Vec<&str> = missed
        .iter()
        .map(|it| it["event"].as_str().unwrap())
        .collect();
    assert_eq!(events, ["pull_request", "ping"], "the latest first");
    assert_eq!(missed[0]["status"], Value::Null);

    // A ping is nobody's loss.
    let output = deliveries(&github, &["replay", "--failed", "--dry-run"]).await;
    let id = missed[0]["id"].to_string();
    assert_eq!(
        stdout(&output),
        format!("1 delivery would be asked for: {id}\n")
    );
    assert_eq!(failed(&github).await, missed, "none was asked for");

    let mut server = github.serve(&data);
    github.send_webhooks_to(server.address);
    let output = deliveries(&github, &["replay", "--failed"]).await;
    assert_eq!(stdout(&output), "1 delivery asked for\n");
    server.wait_for("\"message\":\"delivery finished\"");
    let runs = pull_request.check_runs();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].conclusion, Some(CheckConclusion::Success));
    github.sandbox.settled().await;
    let left = failed(&github).await;
    assert!(left.iter().all(|it| it["event"] == "ping"), "{left:#?}");

    // One by its id, whatever becomes of another, and a list for people.
    let output = deliveries(&github, &["replay", "1", &id]).await;
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(output.stdout, b"1 delivery asked for\n");
    let text = stdout(&deliveries(&github, &["list"]).await);
    assert!(
        text.lines()
            .any(|line| line.contains("pull_request.opened   202")),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_github_does_not_know() {
    let github = GitHub::start().await;
    let output = deliveries(&github, &["replay", "1"]).await;
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot ask for 1 again"), "{said}");
    assert!(
        said.contains("`phase-mirror deliveries list` shows"),
        "{said}"
    );
}
