//! GitHub says to wait, and the server is killed: the next one on its folder waits, too.

use std::time::Duration;

use crate::story::GitHub;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_leaves_to_the_next_what_github_has_said() {
    let github = GitHub::start().await;
    let data = tempfile::tempdir().unwrap();
    let mut server = github.serve(&data);
    github.send_webhooks_to(server.address);
    let ten_minutes = Duration::from_mins(10);
    github.installation.trip_secondary_rate_limit(ten_minutes);
    let pull_request = github.open_pull_request();
    let postponed = "delivery postponed: GitHub limits our rate";
    server.wait_for(postponed);
    drop(server);

    let calls = github.sandbox.calls().len();
    let mut server = github.serve(&data);
    github.send_webhooks_to(server.address);
    let changed = [("README.md", "Hello, everybody\n")];
    github.repository.push("topic", "Say even more", changed);
    server.wait_for(postponed);
    let made = github.sandbox.calls().split_off(calls);
    assert!(made.is_empty(), "{made:#?}");
    assert!(pull_request.check_runs().is_empty());
}
