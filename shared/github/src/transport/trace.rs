//! Makes every attempt a span: route template and result, never an address, a token or a body.

use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tower::Service;
use tracing::field::Empty;
use tracing::{Instrument, Span, debug_span};

use super::{Answer, Call, NoAnswer};

#[derive(Clone)]
pub(super) struct Trace<S> {
    inner: S,
}

impl<S> Trace<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
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
        let answer = self.inner.call(call);
        let recorded = span.clone();
        let future = async move {
            let answer = answer.await;
            record(&recorded, &answer);
            answer
        };
        Box::pin(future.instrument(span))
    }
}

fn record(span: &Span, answer: &Result<Answer, NoAnswer>) {
    match answer {
        Ok(answer) => {
            span.record("http.status", answer.status.as_u16());
            let remaining = answer.headers.get("x-ratelimit-remaining");
            if let Some(remaining) = remaining.and_then(|value| value.to_str().ok()) {
                span.record("github.remaining_calls", remaining);
            }
            tracing::debug!("answered");
        }
        Err(error) => tracing::debug!(%error, "not answered"),
    }
}
