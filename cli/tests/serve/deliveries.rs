//! The lives of deliveries: to their check, to their refusal, through kills and shutdowns.

use std::sync::mpsc::channel;
use std::time::Duration;

use ::sandbox::{CheckConclusion, CheckStatus, Fault, PullRequest};

use crate::http::{Webhook, request};
use crate::process::{PATIENCE, Server};
use crate::story::GitHub;

const GUID: &str = "11111111-2222-3333-4444-555555555555";

/// The log line that ends a delivery.
const FINISHED: &str = "\"message\":\"delivery finished\"";

fn conclusions(pull_request: &PullRequest) -> Vec<Option<CheckConclusion>> {
    let runs = pull_request.check_runs();
    runs.iter().map(|run| run.conclusion).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_gets_its_check() {
    let github = GitHub::start().await;
    let data = tempfile::tempdir().unwrap();
    let mut server = github.serve(&data);
    github.send_webhooks_to(server.address);
    let pull_request = github.open_pull_request();
    server.wait_for(FINISHED);
    assert_eq!(conclusions(&pull_request), [Some(CheckConclusion::Success)]);
    let status = request(server.address, "GET", "/status").json();
    assert_eq!(status["recent"][0]["outcome"], "done");
    assert_eq!(status["queue"]["dead"], 0);
}

/// One field finds what the webhook and the worker did, and nothing names the repository.
#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_a_delivery_have_one_trace_on_both_sides_of_the_queue() {
    let github = GitHub::start().await;
    let data = tempfile::tempdir().unwrap();
    let mut server = github.serve(&data);
    github.send_webhooks_to(server.address);
    github.open_pull_request();
    let parse = |line: String| serde_json::from_str::<serde_json::Value>(&line).unwrap();
    let finished = parse(server.wait_for(FINISHED));
    let queued = parse(server.wait_for("\"message\":\"webhook queued\""));
    for field in [
        "trace.id",
        "delivery.id",
        "installation.id",
        "repository.id",
    ] {
        assert!(!queued[field].is_null(), "{field} in {queued}");
        assert_eq!(queued[field], finished[field], "{field}");
    }
    assert_eq!(finished["trace.id"].as_str().unwrap().len(), 32);
    assert!(queued["request.id"].is_string(), "{queued}");
    server.signal("TERM");
    server.wait();
    let log = server.log();
    assert!(!log.contains("octo-org") && !log.contains("hello"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_is_run_again_is_another_one() {
    let github = GitHub::start().await;
    let mut server = github.serve_with(&[]);
    github.send_webhooks_to(server.address);
    let pull_request = github.open_pull_request();
    server.wait_for(FINISHED);
    let check = pull_request.check_runs().remove(0);
    server.forget_log();
    github.repository.rerequest_check_run(check.id);
    server.wait_for(FINISHED);
    let success = Some(CheckConclusion::Success);
    assert_eq!(conclusions(&pull_request), [success, success]);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_in_files_change_under_a_running_server() {
    let github = GitHub::start().await;
    github.open_pull_request();
    let body = github.pull_request_body();
    let file = tempfile::NamedTempFile::new().unwrap();
    let write = |secret: &str| std::fs::write(file.path(), secret).unwrap();
    write("before");
    let mut environment = github.environment();
    environment.retain(|(name, _)| !name.ends_with("WEBHOOK_SECRET"));
    let path = file.path().to_str().unwrap();
    environment.push(("PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_FILE", path));
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start(data.path(), &environment);
    let address = server.address;
    let send = |secret| {
        let webhook = Webhook::new(secret, "pull_request", GUID, &body);
        webhook.send(address).status
    };
    assert_eq!([send("before"), send("after")], [202, 401]);

    write("after");
    server.signal("HUP");
    let line = server.wait_for("the configuration has changed");
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["config.version"], 2);
    assert_eq!([send("before"), send("after")], [401, 202]);

    write("");
    server.signal("HUP");
    let line = server.wait_for("the new configuration is not used");
    assert!(line.contains("holds nothing"), "{line}");
    assert_eq!(send("after"), 202, "the one before stays in force");
    server.signal("TERM");
    assert!(server.wait().success());
    let log = server.log();
    assert!(
        !log.contains("\"after\"") && !log.contains("\"before\""),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_installation_is_recorded_and_not_tried_again() {
    let github = GitHub::start().await;
    let data = tempfile::tempdir().unwrap();
    let mut server = github.serve(&data);
    github.open_pull_request();
    let mut body: serde_json::Value = serde_json::from_slice(&github.pull_request_body()).unwrap();
    body["installation"]["id"] = 999_999.into();
    let body = serde_json::to_vec(&body).unwrap();
    let webhook = Webhook::new(github.app.webhook_secret(), "pull_request", GUID, &body);
    assert_eq!(webhook.send(server.address).status, 202);
    server.wait_for(FINISHED);
    server.signal("TERM");
    assert!(server.wait().success());

    let restarted = github.serve(&data);
    let status = request(restarted.address, "GET", "/status").json();
    let recent = &status["recent"][0];
    assert_eq!(recent["delivery"], GUID);
    assert_eq!(recent["outcome"], "refused");
    assert!(!recent["detail"].as_str().unwrap().is_empty());
    let queue = &status["queue"];
    assert_eq!(
        [
            &queue["visible"],
            &queue["held"],
            &queue["delayed"],
            &queue["dead"]
        ],
        [0; 4]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_after_its_202_finishes_after_a_restart() {
    let github = GitHub::start().await;
    let data = tempfile::tempdir().unwrap();
    let mut server = github.serve(&data);
    let (asked, was_asked) = channel();
    github.sandbox.inject_faults(move |call| {
        // The App's token request is held up, for longer than the process will live.
        let token = call.path.ends_with("/access_tokens");
        token.then(|| {
            let _ = asked.send(());
            Fault::Delay(PATIENCE)
        })
    });
    github.send_webhooks_to(server.address);
    let pull_request = github.open_pull_request();
    was_asked.recv_timeout(PATIENCE).unwrap();
    let queued = request(server.address, "GET", "/status").json();
    assert_eq!(queued["queue"]["held"], 1);
    server.signal("KILL");
    assert!(!server.wait().success());
    assert_eq!(conclusions(&pull_request), []);

    github.sandbox.inject_faults(|_| None);
    let mut restarted = github.serve(&data);
    restarted.wait_for(FINISHED);
    assert_eq!(conclusions(&pull_request), [Some(CheckConclusion::Success)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_with_its_check_in_progress_completes_that_one() {
    let github = GitHub::start().await;
    let data = tempfile::tempdir().unwrap();
    let mut server = github.serve(&data);
    let (updating, is_updating) = channel();
    github.sandbox.inject_faults(move |call| {
        let update = call.method == "PATCH";
        update.then(|| {
            let _ = updating.send(());
            Fault::Delay(PATIENCE)
        })
    });
    github.send_webhooks_to(server.address);
    let pull_request = github.open_pull_request();
    is_updating.recv_timeout(PATIENCE).unwrap();
    server.signal("KILL");
    assert!(!server.wait().success());
    let begun = pull_request.check_runs();
    assert_eq!(begun.len(), 1);
    assert_eq!(begun[0].status, CheckStatus::InProgress);

    github.sandbox.inject_faults(|_| None);
    let mut restarted = github.serve(&data);
    restarted.wait_for(FINISHED);
    let runs = pull_request.check_runs();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].id, begun[0].id);
    assert_eq!(runs[0].conclusion, Some(CheckConclusion::Success));
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_work_finish() {
    let github = GitHub::start().await;
    let data = tempfile::tempdir().unwrap();
    let mut server = github.serve(&data);
    let (asked, was_asked) = channel();
    github.sandbox.inject_faults(move |call| {
        let token = call.path.ends_with("/access_tokens");
        token.then(|| {
            let _ = asked.send(());
            Fault::Delay(Duration::from_millis(300))
        })
    });
    github.send_webhooks_to(server.address);
    let pull_request = github.open_pull_request();
    was_asked.recv_timeout(PATIENCE).unwrap();
    server.signal("TERM");
    assert!(server.wait().success());
    assert_eq!(conclusions(&pull_request), [Some(CheckConclusion::Success)]);
    let log = server.log();
    assert!(log.contains("\"message\":\"stopped\""), "{log}");
    assert!(!log.contains("Say more"), "nothing of a body is logged");
}
