//! What can't be done is said, recorded and not tried for ever.

use app::ports::DeliveryOutcome;
use sandbox::{Access, CheckConclusion};

use crate::mirror::{Mirror, checks, rename_the_job, the_check};

#[tokio::test]
async fn an_installation_that_is_gone_is_refused_once() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    mirror.receive().await;
    mirror.installation.uninstall();
    mirror.github.forget_calls();

    mirror.work().await;

    let end = mirror.end_of_latest().await.expect("its end is recorded");
    assert_eq!(end.outcome, DeliveryOutcome::Refused);
    assert!(end.detail.contains("not installed"), "{}", end.detail);
    assert!(checks(&pull_request).is_empty());
    assert_eq!(mirror.github.calls().len(), 1, "asked once, not for ever");
    mirror.end();
}

#[tokio::test]
async fn without_the_permission_to_write_checks_it_is_refused() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    rename_the_job(&repository);
    mirror.installation.grant("checks", Access::Read);

    mirror.catch_up().await;

    let end = mirror.end_of_latest().await.expect("its end is recorded");
    assert_eq!(end.outcome, DeliveryOutcome::Refused);
    assert!(end.detail.contains("permission"), "{}", end.detail);
    mirror.end();
}

#[tokio::test]
async fn what_may_not_be_looked_at_is_listed_and_never_a_pass() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    repository.push("feature", "Greet", [("README.md", "Hello, world\n")]);
    let pull_request = repository.open_pull_request("feature", "main", "Greet");
    mirror.installation.revoke("actions");

    mirror.catch_up().await;

    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    let summary = check.output.summary.unwrap_or_default();
    assert!(summary.contains("Could not be looked at"), "{summary}");
    mirror.end();
}

#[tokio::test]
async fn a_rate_limit_is_waited_for() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    mirror.receive().await;
    mirror.installation.exhaust_rate_limit();
    mirror.work_once().await;
    assert!(checks(&pull_request).is_empty());

    mirror.work().await;

    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    mirror.end();
}
