//! GitHub says to wait, fails, or cuts off: every story ends in the right state, with one check and
//! each annotation once, and nobody calls after a limit said to wait.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use sandbox::{Call, CheckConclusion, Failure, Fault, Installation, PullRequest};

use crate::mirror::{CI_FILE, Mirror, NO_CI, rename_the_job, the_check};

/// The check says what it is to say, once.
#[track_caller]
pub(crate) fn is_judged(pull_request: &PullRequest) {
    let check = the_check(pull_request);
    assert_eq!(check.conclusion, Some(CheckConclusion::Neutral));
    assert_eq!(check.annotations.len(), 1, "{check:#?}");
}

/// Calls that the installation made within a time.
pub(crate) fn calls_between(mirror: &Mirror, from: Timestamp, until: Timestamp) -> Vec<Call> {
    let mut calls = mirror.github.calls();
    calls.retain(|call| call.installation_id.is_some() && from <= call.at && call.at < until);
    calls
}

/// Five pull requests that take the required check away, each in its own way.
pub(crate) fn five(mirror: &Mirror) -> Vec<PullRequest> {
    let repository = mirror.repository_that_requires_ci();
    (1..=5)
        .map(|number| {
            let branch = format!("topic-{number}");
            let text = format!("{NO_CI}# {number}\n");
            repository.push(&branch, "Rename the job", [(CI_FILE, text.as_str())]);
            repository.open_pull_request(&branch, "main", "Rename the job")
        })
        .collect()
}

/// Trips a limit, and lets one worker after the other run into it. The first is refused; nobody calls
/// after him for as long as GitHub says.
async fn nobody_calls_against(trip: fn(&Installation), until: fn(Timestamp) -> Timestamp) {
    let mirror = Mirror::start().await;
    let pull_requests = five(&mirror);
    mirror.receive().await;
    let tripped = mirror.github.clock().now();
    trip(&mirror.installation);
    for _ in &pull_requests {
        mirror.work_once().await;
    }
    mirror.work().await;
    let refused = calls_between(&mirror, tripped, until(tripped));
    assert_eq!(refused.len(), 1, "{refused:#?}");
    pull_requests.iter().for_each(is_judged);
    mirror.end();
}

pub(crate) fn after(time: Timestamp, wait: Duration) -> Timestamp {
    time.checked_add(wait).expect("a time")
}

#[tokio::test]
async fn a_spent_budget_is_not_called_against_until_it_is_renewed() {
    nobody_calls_against(Installation::exhaust_rate_limit, |tripped| {
        after(tripped, Duration::from_mins(55))
    })
    .await;
}

#[tokio::test]
async fn a_secondary_limit_is_not_called_against_for_as_long_as_it_says() {
    nobody_calls_against(
        |installation| installation.trip_secondary_rate_limit(Duration::from_mins(10)),
        |tripped| after(tripped, Duration::from_mins(10)),
    )
    .await;
}

#[tokio::test]
async fn a_secondary_limit_that_graphql_tells_of_by_an_error_is_one() {
    nobody_calls_against(
        |installation| installation.trip_secondary_rate_limit_by_error(Duration::from_mins(10)),
        |tripped| after(tripped, Duration::from_mins(10)),
    )
    .await;
}

#[tokio::test]
async fn a_secondary_limit_that_says_nothing_is_looked_at_ever_more_rarely() {
    let mirror = Mirror::start().await;
    let pull_requests = five(&mirror);
    mirror.receive().await;
    let tripped = mirror.github.clock().now();
    let long = Duration::from_mins(10);
    mirror.installation.trip_secondary_rate_limit_silently(long);
    mirror.work().await;
    let refused = calls_between(&mirror, tripped, after(tripped, long));
    // At once, and after 1, 2 and 4 minutes more.
    assert_eq!(refused.len(), 4, "{refused:#?}");
    pull_requests.iter().for_each(is_judged);
    mirror.end();
}

/// Lets something befall the installation at every call of a story in turn.
async fn at_every_call(befalls: fn(&Installation)) {
    let calls = {
        let mirror = Mirror::start().await;
        let repository = mirror.repository_that_requires_ci();
        rename_the_job(&repository);
        mirror.catch_up().await;
        mirror.github.calls().len()
    };
    for chosen in 0..calls {
        let mirror = Mirror::start().await;
        let repository = mirror.repository_that_requires_ci();
        let pull_request = rename_the_job(&repository);
        mirror.receive().await;
        let (installation, count) = (mirror.installation.clone(), AtomicUsize::new(0));
        mirror.github.inject_faults(move |_| {
            if count.fetch_add(1, Ordering::SeqCst) == chosen {
                befalls(&installation);
            }
            None
        });
        mirror.work().await;
        is_judged(&pull_request);
        mirror.end();
    }
}

#[tokio::test]
async fn a_limit_in_the_middle_leaves_one_check_and_each_annotation_once() {
    at_every_call(|it| it.trip_secondary_rate_limit(Duration::from_mins(2))).await;
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_is_renewed() {
    at_every_call(Installation::revoke_tokens).await;
}

#[tokio::test]
async fn whatever_way_a_call_fails_it_ends_in_the_same_check() {
    let ways = [
        Fault::BeforeEffect(Failure::Status(500)),
        Fault::BeforeEffect(Failure::Status(502)),
        Fault::BeforeEffect(Failure::Status(503)),
        Fault::BeforeEffect(Failure::ConnectionClosed),
        Fault::AfterEffect(Failure::Status(502)),
        Fault::AfterEffect(Failure::ConnectionClosed),
        Fault::Delay(Duration::from_millis(300)),
    ];
    let routes = [
        "POST /app/installations/{installation_id}/access_tokens",
        "POST /graphql",
        "GET /repos/{owner}/{repo}/git/trees/{tree_sha}",
        "GET /repos/{owner}/{repo}/rules/branches/{branch}",
        "POST /repos/{owner}/{repo}/check-runs",
        "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
    ];
    for way in ways {
        for route in routes {
            let mirror = Mirror::start().await;
            let repository = mirror.repository_that_requires_ci();
            let pull_request = rename_the_job(&repository);
            mirror.receive().await;
            mirror.github.fail_next(route, way);
            mirror.work().await;
            is_judged(&pull_request);
            mirror.end();
        }
    }
}

#[tokio::test]
async fn a_github_that_is_down_is_left_alone_and_found_when_it_is_back() {
    let mirror = Mirror::start().await;
    let pull_requests = five(&mirror);
    mirror.receive().await;
    let down_until = after(mirror.github.clock().now(), Duration::from_secs(80));
    let clock = mirror.github.clock().clone();
    mirror.github.inject_faults(move |_| {
        (clock.now() < down_until).then_some(Fault::BeforeEffect(Failure::Status(503)))
    });
    mirror.work_on_all_at_once().await;
    pull_requests.iter().for_each(is_judged);
    // Five workers that try four times each, every ten seconds, would be some hundred.
    let failed = mirror.github.calls().into_iter();
    let failed = failed.filter(|call| call.status == Some(503)).count();
    assert!(failed <= 60, "{failed} calls of a GitHub that was down");
    mirror.end();
}
