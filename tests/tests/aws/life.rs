//! What happens when nothing is broken.

use std::slice;

use sandbox::CheckConclusion;

use crate::stack::{Stack, checks, rename_the_job};

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_becomes_a_check_run() {
    let stack = Stack::start().await;
    assert_eq!(
        stack.public_actions(),
        ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"],
        "a function URL needs both"
    );
    let repository = stack.repository_that_requires_ci("octo-org/hello");
    let pull_request = rename_the_job(&repository, "feature");

    stack
        .wait_for_checks(slice::from_ref(&pull_request), 1)
        .await;

    let runs = checks(&pull_request);
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].conclusion, Some(CheckConclusion::Neutral));
    assert_eq!(
        runs[0].output.title.as_deref(),
        Some("Not blocked: 1 new contradiction (1 high)")
    );
    stack
        .wait_until_empty(&["pull-request", "pull-request-dead"])
        .await;
    stack.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_and_late_deliveries_change_nothing() {
    let stack = Stack::start().await;
    let repository = stack.repository_that_requires_ci("octo-org/hello");
    let pull_request = rename_the_job(&repository, "feature");
    stack
        .wait_for_checks(slice::from_ref(&pull_request), 1)
        .await;
    let first_head = pull_request.head();
    pull_request.push("Say more", [("README.md", "Hello, world\n")]);
    stack
        .wait_for_checks(slice::from_ref(&pull_request), 1)
        .await;

    // Everything again, the latest first.
    let mut deliveries = stack.github.deliveries();
    deliveries.reverse();
    for delivery in &deliveries {
        stack.github.redeliver(delivery.id);
    }
    stack.github.settled().await;
    stack.wait_until_empty(&["pull-request"]).await;

    assert_eq!(checks(&pull_request).len(), 1, "one run for the head");
    let of_first = repository.check_runs(first_head);
    assert_eq!(
        of_first.len(),
        1,
        "one run for the head before: {of_first:#?}"
    );
    assert_eq!(stack.depth("pull-request-dead").await, 0);
    stack.end();
}
