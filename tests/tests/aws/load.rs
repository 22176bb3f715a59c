//! Many at once.

use std::sync::Arc;
use std::time::Duration;

use app::evaluate::MAX_RECEIVES;
use axum::body::Body;
use axum::http::Request;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use sandbox::Delivery;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::stack::{Stack, checks, rename_the_job};

const PULL_REQUESTS: usize = 250;
/// Each event is delivered this often.
const TIMES: usize = 4;
const CONCURRENCY: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_deliveries_at_once_none_is_lost_and_none_counts_twice() {
    // Deliveries are made and not sent: that is done below, at the pace of the test.
    let stack = Stack::start_silent(|_| {}, MAX_RECEIVES).await;
    let repository = stack.repository_that_requires_ci("octo-org/hello");
    let pull_requests: Vec<_> = (0..PULL_REQUESTS)
        .map(|number| rename_the_job(&repository, &format!("feature-{number}")))
        .collect();
    let mut deliveries = stack.github.deliveries();
    deliveries.retain(|delivery| delivery.event == "pull_request");
    assert_eq!(deliveries.len(), PULL_REQUESTS);

    let refused = send(stack.webhook_url(), &deliveries).await;
    // On two cores with everything else, functions that all start at once may be late.
    println!("{refused} times 503, and sent again as GitHub is asked to");

    stack.wait_for_checks(&pull_requests, 1).await;
    stack.wait_until_empty(&["pull-request"]).await;
    let runs: Vec<usize> = pull_requests.iter().map(|it| checks(it).len()).collect();
    assert!(runs.iter().all(|runs| *runs == 1), "one run each: {runs:?}");
    assert_eq!(stack.depth("pull-request-dead").await, 0);
    stack.end();
}

/// Sends every delivery [`TIMES`] times, each until it is taken in; how often that was refused.
async fn send(url: &str, deliveries: &[Delivery]) -> usize {
    let client: Client<_, Body> = Client::builder(TokioExecutor::new()).build_http();
    let room = Arc::new(Semaphore::new(CONCURRENCY));
    let mut sent = JoinSet::new();
    for delivery in (0..TIMES).flat_map(|_| deliveries).cloned() {
        let (client, url) = (client.clone(), url.to_owned());
        let room = Arc::clone(&room);
        sent.spawn(async move {
            for refused in 0..30 {
                let _room = room.acquire().await.expect("open");
                let mut request = Request::post(&url);
                for (name, value) in &delivery.headers {
                    request = request.header(name, value);
                }
                let request = request.body(delivery.body.clone().into());
                let answer = client.request(request.expect("a request")).await;
                match answer.expect("answered").status().as_u16() {
                    202 => return refused,
                    503 => tokio::time::sleep(Duration::from_secs(1)).await,
                    other => panic!("a genuine delivery is answered {other}"),
                }
            }
            panic!("a delivery is refused for ever");
        });
    }
    sent.join_all().await.into_iter().sum()
}
