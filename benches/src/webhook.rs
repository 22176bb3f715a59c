//! A signed delivery, and a webhook whose queue takes no time.

use std::fmt::Write as _;
use std::sync::Arc;

use app::StoreError;
use app::event::Message;
use app::ingest::{Decode, FixedSecrets, Intake, MAX_BODY_BYTES, WebhookRequest, WebhookSecrets};
use app::metrics::Unmeasured;
use app::ports::EventQueue;
use app::webhook::Decoded;
use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use sha2::Sha256;

/// What deliveries here are signed with.
pub const SECRET: &str = "a secret of the benchmarks";

/// `pull_request.opened`, signed.
pub struct Delivery {
    body: Vec<u8>,
    signature: String,
}

impl Delivery {
    /// The event of `events/pull_request.opened.json`.
    pub fn pull_request() -> Self {
        Self::of(include_bytes!("../../events/pull_request.opened.json").to_vec())
    }

    /// The same, filled up to this many bytes with what nobody reads.
    ///
    /// # Panics
    /// When the event is no object.
    pub fn of_size(bytes: usize) -> Self {
        let event = include_str!("../../events/pull_request.opened.json").trim_start();
        let rest = event.strip_prefix('{').expect("the event is an object");
        let filler = "x".repeat(bytes.saturating_sub(event.len() + 14));
        Self::of(format!("{{\"filler\":\"{filler}\",{rest}").into_bytes())
    }

    fn of(body: Vec<u8>) -> Self {
        let signature = sign(&body);
        Self { body, signature }
    }

    /// As it comes in.
    pub fn request(&self) -> WebhookRequest<'_> {
        WebhookRequest {
            event: Some("pull_request"),
            delivery: Some("72d3162e-cc78-11e3-81ab-4c9367dc0958"),
            signature: Some(&self.signature),
            content_type: Some("application/json"),
            trace: None,
            body: &self.body,
        }
    }
}

/// The value of `X-Hub-Signature-256`.
fn sign(body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body);
    let mut signature = "sha256=".to_owned();
    for byte in mac.finalize().into_bytes() {
        let _ = write!(signature, "{byte:02x}");
    }
    signature
}

/// The webhook as it is, but for its queue.
pub fn intake() -> Intake {
    intake_with(github::webhook::decode)
}

/// The webhook without its reading of bodies: what is left is the signature.
pub fn intake_that_reads_nothing() -> Intake {
    intake_with(|_, _| Ok(Decoded::Ping))
}

fn intake_with(decode: Decode) -> Intake {
    Intake {
        secrets: Arc::new(FixedSecrets::new(WebhookSecrets {
            current: SecretString::from(SECRET),
            previous: None,
        })),
        max_body_bytes: MAX_BODY_BYTES,
        decode,
        queue: Arc::new(Nowhere),
        metrics: Arc::new(Unmeasured),
    }
}

/// A queue that takes everything at once.
struct Nowhere;

#[async_trait]
impl EventQueue for Nowhere {
    async fn send(&self, _: &Message) -> Result<(), StoreError> {
        Ok(())
    }
}
