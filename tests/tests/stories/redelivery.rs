//! A webhook that is lost, before it came or after it was taken, is asked for again.

use std::time::Duration;

use app::redeliver::{Asked, SETTLED_AFTER};
use sandbox::CheckConclusion;

use crate::mirror::{Mirror, checks, rename_the_job, the_check};

/// An address on which nobody listens: what is sent there is what the story takes from GitHub's list.
const NOBODY: &str = "http://127.0.0.1:9/webhook";

fn one() -> Asked {
    Asked {
        missing: 1,
        asked: 1,
        ..Asked::default()
    }
}

#[tokio::test]
async fn what_came_while_nobody_listened_is_asked_for_and_done() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    mirror.app.set_webhook_url(NOBODY);
    let pull_request = rename_the_job(&repository);
    mirror.github.settled().await;
    mirror.forget_deliveries();
    assert_eq!(
        mirror.redeliver().await,
        Asked::default(),
        "it may yet come"
    );

    mirror.github.clock().advance(SETTLED_AFTER);
    assert_eq!(mirror.redeliver().await, one());
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));

    mirror.github.clock().advance(Duration::from_hours(1));
    assert_eq!(mirror.redeliver().await, Asked::default());
    mirror.end();
}

#[tokio::test]
async fn what_was_taken_and_then_lost_with_the_disk_is_done_after_all() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    mirror.app.set_webhook_url(NOBODY);
    let pull_request = rename_the_job(&repository);
    mirror.github.settled().await;
    mirror.receive().await;
    mirror.restart_with_an_empty_disk();
    mirror.work().await;
    assert!(checks(&pull_request).is_empty(), "its message is gone");

    mirror.github.clock().advance(SETTLED_AFTER);
    assert_eq!(mirror.redeliver().await, one());
    mirror.catch_up().await;
    the_check(&pull_request);
    mirror.end();
}

#[tokio::test]
async fn what_comes_twice_has_one_effect() {
    let mirror = Mirror::start().await;
    let repository = mirror.repository_that_requires_ci();
    mirror.app.set_webhook_url(NOBODY);
    let pull_request = rename_the_job(&repository);
    mirror.github.settled().await;
    // It waits in the queue when it is asked for.
    mirror.receive().await;
    mirror.github.clock().advance(SETTLED_AFTER);
    assert_eq!(mirror.redeliver().await, one());
    mirror.catch_up().await;
    let check = the_check(&pull_request);
    assert_eq!(check.annotations.len(), 1, "{check:#?}");
    mirror.end();
}
