//! A webhook that never came.

use std::slice;
use std::time::Duration;

use app::redeliver::SETTLED_AFTER;
use aws::names::FunctionName;
use sandbox::CheckConclusion;

use crate::stack::{Stack, checks, rename_the_job};

/// Where nobody listens.
const NOBODY: &str = "http://127.0.0.1:9/webhook";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_lost_on_the_way_is_asked_for_and_done() {
    let earlier = SETTLED_AFTER + Duration::from_mins(5);
    let stack = Stack::start_silent_before(earlier).await;
    stack.app.set_webhook_url(NOBODY);
    let repository = stack.repository_that_requires_ci("octo-org/hello");
    let pull_request = rename_the_job(&repository, "feature");
    stack.github.settled().await;
    stack.app.set_webhook_url(stack.webhook_url());
    // The functions have this machine's time; GitHub's stands, so that it is set ahead.
    let ahead = Duration::from_mins(5);
    stack.github.clock().advance(earlier + ahead);

    stack.wake(FunctionName::Redelivery);
    stack.github.settled().await;
    stack
        .wait_for_checks(slice::from_ref(&pull_request), 1)
        .await;
    let runs = checks(&pull_request);
    assert_eq!(runs[0].conclusion, Some(CheckConclusion::Neutral));
    stack.wait_until_empty(&["pull-request"]).await;

    let sent = stack.github.deliveries().len();
    stack.wake(FunctionName::Redelivery);
    stack.github.settled().await;
    assert_eq!(stack.github.deliveries().len(), sent, "nothing is missing");
    stack.end();
}
