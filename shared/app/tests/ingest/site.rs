//! A webhook's site with a secret, a queue in memory, and requests that are good.

use std::sync::Arc;

use app::event::{Event, Repository};
use app::ingest::{Intake, MAX_BODY_BYTES, WebhookRequest, WebhookSecrets};
use app::metrics::Unmeasured;
use app::testing::World;
use app::trace::TraceId;
use app::webhook::{DecodeError, Decoded};
use hmac::{Hmac, KeyInit, Mac};
use oracle::{ObjectId, RepositoryName};
use sha2::Sha256;

/// The test vector of GitHub's documentation.
pub(crate) const SECRET: &str = "It's a Secret to Everybody";
pub(crate) const BODY: &[u8] = b"Hello, World!";
pub(crate) const SIGNATURE: &str =
    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

pub(crate) struct Site {
    pub(crate) world: Arc<World>,
    pub(crate) intake: Intake,
}

pub(crate) fn site() -> Site {
    let world = World::new();
    world.put_secrets(WebhookSecrets {
        current: SECRET.into(),
        previous: None,
    });
    let intake = Intake {
        secrets: Arc::clone(&world) as _,
        max_body_bytes: MAX_BODY_BYTES,
        decode,
        queue: Arc::clone(&world) as _,
        metrics: Arc::new(Unmeasured),
    };
    Site { world, intake }
}

/// Understands three events whatever their body is, and no other.
fn decode(event: &str, body: &[u8]) -> Result<Decoded, DecodeError> {
    match event {
        "pull_request" if body.starts_with(b"{") => Err(DecodeError::Field { field: "number" }),
        "pull_request" => Ok(Decoded::Event(event_of_hello_world())),
        "ping" => Ok(Decoded::Ping),
        "broken" => Err(DecodeError::NotJson),
        event => Ok(Decoded::Ignored {
            event: event.to_owned(),
            action: None,
        }),
    }
}

pub(crate) fn event_of_hello_world() -> Event {
    Event::PullRequest {
        repository: Repository {
            installation_id: 1,
            id: 2,
            name: RepositoryName::new("octo-org/hello").expect("valid"),
        },
        number: 3,
        head: ObjectId::new(&"a".repeat(40)).expect("valid"),
        before: None,
        base_before: None,
    }
}

pub(crate) fn request() -> WebhookRequest<'static> {
    WebhookRequest {
        event: Some("pull_request"),
        delivery: Some("72d3162e-cc78-11e3-81ab-4c9367dc0958"),
        signature: Some(SIGNATURE),
        content_type: Some("application/json"),
        trace: TraceId::from_bytes(*b"the trace of 1st"),
        body: BODY,
    }
}

pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("valid");
    let digest = mac.chain_update(body).finalize().into_bytes();
    digest.iter().fold(String::from("sha256="), |hex, byte| {
        format!("{hex}{byte:02x}")
    })
}
