//! What happens when something is.

use std::slice;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sandbox::{CheckConclusion, Fault as GitHubFault};

use crate::proxy::Fault;
use crate::stack::{Stack, checks, rename_the_job};

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_message_is_set_aside_and_holds_up_nobody() {
    let stack = Stack::start_impatient(|_| {}).await;
    stack
        .send("pull-request", r#"{"delivery":"no message"}"#)
        .await;
    let repository = stack.repository_that_requires_ci("octo-org/hello");
    let pull_request = rename_the_job(&repository, "feature");

    stack.wait_for_checks(&[pull_request], 1).await;
    stack
        .wait("for the dead letter", async || {
            stack.depth("pull-request-dead").await == 1
        })
        .await;
    stack.wait_until_empty(&["pull-request"]).await;
    assert!(
        stack
            .log()
            .contains("given up; the message goes to the dead letters")
    );
    stack.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_dynamodb_makes_it_slower_and_no_different() {
    let stack = Stack::start().await;
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&calls);
    stack.aws.inject(move |call| {
        let dynamodb = call.service == "dynamodb";
        let number = seen.fetch_add(usize::from(dynamodb), Ordering::SeqCst);
        // Every other call: what is tried again at once goes through.
        (dynamodb && number.is_multiple_of(2)).then_some(Fault::Throttled)
    });
    let repository = stack.repository_that_requires_ci("octo-org/hello");
    let pull_requests: Vec<_> = (0..5)
        .map(|number| rename_the_job(&repository, &format!("feature-{number}")))
        .collect();

    stack.wait_for_checks(&pull_requests, 1).await;
    stack.wait_until_empty(&["pull-request"]).await;

    assert!(
        calls.load(Ordering::SeqCst) > 20,
        "DynamoDB was asked, and refused"
    );
    for pull_request in &pull_requests {
        assert_eq!(checks(pull_request).len(), 1);
    }
    stack.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_secrets_nothing_is_taken_in_and_nothing_is_lost() {
    let down = Arc::new(AtomicBool::new(true));
    let seen = Arc::clone(&down);
    // Parameters are written while the template is deployed; reading them is what fails.
    let stack = Stack::start_impatient(|aws| {
        aws.inject(move |call| {
            let reading = call.service == "ssm" && call.operation == "GetParameters";
            (reading && seen.load(Ordering::SeqCst)).then_some(Fault::Internal)
        });
    })
    .await;
    let repository = stack.repository_that_requires_ci("octo-org/hello");
    let pull_request = rename_the_job(&repository, "feature");
    stack.github.settled().await;

    let deliveries = stack.github.deliveries();
    let refused = deliveries.last().expect("GitHub has told of it");
    let attempt = refused.attempt.as_ref().expect("tried");
    assert_eq!(
        attempt.status,
        Some(503),
        "what can't be verified is not taken"
    );
    assert_eq!(stack.depth("pull-request").await, 0);

    down.store(false, Ordering::SeqCst);
    stack
        .wait("for the webhook to verify again", async || {
            let again = stack.github.redeliver(refused.id);
            stack.github.settled().await;
            let deliveries = stack.github.deliveries();
            let again = deliveries.iter().find(|it| it.id == again);
            again.and_then(|it| it.attempt.as_ref()?.status) == Some(202)
        })
        .await;
    stack
        .wait_for_checks(slice::from_ref(&pull_request), 1)
        .await;
    assert_eq!(checks(&pull_request).len(), 1);
    stack.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_apps_key_messages_wait_and_are_replayed_when_it_is_back() {
    let stack = Stack::start_impatient(|aws| {
        aws.inject(|call| {
            let key = call.service == "ssm" && call.body.contains("private_key");
            (key && call.operation == "GetParameters").then_some(Fault::Internal)
        });
    })
    .await;
    let repository = stack.repository_that_requires_ci("octo-org/hello");
    let pull_request = rename_the_job(&repository, "feature");
    stack
        .wait("for the dead letter", async || {
            stack.depth("pull-request-dead").await == 1
        })
        .await;
    assert!(checks(&pull_request).is_empty());

    stack.aws.heal();
    // Who could not read asks again after some seconds.
    tokio::time::sleep(Duration::from_secs(6)).await;
    stack.redrive("pull-request").await;
    stack
        .wait_for_checks(slice::from_ref(&pull_request), 1)
        .await;

    stack
        .wait_until_empty(&["pull-request", "pull-request-dead"])
        .await;
    assert_eq!(checks(&pull_request).len(), 1);
    stack.end();
}

/// It takes as long as a lease: nobody else may touch the head of a worker that may be alive.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_workers_work_is_taken_up_by_the_next() {
    let stack = Stack::start().await;
    // GitHub makes the run and is silent from then on, for longer than the worker lives.
    let (created, held) = (AtomicBool::new(false), AtomicBool::new(false));
    stack.github.inject_faults(move |call| {
        if call.route.ends_with("/check-runs") && call.method == "POST" {
            created.store(true, Ordering::SeqCst);
            return None;
        }
        let first = created.load(Ordering::SeqCst) && !held.swap(true, Ordering::SeqCst);
        first.then_some(GitHubFault::Delay(Duration::from_secs(30)))
    });
    let repository = stack.repository_that_requires_ci("octo-org/hello");
    let pull_request = rename_the_job(&repository, "feature");
    stack
        .wait("for the run to be made", async || {
            checks(&pull_request).len() == 1
        })
        .await;

    assert!(stack.kill("pull-request") > 0, "a worker was at work");

    stack
        .wait_for_checks(slice::from_ref(&pull_request), 1)
        .await;
    let runs = checks(&pull_request);
    assert_eq!(runs.len(), 1, "the run is found again, not made again");
    assert_eq!(runs[0].conclusion, Some(CheckConclusion::Neutral));
    stack
        .wait_until_empty(&["pull-request", "pull-request-dead"])
        .await;
    stack.end();
}
