//! What the webhook turns away, and what it says of it.

use expect_test::expect;

use crate::http::{Webhook, exchange, request};
use crate::story::GitHub;

const GUID: &str = "11111111-2222-3333-4444-555555555555";

/// What must never be logged or answered, put where a body could carry it.
const MARKER: &str = "MARKER-OF-A-BODY";

fn body() -> Vec<u8> {
    format!(r#"{{"action": "{MARKER}", "zen": "{MARKER}"}}"#).into_bytes()
}

/// Requests that are no work for a worker, by what is the matter with them.
fn requests(secret: &str) -> Vec<(&'static str, Webhook)> {
    let new = |event: &str, body: &[u8]| Webhook::new(secret, event, GUID, body);
    let good = new("issues", &body());
    let form = "application/x-www-form-urlencoded";
    let no_json = format!("not json {MARKER}");
    vec![
        ("an event that is not worked on", good.clone()),
        ("ping", new("ping", &body())),
        ("no signature", good.clone().without("X-Hub-Signature-256")),
        ("another secret", Webhook::new("x", "issues", GUID, &body())),
        ("SHA-1", good.clone().with("X-Hub-Signature-256", "sha1=00")),
        ("not JSON", new("pull_request", no_json.as_bytes())),
        (
            "incomplete",
            new(
                "pull_request",
                br#"{"action": "opened", "number": 1, "installation": {"id": 1}}"#,
            ),
        ),
        ("a form", good.clone().with("Content-Type", form)),
        ("no event", good.clone().without("X-GitHub-Event")),
        ("no delivery id", good.without("X-GitHub-Delivery")),
        ("a byte too large", new("issues", &[b' '; 4097])),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_request_has_its_status_and_is_counted() {
    let github = GitHub::start().await;
    let mut server = github.serve_with(&[("PHASE_MIRROR_MAX_BODY_BYTES", "4096")]);
    let secret = github.app.webhook_secret();
    let answers = requests(secret).into_iter().map(|(name, webhook)| {
        let answer = webhook.send(server.address);
        assert!(answer.head.contains("x-request-id: "), "{answer:?}");
        format!("{name}: {} {}", answer.status, answer.body)
    });
    expect![[r#"
        an event that is not worked on: 202 {"status":"ignored"}
        ping: 200 {"status":"pong"}
        no signature: 401 {"code":"PM-E101","status":"unauthorized"}
        another secret: 401 {"code":"PM-E101","status":"unauthorized"}
        SHA-1: 401 {"code":"PM-E101","status":"unauthorized"}
        not JSON: 400 {"code":"PM-E104","status":"malformed"}
        incomplete: 400 {"code":"PM-E104","status":"malformed"}
        a form: 400 {"code":"PM-E102","status":"malformed"}
        no event: 400 {"code":"PM-E103","status":"malformed"}
        no delivery id: 400 {"code":"PM-E103","status":"malformed"}
        a byte too large: 413 {"code":"PM-E105","status":"too_large"}"#]]
    .assert_eq(&answers.collect::<Vec<_>>().join("\n"));

    let status = request(server.address, "GET", "/status").json();
    expect![[r#"{"accepted":0,"dead":0,"duplicate":0,"failed":0,"finished":{"done":0,"ignored":0,"refused":0,"superseded":0},"ignored":1,"pings":1,"postponed":0,"received":11,"rejected":{"body":2,"content_type":1,"header":2,"too_large":1,"unauthorized":3,"unavailable":0}}"#]].assert_eq(&status["deliveries"].to_string());

    server.signal("TERM");
    assert!(server.wait().success());
    let log = server.log();
    assert!(!log.contains(MARKER), "{log}");
    assert!(!log.contains(secret), "{log}");
    assert!(!log.contains("PRIVATE KEY"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_secrets_are_accepted_while_one_replaces_the_other() {
    let github = GitHub::start().await;
    let previous = (
        "PHASE_MIRROR_GITHUB_WEBHOOK_SECRET_PREVIOUS",
        "the one before",
    );
    let server = github.serve_with(&[previous]);
    for secret in [github.app.webhook_secret(), "the one before"] {
        let answer = Webhook::new(secret, "issues", GUID, &body()).send(server.address);
        assert_eq!(answer.status, 202, "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_body_of_an_unsigned_request_is_not_waited_for() {
    let github = GitHub::start().await;
    let server = github.serve_with(&[]);
    let head = "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 4096\r\n\r\n";
    let answer = exchange(server.address, head.as_bytes());
    assert_eq!(answer.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_announced_length_is_cut_at_the_limit() {
    let github = GitHub::start().await;
    let server = github.serve_with(&[("PHASE_MIRROR_MAX_BODY_BYTES", "4096")]);
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(4096));
    let unsigned =
        "POST /webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n";
    let head = format!("{unsigned}X-Hub-Signature-256: sha256=00\r\n\r\n");
    let answer = exchange(server.address, format!("{head}{chunk}{chunk}").as_bytes());
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (413, r#"{"code":"PM-E105","status":"too_large"}"#)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_documented_is_served() {
    let github = GitHub::start().await;
    let server = github.serve_with(&[]);
    let requests = [
        ("GET", "/health"),
        ("GET", "/"),
        ("GET", "/webhook"),
        ("POST", "/status"),
        ("GET", "/../etc/passwd"),
    ];
    let answers = requests.map(|(method, path)| {
        let answer = request(server.address, method, path);
        format!("{method} {path}: {} {}", answer.status, answer.body)
    });
    expect![[r#"
        GET /health: 200 {"status":"ok"}
        GET /: 404 {"status":"not_found"}
        GET /webhook: 405 {"status":"method_not_allowed"}
        POST /status: 405 {"status":"method_not_allowed"}
        GET /../etc/passwd: 404 {"status":"not_found"}"#]]
    .assert_eq(&answers.join("\n"));
    let proxied = "GET /status HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n\r\n";
    assert_eq!(exchange(server.address, proxied.as_bytes()).status, 404);
}
