//! The webhook's use case: from a request's headers and raw bytes to a message in the queue.
//!
//! Checks come in the order of their cost and of what they give away: size, headers, signature
//! over the raw bytes, and only then the body. No store but the queue is touched. Nothing of a
//! body or of a signature is logged or answered.
//! <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>

mod secrets;

use std::error::Error;
use std::sync::Arc;

use codes::Code;
use tracing::{Instrument, Span};

pub use secrets::{FixedSecrets, LOOK_AGAIN, SecretSource, SecretsUnavailable, WebhookSecrets};

use crate::event::{DeliveryId, Message};
use crate::metrics::{Measurement, Metrics};
use crate::ports::EventQueue;
use crate::trace::{self, TraceId};
use crate::webhook::{DecodeError, Decoded};

/// GitHub sends no webhook with a larger body (25 MB); the default limit.
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads>
pub const MAX_BODY_BYTES: usize = 25 * 1024 * 1024;

/// Reads a body: `X-GitHub-Event` and the raw bytes in, ids out.
pub type Decode = fn(event: &str, body: &[u8]) -> Result<Decoded, DecodeError>;

/// Everything that ingesting needs.
pub struct Intake {
    /// What signatures are checked with.
    pub secrets: Arc<dyn SecretSource>,
    /// The largest body that is looked at.
    pub max_body_bytes: usize,
    /// Reads bodies.
    pub decode: Decode,
    /// Where messages go.
    pub queue: Arc<dyn EventQueue>,
    /// Is told what came of requests.
    pub metrics: Arc<dyn Metrics>,
}

/// A request to the webhook. Header values as text; one that is no text counts as missing.
#[derive(Clone, Copy)]
pub struct WebhookRequest<'a> {
    /// `X-GitHub-Event`
    pub event: Option<&'a str>,
    /// `X-GitHub-Delivery`
    pub delivery: Option<&'a str>,
    /// `X-Hub-Signature-256`
    pub signature: Option<&'a str>,
    /// `Content-Type`
    pub content_type: Option<&'a str>,
    /// The trace that the platform began for it. Never one of the request's own choosing:
    /// strangers would write into our traces.
    pub trace: Option<TraceId>,
    /// The raw body, as it was signed.
    pub body: &'a [u8],
}

/// What became of a request, and so how it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IngestOutcome {
    /// In the queue, where no crash loses it: 202.
    Accepted,
    /// GitHub's greeting: 200.
    Ping,
    /// Genuine, but changes nothing here: 202.
    Ignored,
    /// No signature, or none that either secret gives: 401.
    Unauthorized,
    /// 400.
    BadRequest(BadRequest),
    /// The body is above the limit: 413.
    TooLarge,
    /// The secrets could not be read, or the queue could not take it, so GitHub has to deliver
    /// it again: 503.
    Unavailable,
}

/// What is wrong with a request, in words that hold nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// GitHub also offers `application/x-www-form-urlencoded`; the hook must be set to JSON.
    #[error("the content type must be application/json")]
    ContentType,
    /// A header is missing or malformed.
    #[error("the header {0} is missing or malformed")]
    Header(&'static str),
    /// The body can't be understood.
    #[error(transparent)]
    Body(DecodeError),
}

impl BadRequest {
    /// The code that docs/errors.md explains.
    pub fn code(self) -> Code {
        match self {
            Self::ContentType => codes::WEBHOOK_CONTENT_TYPE,
            Self::Header(_) => codes::WEBHOOK_HEADER,
            Self::Body(_) => codes::WEBHOOK_BODY,
        }
    }
}

impl IngestOutcome {
    /// The code that docs/errors.md explains; `None` where nothing is wrong.
    pub fn code(self) -> Option<Code> {
        match self {
            Self::Accepted | Self::Ping | Self::Ignored => None,
            Self::Unauthorized => Some(codes::WEBHOOK_UNAUTHORIZED),
            Self::BadRequest(bad) => Some(bad.code()),
            Self::TooLarge => Some(codes::WEBHOOK_TOO_LARGE),
            Self::Unavailable => Some(codes::WEBHOOK_UNAVAILABLE),
        }
    }

    /// The HTTP status that says so.
    pub fn status(self) -> u16 {
        match self {
            Self::Ping => 200,
            Self::Accepted | Self::Ignored => 202,
            Self::BadRequest(_) => 400,
            Self::Unauthorized => 401,
            Self::TooLarge => 413,
            Self::Unavailable => 503,
        }
    }

    /// The word that the answer's body says it with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Ping => "pong",
            Self::Ignored => "ignored",
            Self::Unauthorized => "unauthorized",
            Self::BadRequest(_) => "malformed",
            Self::TooLarge => "too_large",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Checks a request, reduces its event to ids and queues it.
pub async fn ingest(intake: &Intake, request: &WebhookRequest<'_>) -> IngestOutcome {
    let span = crate::delivery_span!("webhook");
    trace::trace(&span, request.trace);
    let entered = span.clone();
    let outcome = take_in(intake, request, &span).instrument(entered).await;
    // What a client did wrong is no failure of ours; its outcome says it.
    let failure = outcome.code().filter(|_| outcome.status() >= 500);
    trace::ended(&span, outcome.word(), failure);
    outcome
}

async fn take_in(intake: &Intake, request: &WebhookRequest<'_>, span: &Span) -> IngestOutcome {
    let outcome = match admit(intake, request, span).await {
        Ok(message) => {
            trace::identify(span, &message);
            queue(intake, &message).await
        }
        Err(outcome) => outcome,
    };
    match outcome {
        IngestOutcome::Accepted | IngestOutcome::Unavailable => {}
        IngestOutcome::Ping | IngestOutcome::Ignored => {
            tracing::debug!(webhook.outcome = ?outcome, "webhook needs no work");
        }
        rejected => tracing::warn!(
            error.code = rejected.code().map(tracing::field::display),
            webhook.outcome = ?rejected,
            "webhook rejected"
        ),
    }
    intake.metrics.record(&Measurement::Received(outcome));
    outcome
}

async fn queue(intake: &Intake, message: &Message) -> IngestOutcome {
    match intake.queue.send(message).await {
        Ok(()) => {
            tracing::info!("webhook queued");
            IngestOutcome::Accepted
        }
        Err(error) => {
            tracing::error!(
                error.code = %error.code(),
                error = &error as &dyn Error,
                "webhook not queued; GitHub has to deliver it again"
            );
            IngestOutcome::Unavailable
        }
    }
}

/// The message of a request that is genuine and calls for work.
async fn admit(
    intake: &Intake,
    request: &WebhookRequest<'_>,
    span: &Span,
) -> Result<Message, IngestOutcome> {
    if request.body.len() > intake.max_body_bytes {
        return Err(IngestOutcome::TooLarge);
    }
    let signature = request
        .signature
        .and_then(parse_signature)
        .ok_or(IngestOutcome::Unauthorized)?;
    let (event, delivery) = headers(request).map_err(IngestOutcome::BadRequest)?;
    match is_genuine(&*intake.secrets, request.body, &signature).await {
        Ok(true) => {}
        Ok(false) => return Err(IngestOutcome::Unauthorized),
        Err(error) => {
            tracing::error!(
                error.code = %error.code(),
                error = &error as &dyn Error,
                "webhook not judged; GitHub has to deliver it again"
            );
            return Err(IngestOutcome::Unavailable);
        }
    }
    // Only now: a stranger's header could name another's delivery.
    span.record("delivery.id", delivery.as_str());
    match (intake.decode)(event, request.body) {
        Ok(Decoded::Event(event)) => Ok(Message {
            delivery,
            trace: request.trace,
            event,
        }),
        Ok(Decoded::Ping) => Err(IngestOutcome::Ping),
        Ok(Decoded::Ignored { .. }) => Err(IngestOutcome::Ignored),
        Err(error) => Err(IngestOutcome::BadRequest(BadRequest::Body(error))),
    }
}

/// Whether GitHub signed the body. A secret may have been replaced since the source last looked.
async fn is_genuine(
    source: &dyn SecretSource,
    body: &[u8],
    signature: &[u8; 32],
) -> Result<bool, SecretsUnavailable> {
    let known = source.current().await?;
    if known.verify(body, signature) {
        return Ok(true);
    }
    let newer = source.newer(&known).await?;
    Ok(newer.is_some_and(|newer| newer.verify(body, signature)))
}

fn headers<'a>(request: &WebhookRequest<'a>) -> Result<(&'a str, DeliveryId), BadRequest> {
    if !request.content_type.is_some_and(is_json) {
        return Err(BadRequest::ContentType);
    }
    let event = request
        .event
        .filter(|event| is_event_name(event))
        .ok_or(BadRequest::Header("X-GitHub-Event"))?;
    let delivery = request
        .delivery
        .and_then(DeliveryId::new)
        .ok_or(BadRequest::Header("X-GitHub-Delivery"))?;
    Ok((event, delivery))
}

/// Whether a `Content-Type` is JSON, whatever its parameters.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

fn is_event_name(event: &str) -> bool {
    let name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=100).contains(&event.len()) && event.bytes().all(name)
}

/// The 32 bytes of `sha256=<64 hex digits>`.
fn parse_signature(header: &str) -> Option<[u8; 32]> {
    let digits = header.strip_prefix("sha256=")?.as_bytes();
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|[high, low]| Some(hex_digit(*high)? << 4 | hex_digit(*low)?))
        .collect();
    bytes?.try_into().ok()
}

fn hex_digit(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}
