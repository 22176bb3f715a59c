//! What GitHub does not permit, and what goes wrong on the way.

use std::sync::Arc;
use std::time::Duration;

use app::check::{CheckUpdate, Conclusion, ExternalId};
use app::ports::{CheckRuns, PullRequests, Snapshots};
use app::{GitHubError, GitHubErrorKind};
use oracle::{Fact, Reason, Snapshot};
use sandbox::{Access, Failure, Fault, NewApp};

use crate::world::World;

const TOKENS: &str = "POST /app/installations/{installation_id}/access_tokens";
const TREE: &str = "GET /repos/{owner}/{repo}/git/trees/{tree_sha}";
const CREATE: &str = "POST /repos/{owner}/{repo}/check-runs";

/// A snapshot, or what kept it from being taken.
async fn snapshot(world: &World) -> Result<Snapshot, GitHubError> {
    let pull_request = world.open_pull_request();
    let read = world.read(&pull_request).await;
    let wants = oracle::registry::wants;
    world.github.snapshot(&world.named(), &read, wants).await
}

fn count(calls: &[String], endpoint: &str) -> usize {
    calls.iter().filter(|call| *call == endpoint).count()
}

fn reason<T: std::fmt::Debug>(fact: &Fact<T>) -> Reason {
    fact.known().unwrap_err().reason
}

/// Without the optional permissions everything else is still judged, and what is missing says
/// what would make it available.
#[tokio::test]
async fn optional_permissions_may_be_missing() {
    let world = World::new().await;
    world.installation.revoke("actions");
    world.installation.revoke("statuses");
    let settings = snapshot(&world).await.unwrap().settings;
    let workflows = settings.workflows.known().unwrap_err();
    assert_eq!(workflows.reason, Reason::NotPermitted);
    assert!(workflows.detail.contains("actions: read"), "{workflows:?}");
    assert!(settings.rules.known().is_ok() && settings.protection.known().is_ok());
    let calls = world.take_calls();
    assert_eq!(count(&calls, TOKENS), 2, "all, then only what is required");

    // It is remembered for the installation, and asked for again after an hour.
    world.advance(Duration::from_mins(56));
    let pull_request = world.repository.pull_request(1);
    world.read(&pull_request).await;
    assert_eq!(count(&world.take_calls(), TOKENS), 1);
}

#[tokio::test]
async fn a_required_permission_is_final() {
    let world = World::new().await;
    world.installation.revoke("checks");
    let error = world.github.pull_request(&world.named(), 1).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind, GitHubErrorKind::Forbidden);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("checks:write"), "{source}");
}

#[tokio::test]
async fn an_installation_that_is_gone_or_suspended_is_told_apart() {
    let world = World::new().await;
    let kind = async || {
        let read = world.github.pull_request(&world.named(), 1).await;
        read.unwrap_err().kind
    };
    world.installation.suspend();
    assert_eq!(kind().await, GitHubErrorKind::Forbidden);
    let named = world.named();
    world.installation.uninstall();
    let read = world.github.pull_request(&named, 1).await;
    assert_eq!(read.unwrap_err().kind, GitHubErrorKind::NotFound);
}

#[tokio::test]
async fn concurrent_callers_share_a_token_until_shortly_before_its_end() {
    let world = World::new().await;
    world.open_pull_request();
    world.take_calls();
    let reads = (0..8).map(|_| {
        let (github, repository) = (Arc::clone(&world.github), world.named());
        tokio::spawn(async move { github.pull_request(&repository, 1).await.unwrap() })
    });
    for read in reads.collect::<Vec<_>>() {
        read.await.unwrap();
    }
    assert_eq!(count(&world.take_calls(), TOKENS), 1);
    world.advance(Duration::from_mins(54));
    world.github.pull_request(&world.named(), 1).await.unwrap();
    assert_eq!(count(&world.take_calls(), TOKENS), 0);
    world.advance(Duration::from_mins(1));
    world.github.pull_request(&world.named(), 1).await.unwrap();
    assert_eq!(
        count(&world.take_calls(), TOKENS),
        1,
        "five minutes are left"
    );
}

/// GitHub's clock is ahead of ours, so a token that we believe in has ended.
#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let world = World::new().await;
    world.open_pull_request();
    world.github.pull_request(&world.named(), 1).await.unwrap();
    world.take_calls();
    world.sandbox.clock().advance(Duration::from_mins(61));
    world.stores.advance(Duration::from_mins(30));
    // Our JWT is too old now; only the token is asked for again.
    let error = world.github.pull_request(&world.named(), 1).await;
    assert_eq!(error.unwrap_err().kind, GitHubErrorKind::Unauthorized);
    assert_eq!(
        world.take_calls(),
        ["POST /graphql", TOKENS],
        "no further try with credentials that are refused"
    );
}

#[tokio::test]
async fn a_token_that_was_revoked_is_replaced() {
    let world = World::new().await;
    world.open_pull_request();
    world.github.pull_request(&world.named(), 1).await.unwrap();
    world.take_calls();
    // An hour at GitHub, 54 minutes here: the token has ended, our JWT is still good.
    world.sandbox.clock().advance(Duration::from_hours(1));
    world.stores.advance(Duration::from_mins(54));
    world.github.pull_request(&world.named(), 1).await.unwrap();
    assert_eq!(
        world.take_calls(),
        ["POST /graphql", TOKENS, "POST /graphql"]
    );
}

#[tokio::test]
async fn faults_of_the_network_are_ridden_out_where_nothing_is_written() {
    let world = World::new().await;
    for fault in [
        Fault::BeforeEffect(Failure::Status(502)),
        Fault::BeforeEffect(Failure::ConnectionClosed),
    ] {
        world.sandbox.fail_next(TREE, fault);
        world.sandbox.fail_next("POST /graphql", fault);
    }
    snapshot(&world).await.unwrap();
}

#[tokio::test]
async fn a_lasting_fault_is_an_error_and_not_an_absence() {
    let world = World::new().await;
    let pull_request = world.open_pull_request();
    let read = world.read(&pull_request).await;
    world.sandbox.inject_faults(|call| {
        (call.route.contains("/rules/")).then_some(Fault::BeforeEffect(Failure::Status(503)))
    });
    let wants = oracle::registry::wants;
    let taken = world.github.snapshot(&world.named(), &read, wants).await;
    let error = taken.unwrap_err();
    assert_eq!(error.kind, GitHubErrorKind::Unavailable);
    assert_eq!(
        error.operation,
        "GET /repos/{owner}/{repo}/rules/branches/{branch}"
    );
}

/// The run may have been made although nobody told us.
#[tokio::test]
async fn a_create_is_not_repeated_and_its_run_is_found() {
    let world = World::new().await;
    let pull_request = world.open_pull_request();
    let read = world.read(&pull_request).await;
    world
        .sandbox
        .fail_next(CREATE, Fault::AfterEffect(Failure::Status(502)));
    let external_id = ExternalId::new(&read.head, 1);
    let repository = world.named();
    let created = world.github.create(&repository, &read.head, &external_id);
    assert_eq!(
        created.await.unwrap_err().kind,
        GitHubErrorKind::Unavailable
    );
    assert_eq!(pull_request.check_runs().len(), 1);
    let found = world.github.find(&repository, &read.head, &external_id);
    assert!(found.await.unwrap().is_some());
}

#[tokio::test]
async fn rate_limits_say_how_long_and_are_not_tried_against() {
    let world = World::new().await;
    let pull_request = world.open_pull_request();
    let read = world.read(&pull_request).await;
    let repository = world.named();
    world.take_calls();
    let wait = Duration::from_mins(2);
    world.installation.trip_secondary_rate_limit(wait);
    let limited = world.github.pull_request(&repository, 1).await;
    let kind = limited.unwrap_err().kind;
    assert_eq!(kind, GitHubErrorKind::RateLimited { retry_after: wait });
    assert_eq!(world.take_calls().len(), 1);
    world.advance(wait);

    world.installation.exhaust_rate_limit();
    let wants = oracle::registry::wants;
    let limited = world.github.snapshot(&repository, &read, wants).await;
    let GitHubErrorKind::RateLimited { retry_after } = limited.unwrap_err().kind else {
        panic!("no rate limit");
    };
    assert!(retry_after > Duration::from_mins(50), "{retry_after:?}");
}

#[tokio::test]
async fn another_apps_run_is_neither_found_nor_updated() {
    let world = World::new().await;
    let pull_request = world.open_pull_request();
    let other = NewApp::named("Other").permission("checks", Access::Write);
    let other = world.sandbox.create_app(other);
    other.install("octo-org");
    let name = app::check::CHECK_NAME;
    let success = sandbox::CheckConclusion::Success;
    let head = pull_request.head();
    let id = world
        .repository
        .report_check(head, name, other.id(), success);
    let update = CheckUpdate {
        title: "Ours now",
        summary: "",
        annotations: &[],
        conclusion: Some(Conclusion::Success),
        buttons: &[],
    };
    let updated = world.github.update(&world.named(), id, &update).await;
    assert_eq!(updated.unwrap_err().kind, GitHubErrorKind::Forbidden);
    let read = world.read(&pull_request).await;
    let external_id = ExternalId(String::new());
    let repository = world.named();
    let found = world.github.find(&repository, &read.head, &external_id);
    assert_eq!(found.await.unwrap(), None);
}

#[tokio::test]
async fn an_unknown_head_is_refused_as_invalid() {
    let world = World::new().await;
    let unknown = oracle::ObjectId::new(&"0".repeat(40)).unwrap();
    let external_id = ExternalId::new(&unknown, 1);
    let repository = world.named();
    let created = world.github.create(&repository, &unknown, &external_id);
    assert_eq!(created.await.unwrap_err().kind, GitHubErrorKind::Invalid);
}

/// What a deleted branch was protected by can't be known.
#[tokio::test]
async fn a_base_that_was_deleted_leaves_its_protection_unknown() {
    let world = World::new().await;
    world.repository.create_branch("old", "main");
    world
        .repository
        .push("fix", "Fix", [("README.md", "Fixed\n")]);
    let pull_request = world.repository.open_pull_request("fix", "old", "Fix");
    let read = world.read(&pull_request).await;
    world.repository.delete_branch("old");
    let wants = oracle::registry::wants;
    let taken = world.github.snapshot(&world.named(), &read, wants).await;
    assert_eq!(
        reason(&taken.unwrap().settings.protection),
        Reason::NotPermitted
    );
}

/// Headers that GitHub reads, each exactly once, and the version that we are written to.
#[tokio::test]
async fn requests_say_who_asks_and_in_which_version() {
    let world = World::new().await;
    world.open_pull_request();
    let (sender, receiver) = std::sync::mpsc::channel();
    world.sandbox.observe(move |exchange| {
        let _ = sender.send(exchange.request_headers.clone());
    });
    world.github.pull_request(&world.named(), 1).await.unwrap();
    for headers in receiver.try_iter() {
        let values = |name: &str| -> Vec<String> {
            let found = headers.iter().filter(|(header, _)| header == name);
            found.map(|(_, value)| value.clone()).collect()
        };
        assert_eq!(values("x-github-api-version"), ["2022-11-28"]);
        assert_eq!(values("accept"), ["application/vnd.github+json"]);
        assert_eq!(values("user-agent").len(), 1);
    }
}
