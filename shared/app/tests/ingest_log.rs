//! What ingesting logs. A binary of its own, because it listens to the whole process.

#[path = "ingest/site.rs"]
mod site;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use app::ingest::{WebhookRequest, ingest};
use tracing::field::{Field, Visit};
use tracing::{Metadata, Subscriber, span};

use site::{SECRET, SIGNATURE, request, sign, site};

#[tokio::test]
async fn nothing_of_a_body_or_a_signature_is_logged() {
    let log = Log::default();
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    let body = br#"{"canary": "body-canary"}"#;
    let mut limited = site();
    let right = sign(SECRET, body);
    let wrong = sign("wrong", body);
    let down = site();
    down.world.outage_of("EventQueue::send");
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
            ingest(&limited.intake, &request).await;
        }
    }
    ingest(&down.intake, &request()).await;
    limited.intake.max_body_bytes = 1;
    ingest(&limited.intake, &request()).await;
    ingest(&site().intake, &request()).await;

    let logged = log.0.lock().unwrap().clone();
    for line in [
        "webhook queued",
        "webhook not queued",
        "webhook rejected",
        "trace.id=746865207472616365206f6620317374",
        "delivery.id=\"72d3162e-cc78-11e3-81ab-4c9367dc0958\"",
        "installation.id=1\n",
        "repository.id=2\n",
    ] {
        assert!(logged.contains(line), "{line:?} is logged:\n{logged}");
    }
    for secret in [
        "canary",
        "Hello",
        "hello",
        SECRET,
        &right[7..],
        &wrong[7..],
        &SIGNATURE[7..],
    ] {
        assert!(!logged.contains(secret), "{secret:?} is logged:\n{logged}");
    }
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
        let mut log = self.0.lock().expect("not poisoned");
        let _ = writeln!(log, "{field}={value:?}");
    }
}
