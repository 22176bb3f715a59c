//! The innermost layer: octocrab's HTTP client, within a time and a size.

use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request};
use http_body_util::{BodyExt, Limited};
use octocrab::{OctoBody, Octocrab};
use secrecy::ExposeSecret;
use tower::Service;

use super::{Answer, Call, NOBODY, NoAnswer};

/// How long one attempt may take, from connecting to the last byte.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);

/// The largest answer that is read. A recursive tree is at most 7 MB of entries.
pub(super) const LARGEST_ANSWER: usize = 32 << 20;

/// The version of the REST API that this adapter is written to
/// (<https://docs.github.com/en/rest/about-the-rest-api/api-versions>).
const API_VERSION: &str = "2022-11-28";

#[derive(Clone)]
pub(super) struct Http {
    octocrab: Octocrab,
}

impl Http {
    pub(super) fn new(octocrab: Octocrab) -> Self {
        Self { octocrab }
    }
}

impl Service<Call> for Http {
    type Response = Answer;
    type Error = NoAnswer;
    type Future = BoxFuture<'static, Result<Answer, NoAnswer>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NoAnswer>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let octocrab = self.octocrab.clone();
        Box::pin(async move {
            let request = request(call).map_err(NoAnswer::Request)?;
            tokio::time::timeout(TIMEOUT, exchange(&octocrab, request))
                .await
                .map_err(|_| NoAnswer::Timeout)?
        })
    }
}

fn request(call: Call) -> Result<Request<OctoBody>, http::Error> {
    let mut request = Request::builder()
        .method(call.endpoint.method())
        .uri(call.uri)
        .header(ACCEPT, "application/vnd.github+json")
        .header("x-github-api-version", API_VERSION);
    let bearer = call.bearer.expose_secret();
    if bearer != NOBODY {
        let mut bearer = HeaderValue::try_from(format!("Bearer {bearer}"))?;
        bearer.set_sensitive(true);
        request = request.header(AUTHORIZATION, bearer);
    }
    match call.body {
        Some(body) => request
            .header(CONTENT_TYPE, "application/json")
            .body(body.into()),
        None => request.body(OctoBody::empty()),
    }
}

async fn exchange(octocrab: &Octocrab, request: Request<OctoBody>) -> Result<Answer, NoAnswer> {
    let response = octocrab.execute(request).await.map_err(NoAnswer::Network)?;
    let (head, body) = response.into_parts();
    let body = Limited::new(body, LARGEST_ANSWER).collect().await;
    let body = body.map_err(|error| match error.downcast::<octocrab::Error>() {
        Ok(error) => NoAnswer::Network(*error),
        // The limit's own error is the only other one.
        Err(_) => NoAnswer::TooLarge,
    })?;
    Ok(Answer {
        status: head.status,
        headers: head.headers,
        body: body.to_bytes(),
    })
}
