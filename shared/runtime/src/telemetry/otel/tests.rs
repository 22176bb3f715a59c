//! Spans of both sides of the queue at a receiver on loopback, and receivers that fail.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use app::event::Message;
use app::trace;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

use super::buffer::CAPACITY;
use super::{Export, settings};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Something that takes requests and answers each with a status.
struct Receiver {
    address: String,
    /// Whole requests, the headers in small letters.
    requests: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Receiver {
    async fn start(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                while let Some(request) = read(&mut stream).await {
                    seen.lock().unwrap().push(request);
                    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\n{{}}");
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        });
        Self { address, requests }
    }

    /// Every span that came, in order.
    fn spans(&self) -> Vec<Value> {
        let requests = self.requests.lock().unwrap();
        let spans = |(_, body): &(String, Value)| {
            let spans = &body["resourceSpans"][0]["scopeSpans"][0]["spans"];
            spans.as_array().unwrap().clone()
        };
        requests.iter().flat_map(spans).collect()
    }

    fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

/// The next request of a connection, if there is one.
async fn read(stream: &mut TcpStream) -> Option<(String, Value)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let (_, rest) = head.split_once("content-length: ")?;
    let length = rest.split("\r\n").next()?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((head, serde_json::from_slice(&body).unwrap()))
}

fn export_to(address: &str) -> Export {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", address),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=k%3D1"),
    ];
    let (settings, warnings) = settings::read("phase-mirror", |name| {
        let known = variables.iter().find(|(known, _)| *known == name);
        known.map(|(_, value)| (*value).to_owned())
    });
    assert!(warnings.is_empty(), "{warnings:?}");
    Export::new(settings.unwrap()).unwrap()
}

/// Takes spans in this thread from now on. Of log lines, only errors are wanted.
fn take_spans(export: &Export) -> tracing::subscriber::DefaultGuard {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::sink)
        .with_filter(LevelFilter::ERROR);
    let subscriber = Registry::default().with(lines).with(export.layer());
    tracing::subscriber::set_default(subscriber)
}

fn message() -> Message {
    serde_json::from_value(json!({
        "delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "trace": TRACE,
        "event": "pull_request",
        "repository": {"installation_id": 7, "id": 42, "name": "octo-org/hello"},
        "number": 1,
        "head": "0123456789abcdef0123456789abcdef01234567",
    }))
    .unwrap()
}

/// What the use cases do: the webhook learns of the delivery late, the worker knows it all along.
fn both_sides() {
    let message = message();
    let webhook = app::delivery_span!("webhook");
    trace::trace(&webhook, message.trace);
    webhook.in_scope(|| tracing::info!(secret = "octo-org", "a line"));
    trace::identify(&webhook, &message);
    trace::ended(&webhook, "accepted", None);
    drop(webhook);
    let worker = app::delivery_span!("evaluate");
    trace::identify(&worker, &message);
    worker.in_scope(|| drop(tracing::error_span!("inner", repository = "octo-org").entered()));
    trace::ended(&worker, "failed", Some(codes::TIME_OVER));
}

/// An attribute's value, without its type.
fn attribute<'a>(span: &'a Value, name: &str) -> Option<&'a str> {
    let attributes = span["attributes"].as_array().unwrap();
    let found = attributes.iter().find(|one| one["key"] == name)?;
    let value = &found["value"];
    value["stringValue"].as_str().or(value["intValue"].as_str())
}

#[tokio::test]
async fn both_sides_of_the_queue_arrive_as_one_trace() {
    let receiver = Receiver::start("200 OK").await;
    let export = export_to(&receiver.address);
    let _guard = take_spans(&export);
    both_sides();
    export.flush().await;
    let [webhook, worker] = receiver.spans().try_into().unwrap();
    assert_eq!(
        (&webhook["name"], &worker["name"]),
        (&json!("webhook"), &json!("evaluate"))
    );
    for span in [&webhook, &worker] {
        assert_eq!(span["traceId"], TRACE);
        let delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
        assert_eq!(attribute(span, "delivery.id"), Some(delivery));
        assert_eq!(attribute(span, "installation.id"), Some("7"));
        assert_eq!(attribute(span, "repository.id"), Some("42"));
        assert!(span["startTimeUnixNano"].as_str() <= span["endTimeUnixNano"].as_str());
    }
    assert_eq!(worker["parentSpanId"], webhook["spanId"]);
    assert_eq!(attribute(&webhook, "outcome"), Some("accepted"));
    assert_eq!(attribute(&worker, "outcome"), Some("failed"));
    assert_eq!(attribute(&worker, "error.code"), Some("PM-E706"));
    assert_eq!(
        (&webhook["status"], &worker["status"]["code"]),
        (&Value::Null, &json!(2))
    );
    let (head, body) = receiver.requests.lock().unwrap().remove(0);
    assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    assert!(head.contains("api-key: k=1"), "{head}");
    // Ids only: nothing of log lines, of other spans, or of names.
    assert!(!body.to_string().contains("octo"), "{body}");
}

#[tokio::test]
async fn what_is_not_exported_costs_no_request() {
    let receiver = Receiver::start("200 OK").await;
    let export = export_to(&receiver.address);
    let _guard = take_spans(&export);
    tracing::error_span!("request", request.id = "1-2").in_scope(|| tracing::error!("a line"));
    export.flush().await;
    assert_eq!(receiver.count(), 0);
}

/// A message in the queue may be of a version that knew no traces.
#[tokio::test]
async fn a_span_without_trace_is_exported_too() {
    let receiver = Receiver::start("200 OK").await;
    let export = export_to(&receiver.address);
    let _guard = take_spans(&export);
    drop(app::delivery_span!("evaluate"));
    export.flush().await;
    let [span] = receiver.spans().try_into().unwrap();
    assert_eq!(span["traceId"].as_str().unwrap().len(), 32);
    assert_eq!(span["parentSpanId"], Value::Null);
}

#[tokio::test]
async fn a_receiver_that_is_down_is_left_alone_and_the_spans_are_kept() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let export = export_to(&format!("http://{address}"));
    let _guard = take_spans(&export);
    both_sides();
    export.flush().await;
    // Nobody is there; then somebody is, who is not asked before the rest is over.
    let listener = TcpListener::bind(address).await.unwrap();
    export.flush().await;
    let asked = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(asked.is_err(), "asked again at once");
    drop(listener);
    assert_eq!(export.waiting().len(), 2);
    // Its end is no reason to wait for a rest.
    let done = export.during(async { "done" }).await;
    assert_eq!((done, export.waiting().len()), ("done", 2));
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let export = export_to(&format!("http://{}", listener.local_addr().unwrap()));
    let _guard = take_spans(&export);
    both_sides();
    let began = Instant::now();
    export.flush().await;
    let first = began.elapsed();
    assert!(first < Duration::from_secs(5), "{first:?}");
    let again = Instant::now();
    export.flush().await;
    assert!(again.elapsed() < Duration::from_millis(500), "it rests");
    assert_eq!(export.waiting().len(), 2);
}

#[tokio::test]
async fn work_that_ends_while_a_receiver_hangs_loses_nothing_and_goes_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let export = export_to(&format!("http://{}", listener.local_addr().unwrap()));
    let _guard = take_spans(&export);
    both_sides();
    let began = Instant::now();
    let work = async {
        // Until a request is on its way.
        let accepted = listener.accept().await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        accepted
    };
    let _connection = export.during(work).await;
    assert!(began.elapsed() < Duration::from_secs(6));
    assert_eq!(export.waiting().len(), 2);
}

#[tokio::test]
async fn what_a_receiver_refuses_for_good_is_not_sent_again() {
    for (status, left) in [("400 Bad Request", 0), ("503 Service Unavailable", 2)] {
        let receiver = Receiver::start(status).await;
        let export = export_to(&receiver.address);
        let _guard = take_spans(&export);
        both_sides();
        export.flush().await;
        assert_eq!(receiver.count(), 1);
        assert_eq!(export.waiting().len(), left, "{status}");
        assert_eq!(export.dropped(), 2 - left as u64, "{status}");
    }
}

#[tokio::test]
async fn a_full_buffer_drops_and_counts_and_empties_in_batches() {
    let receiver = Receiver::start("200 OK").await;
    let export = export_to(&receiver.address);
    let _guard = take_spans(&export);
    for _ in 0..CAPACITY + 3 {
        drop(app::delivery_span!("evaluate"));
    }
    assert_eq!(export.dropped(), 3);
    let all_are_there = async {
        while receiver.count() < 4 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    export.during(all_are_there).await;
    assert_eq!((receiver.spans().len(), receiver.count()), (CAPACITY, 4));
}
