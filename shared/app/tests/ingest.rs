//! The webhook's use case, from raw requests to what is queued, counted and logged.

use std::sync::{Arc, Mutex};

use app::counters::Counters;
use app::event::{DeliveryId, Event, Message, Repository};
use app::ingest::{
    BadRequest, IngestOutcome, Intake, MAX_BODY_BYTES, WebhookRequest, WebhookSecrets, ingest,
};
use app::testing::World;
use app::webhook::{DecodeError, Decoded};
use expect_test::expect;
use hmac::{Hmac, KeyInit, Mac};
use oracle::{ObjectId, RepositoryName};
use sha2::Sha256;
use tracing::field::{Field, Visit};
use tracing::{Metadata, Subscriber, span};

/// The test vector of GitHub's documentation.
const SECRET: &str = "It's a Secret to Everybody";
const BODY: &[u8] = b"Hello, World!";
const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

struct Site {
    world: Arc<World>,
    intake: Intake,
}

fn site() -> Site {
    let world = World::new();
    let intake = Intake {
        secrets: WebhookSecrets {
            current: SECRET.into(),
            previous: None,
        },
        max_body_bytes: MAX_BODY_BYTES,
        decode,
        queue: Arc::clone(&world) as _,
        counters: Arc::new(Counters::default()),
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

fn event_of_hello_world() -> Event {
    Event::PullRequest {
        repository: Repository {
            installation_id: 1,
            id: 2,
            name: RepositoryName::new("octo-org/hello").unwrap(),
        },
        number: 3,
        head: ObjectId::new(&"a".repeat(40)).unwrap(),
        before: None,
    }
}

fn request() -> WebhookRequest<'static> {
    WebhookRequest {
        event: Some("pull_request"),
        delivery: Some("72d3162e-cc78-11e3-81ab-4c9367dc0958"),
        signature: Some(SIGNATURE),
        content_type: Some("application/json"),
        body: BODY,
    }
}

fn sign(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let digest = mac.chain_update(body).finalize().into_bytes();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

#[tokio::test]
async fn githubs_own_example_is_accepted_and_queued() {
    let site = site();
    let outcome = ingest(&site.intake, &request()).await;
    assert_eq!((outcome, outcome.status()), (IngestOutcome::Accepted, 202));
    let message = Message {
        delivery: DeliveryId::new("72d3162e-cc78-11e3-81ab-4c9367dc0958").unwrap(),
        event: event_of_hello_world(),
    };
    assert_eq!(site.world.take_queued(), [message]);
}

#[tokio::test]
async fn a_signature_must_be_there_and_right() {
    let shouted = SIGNATURE.to_ascii_uppercase();
    let first_digit = SIGNATURE.replacen("sha256=7", "sha256=8", 1);
    let last_digit = format!("{}8", &SIGNATURE[..SIGNATURE.len() - 1]);
    let too_long = format!("{SIGNATURE}00");
    let not_hex = SIGNATURE.replacen('7', "+", 1);
    let foreign = sign("another secret", BODY);
    let signatures = [
        None,
        Some(""),
        Some("sha256="),
        Some(&SIGNATURE["sha256=".len()..]),
        Some("sha1=7d38cdd689735b008b3c702edd92eea23791c5f6"),
        Some(&shouted),
        Some(&first_digit),
        Some(&last_digit),
        Some(&too_long),
        Some(&not_hex),
        Some(&foreign),
        Some("sha256=ü"),
    ];
    for signature in signatures {
        let site = site();
        let request = WebhookRequest {
            signature,
            ..request()
        };
        let outcome = ingest(&site.intake, &request).await;
        assert_eq!(outcome, IngestOutcome::Unauthorized, "{signature:?}");
        assert_eq!(outcome.status(), 401);
        assert_eq!(site.world.take_queued(), []);
    }
}

#[tokio::test]
async fn while_a_secret_is_replaced_both_are_right() {
    let mut site = site();
    site.intake.secrets = WebhookSecrets {
        current: "new".into(),
        previous: Some("old".into()),
    };
    for (secret, expected) in [
        ("new", IngestOutcome::Accepted),
        ("old", IngestOutcome::Accepted),
        (SECRET, IngestOutcome::Unauthorized),
    ] {
        let signature = sign(secret, BODY);
        let request = WebhookRequest {
            signature: Some(&signature),
            ..request()
        };
        assert_eq!(ingest(&site.intake, &request).await, expected, "{secret}");
    }
}

#[tokio::test]
async fn an_empty_secret_lets_nobody_in() {
    let mut site = site();
    site.intake.secrets = WebhookSecrets {
        current: "".into(),
        previous: Some("".into()),
    };
    let signature = sign("", BODY);
    let request = WebhookRequest {
        signature: Some(&signature),
        ..request()
    };
    let outcome = ingest(&site.intake, &request).await;
    assert_eq!(outcome, IngestOutcome::Unauthorized);
}

#[tokio::test]
async fn what_is_no_github_json_is_a_bad_request() {
    let content_type = BadRequest::ContentType;
    let (event, delivery) = (
        BadRequest::Header("X-GitHub-Event"),
        BadRequest::Header("X-GitHub-Delivery"),
    );
    let good = request();
    let form = Some("application/x-www-form-urlencoded");
    let cases = [
        (
            WebhookRequest {
                content_type: None,
                ..good
            },
            content_type,
        ),
        (
            WebhookRequest {
                content_type: form,
                ..good
            },
            content_type,
        ),
        (
            WebhookRequest {
                event: None,
                ..good
            },
            event,
        ),
        (
            WebhookRequest {
                event: Some("a\nb"),
                ..good
            },
            event,
        ),
        (
            WebhookRequest {
                delivery: None,
                ..good
            },
            delivery,
        ),
        (
            WebhookRequest {
                delivery: Some("../x"),
                ..good
            },
            delivery,
        ),
        (
            WebhookRequest {
                event: Some("broken"),
                ..good
            },
            BadRequest::Body(DecodeError::NotJson),
        ),
    ];
    for (request, reason) in cases {
        let site = site();
        let outcome = ingest(&site.intake, &request).await;
        assert_eq!(outcome, IngestOutcome::BadRequest(reason));
        assert_eq!(outcome.status(), 400);
        assert_eq!(site.world.take_queued(), []);
    }
}

#[tokio::test]
async fn json_with_parameters_is_json() {
    let site = site();
    let request = WebhookRequest {
        content_type: Some("Application/JSON; charset=utf-8"),
        ..request()
    };
    assert_eq!(
        ingest(&site.intake, &request).await,
        IngestOutcome::Accepted
    );
}

#[tokio::test]
async fn the_limit_itself_still_fits() {
    let mut site = site();
    site.intake.max_body_bytes = BODY.len();
    assert_eq!(
        ingest(&site.intake, &request()).await,
        IngestOutcome::Accepted
    );
    site.intake.max_body_bytes = BODY.len() - 1;
    let outcome = ingest(&site.intake, &request()).await;
    assert_eq!((outcome, outcome.status()), (IngestOutcome::TooLarge, 413));
}

#[tokio::test]
async fn a_queue_that_is_down_is_not_a_202() {
    let site = site();
    site.world.outage_of("EventQueue::send");
    let outcome = ingest(&site.intake, &request()).await;
    assert_eq!(
        (outcome, outcome.status()),
        (IngestOutcome::Unavailable, 503)
    );
}

#[tokio::test]
async fn everything_is_counted() {
    let mut site = site();
    let good = request();
    let requests = [
        good,
        good,
        WebhookRequest {
            event: Some("ping"),
            ..good
        },
        WebhookRequest {
            event: Some("brand_new_event"),
            ..good
        },
        WebhookRequest {
            signature: None,
            ..good
        },
        WebhookRequest {
            content_type: None,
            ..good
        },
        WebhookRequest {
            delivery: None,
            ..good
        },
        WebhookRequest {
            event: Some("broken"),
            ..good
        },
    ];
    let mut statuses = Vec::new();
    for request in requests {
        statuses.push(ingest(&site.intake, &request).await.status());
    }
    assert_eq!(statuses, [202, 202, 200, 202, 401, 400, 400, 400]);
    site.world.outage_of("EventQueue::send");
    ingest(&site.intake, &good).await;
    site.intake.max_body_bytes = 1;
    ingest(&site.intake, &good).await;
    let counters = serde_json::to_string_pretty(&site.intake.counters.snapshot()).unwrap();
    expect![[r#"
        {
          "received": 10,
          "accepted": 2,
          "pings": 1,
          "ignored": 1,
          "rejected": {
            "unauthorized": 1,
            "content_type": 1,
            "header": 1,
            "body": 1,
            "too_large": 1,
            "unavailable": 1
          },
          "finished": {
            "done": 0,
            "superseded": 0,
            "refused": 0,
            "ignored": 0
          },
          "postponed": 0,
          "failed": 0
        }"#]]
    .assert_eq(&counters);
}

#[tokio::test]
async fn nothing_of_a_body_or_a_signature_is_logged() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let body = br#"{"canary": "body-canary"}"#;
    let mut site = site();
    let right = sign(SECRET, body);
    let wrong = sign("wrong", body);
    let down = site_that_is_down();
    for event in ["pull_request", "ping", "broken", "event_canary"] {
        for signature in [
            None,
            Some("sha256=signature-canary"),
            Some(&*right),
            Some(&wrong),
        ] {
            let request = WebhookRequest {
                event: Some(event),
                signature,
                body,
                ..request()
            };
            ingest(&site.intake, &request).await;
        }
    }
    ingest(&down.intake, &request()).await;
    site.intake.max_body_bytes = 1;
    ingest(&site.intake, &request()).await;
    ingest(&self::site().intake, &request()).await;

    let logged = log.0.lock().unwrap().clone();
    for line in ["webhook queued", "webhook not queued", "webhook rejected"] {
        assert!(logged.contains(line), "{line:?} is logged:\n{logged}");
    }
    for secret in [
        "canary",
        "Hello",
        SECRET,
        &right[7..],
        &wrong[7..],
        &SIGNATURE[7..],
    ] {
        assert!(!logged.contains(secret), "{secret:?} is logged:\n{logged}");
    }
}

fn site_that_is_down() -> Site {
    let site = site();
    site.world.outage_of("EventQueue::send");
    site
}

/// Keeps every field of every event and span.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        attributes.record(&mut Recorder(&self.0));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Recorder(&self.0));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Recorder(&self.0));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Recorder<'a>(&'a Mutex<String>);

impl Visit for Recorder<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let mut log = self.0.lock().unwrap();
        log.push_str(&format!("{field}={value:?}\n"));
    }
}
