//! Several workers with one store: what GitHub has said to one, the others keep to, and so does who
//! comes after a restart. A store that fails changes nothing of what each knows by itself.

use std::sync::Arc;
use std::time::Duration;

use app::testing::World;
use jiff::Timestamp;
use sandbox::PullRequest;

use crate::faults::{after, calls_between, five, is_judged};
use crate::mirror::{Mirror, rename_the_job};

const TEN_MINUTES: Duration = Duration::from_mins(10);

/// Five events wait, and the first worker has been told to wait, too.
async fn one_is_refused(mirror: &Mirror) -> (Vec<PullRequest>, Timestamp) {
    let pull_requests = five(mirror);
    mirror.receive().await;
    let tripped = mirror.github.clock().now();
    mirror.installation.trip_secondary_rate_limit(TEN_MINUTES);
    mirror.work_once().await;
    (pull_requests, tripped)
}

/// All calls so far, those by the App itself among them.
fn calls(mirror: &Mirror) -> usize {
    mirror.github.calls().len()
}

#[tokio::test]
async fn what_one_worker_was_told_the_others_keep_to() {
    let mirror = Mirror::start().await;
    let (pull_requests, tripped) = one_is_refused(&mirror).await;
    let made = calls(&mirror);
    for _ in &pull_requests[1..] {
        mirror.another_worker();
        mirror.work_once().await;
    }
    assert_eq!(calls(&mirror), made, "nobody calls, not even for a token");
    mirror.work().await;
    let refused = calls_between(&mirror, tripped, after(tripped, TEN_MINUTES));
    assert_eq!(refused.len(), 1, "{refused:#?}");
    pull_requests.iter().for_each(is_judged);
    let late = mirror.github.clock().now().duration_since(tripped);
    assert!(late.as_mins() < 11, "and all are done soon after: {late:#}");
    mirror.end();
}

#[tokio::test]
async fn a_budget_that_one_worker_has_found_spent_is_spent_for_the_others() {
    let mirror = Mirror::start().await;
    let pull_requests = five(&mirror);
    mirror.receive().await;
    let tripped = mirror.github.clock().now();
    mirror.installation.exhaust_rate_limit();
    for _ in &pull_requests {
        mirror.work_once().await;
        mirror.another_worker();
    }
    mirror.work().await;
    let renewed = after(tripped, Duration::from_mins(55));
    let refused = calls_between(&mirror, tripped, renewed);
    assert_eq!(refused.len(), 1, "{refused:#?}");
    pull_requests.iter().for_each(is_judged);
    mirror.end();
}

#[tokio::test]
async fn a_restart_forgets_no_limit() {
    let mirror = Mirror::start().await;
    let (pull_requests, tripped) = one_is_refused(&mirror).await;
    let made = calls(&mirror);
    for _ in &pull_requests[1..] {
        mirror.restart().await;
        mirror.work_once().await;
    }
    assert_eq!(calls(&mirror), made);
    mirror.work().await;
    let refused = calls_between(&mirror, tripped, after(tripped, TEN_MINUTES));
    assert_eq!(refused.len(), 1, "{refused:#?}");
    pull_requests.iter().for_each(is_judged);
    mirror.end();
}

#[tokio::test]
async fn a_limit_that_says_nothing_is_looked_at_ever_more_rarely_by_all_together() {
    let mirror = Mirror::start().await;
    let pull_requests = five(&mirror);
    mirror.receive().await;
    let clock = mirror.github.clock();
    let tripped = clock.now();
    let silently = &mirror.installation;
    silently.trip_secondary_rate_limit_silently(TEN_MINUTES);
    for _ in 0..10 * 6 {
        for _ in &pull_requests {
            mirror.another_worker();
            mirror.work_once().await;
        }
        clock.advance(Duration::from_secs(10));
    }
    let refused = calls_between(&mirror, tripped, after(tripped, TEN_MINUTES));
    // At once, and after 1, 2 and 4 minutes more.
    assert_eq!(refused.len(), 4, "{refused:#?}");
    mirror.work().await;
    pull_requests.iter().for_each(is_judged);
    mirror.end();
}

#[tokio::test]
async fn without_their_store_each_worker_learns_by_one_refusal() {
    let store = World::new();
    store.outage_of("Budgets::pauses");
    store.outage_of("Budgets::pause");
    let mirror = Mirror::start_sharing(Arc::clone(&store) as _).await;
    let (pull_requests, tripped) = one_is_refused(&mirror).await;
    mirror.work_once().await;
    mirror.another_worker();
    mirror.work().await;
    let refused = calls_between(&mirror, tripped, after(tripped, TEN_MINUTES));
    assert_eq!(refused.len(), 2, "{refused:#?}");
    pull_requests.iter().for_each(is_judged);
    assert!(!store.calls().is_empty(), "it was asked");
    mirror.end();
}

#[tokio::test]
async fn where_nobody_is_told_to_wait_the_store_is_read_once_for_an_event_and_never_written() {
    let store = World::new();
    let mirror = Mirror::start_sharing(Arc::clone(&store) as _).await;
    let repository = mirror.repository_that_requires_ci();
    let pull_request = rename_the_job(&repository);
    mirror.catch_up().await;
    is_judged(&pull_request);
    assert_eq!(store.calls(), ["Budgets::pauses"]);
    mirror.end();
}
