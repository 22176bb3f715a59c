//! `POST /webhook`: reads the raw body within its limits and hands it to the use case.

use app::ingest::{IngestOutcome, WebhookRequest, ingest};
use app::metrics::Measurement;
use app::trace::TraceId;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};

use super::Services;
use super::answer::Answer;
use super::body::{self, BodyError};

const SIGNATURE: &str = "x-hub-signature-256";

pub(super) async fn receive(State(services): State<Services>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let headers = &parts.headers;
    let announced = text(headers, CONTENT_LENGTH.as_str()).and_then(|text| text.parse().ok());
    let limit = services.intake.max_body_bytes;
    if text(headers, SIGNATURE).is_none() {
        // Nobody's body is read who does not even claim to be GitHub.
        let unsigned = request_of(headers, &[]);
        return answer(ingest(&services.intake, &unsigned).await);
    }
    let body = match body::read(body, announced, limit, services.body_timeout).await {
        Ok(body) => body,
        Err(BodyError::TooLarge) => {
            let rejected = Measurement::Received(IngestOutcome::TooLarge);
            services.intake.metrics.record(&rejected);
            let code = codes::WEBHOOK_TOO_LARGE;
            tracing::warn!(error.code = %code, limit_bytes = limit, "webhook rejected: too large");
            return answer(IngestOutcome::TooLarge);
        }
        Err(BodyError::TooSlow) => {
            let code = codes::WEBHOOK_INCOMPLETE;
            tracing::warn!(error.code = %code, "webhook rejected: the body did not arrive in time");
            return Answer::new(StatusCode::REQUEST_TIMEOUT, "too_slow").with(code);
        }
        Err(BodyError::Broken) => {
            let code = codes::WEBHOOK_INCOMPLETE;
            tracing::warn!(error.code = %code, "webhook rejected: the body broke off");
            return Answer::new(StatusCode::BAD_REQUEST, "malformed").with(code);
        }
    };
    let request = request_of(headers, &body);
    answer(ingest(&services.intake, &request).await)
}

fn request_of<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> WebhookRequest<'a> {
    WebhookRequest {
        event: text(headers, "x-github-event"),
        delivery: text(headers, "x-github-delivery"),
        signature: text(headers, SIGNATURE),
        content_type: text(headers, CONTENT_TYPE.as_str()),
        trace: new_trace(),
        body,
    }
}

/// A trace of its own for every request: GitHub sends none, and strangers must not choose one.
/// Without randomness the work is done all the same.
fn new_trace() -> Option<TraceId> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    TraceId::from_bytes(bytes)
}

/// A header's value; none where it is not text.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn answer(outcome: IngestOutcome) -> Answer {
    let http = StatusCode::from_u16(outcome.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let answer = Answer::new(http, outcome.word());
    outcome.code().map_or(answer, |code| answer.with(code))
}
