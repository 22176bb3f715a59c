//! Makes every attempt a span and a measurement: route template and result, never an address, a
//! token or a body.

use std::sync::Arc;
use std::task::{Context, Poll};

use app::metrics::{GitHubCall, Measurement, Metrics};
use futures_util::future::BoxFuture;
use tower::Service;
use tracing::field::Empty;
use tracing::{Instrument, Span, debug_span};

use super::{Answer, Call, NoAnswer};

#[derive(Clone)]
pub(super) struct Trace<S> {
    inner: S,
    metrics: Arc<dyn Metrics>,
}

impl<S> Trace<S> {
    pub(super) fn new(inner: S, metrics: Arc<dyn Metrics>) -> Self {
        Self { inner, metrics }
    }
}

impl<S> Service<Call> for Trace<S>
where
    S: Service<Call, Response = Answer, Error = NoAnswer>,
    S::Future: Send + 'static,
{
    type Response = Answer;
    type Error = NoAnswer;
    type Future = BoxFuture<'static, Result<Answer, NoAnswer>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), NoAnswer>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let span = debug_span!(
            "github.call",
            http.method = %call.endpoint.method(),
            http.route = call.endpoint.template(),
            http.attempt = call.attempt,
            http.status = Empty,
            github.remaining_calls = Empty,
        );
        let (route, attempt) = (call.endpoint.name, call.attempt);
        let metrics = Arc::clone(&self.metrics);
        let answer = self.inner.call(call);
        let recorded = span.clone();
        let future = async move {
            let answer = answer.await;
            record(&recorded, &answer);
            metrics.record(&Measurement::GitHubCall(GitHubCall {
                route,
                status: answer.as_ref().ok().map(|answer| answer.status.as_u16()),
                attempt,
                remaining: answer.as_ref().ok().and_then(remaining),
            }));
            answer
        };
        Box::pin(future.instrument(span))
    }
}

fn record(span: &Span, answer: &Result<Answer, NoAnswer>) {
    match answer {
        Ok(answer) => {
            span.record("http.status", answer.status.as_u16());
            if let Some(remaining) = remaining(answer) {
                span.record("github.remaining_calls", remaining);
            }
            tracing::debug!("answered");
        }
        Err(error) => tracing::debug!(%error, "not answered"),
    }
}

/// What is left of the rate limit
/// (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>).
fn remaining(answer: &Answer) -> Option<u64> {
    let header = answer.headers.get("x-ratelimit-remaining")?;
    header.to_str().ok()?.parse().ok()
}
