//! Times a Lambda function's release binary over a Runtime API of its own: the process's start to
//! its first poll and to its first answer, warm deliveries, and the most memory it took.
//!
//! AWS is answered here, at once: what is timed is the function and not an emulator. How long each
//! answer took is taken off where it says so. `scripts/bench-functions` builds and runs it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::collections::VecDeque;
use std::fs;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_sqs::config::Credentials;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{get, post};
use benches::{Delivery, SECRET};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// How often the process is started.
const STARTS: usize = 20;

/// How many deliveries are sent to a warm process.
const WARM: usize = 2_000;

/// Bytes of a usual `pull_request` delivery.
const BODY_BYTES: usize = 28 * 1024;

/// Bytes of the message that such a delivery becomes.
const MESSAGE_BYTES: usize = 400;

type Shared = Arc<Platform>;

#[derive(Default)]
struct Platform {
    log: Mutex<Log>,
    jobs: Mutex<VecDeque<String>>,
    wake: Notify,
    changed: Notify,
}

#[derive(Default)]
struct Log {
    polls: Vec<Instant>,
    handed_out: Vec<Instant>,
    answers: Vec<(Instant, Bytes)>,
    /// Since the last time: how long AWS's part took.
    aws: Duration,
}

#[tokio::main]
async fn main() {
    let binary = std::env::args().nth(1).expect("the function's binary");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let platform = Shared::default();
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(answer))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(failure))
        .route("/2018-06-01/runtime/init/error", post(failure))
        .fallback(aws)
        .with_state(Arc::clone(&platform));
    tokio::spawn(async move { axum::serve(listener, router).await });

    let event = event();
    let (mut polls, mut polls_less_aws, mut firsts) = (Vec::new(), Vec::new(), Vec::new());
    let mut last = None;
    for _ in 0..STARTS {
        drop(last.take());
        *platform.log.lock().expect("no panic") = Log::default();
        let started = Instant::now();
        let process = Process(start(&binary, &address));
        platform.until(|log| log.polls.len() == 1).await;
        let (poll, aws) = platform.read(|log| (log.polls[0] - started, log.aws));
        polls.push(poll);
        polls_less_aws.push(poll.saturating_sub(aws));
        platform.invoke(&event).await;
        firsts.push(started.elapsed());
        last = Some(process);
    }
    let process = last.expect("it was started");
    let mut warm = Vec::new();
    for _ in 0..WARM {
        warm.push(platform.invoke(&event).await);
    }
    let queue = Spread::of(queue_calls(&address).await);
    let beyond = warm.iter().map(|took| took.saturating_sub(queue.median()));
    let beyond = Spread::of(beyond.collect());
    println!("start to first poll         {}", Spread::of(polls));
    println!("  less AWS's answers        {}", Spread::of(polls_less_aws));
    println!("start to first answer       {}", Spread::of(firsts));
    println!("warm delivery, 28 KB        {}", Spread::of(warm));
    println!("call to the queue alone     {queue}");
    println!("delivery beyond its median  {beyond}");
    println!("peak memory                 {}", process.peak_memory());
}

/// How long sending a message takes with the SDK alone, over a connection that is open.
async fn queue_calls(address: &str) -> Vec<Duration> {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "bench"))
        .endpoint_url(format!("http://{address}"))
        .load()
        .await;
    let client = aws_sdk_sqs::Client::new(&config);
    let mut calls = Vec::new();
    for _ in 0..=WARM {
        let began = Instant::now();
        let call = client
            .send_message()
            .queue_url(format!("http://{address}/1/pull-request"))
            .message_body("x".repeat(MESSAGE_BYTES));
        call.send().await.expect("an answer");
        calls.push(began.elapsed());
    }
    // The first opens the connection.
    calls.split_off(1)
}

/// A process that ends with this value.
struct Process(Child);

impl Process {
    fn peak_memory(&self) -> String {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(binary: &str, address: &str) -> Child {
    Command::new(binary)
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .env("AWS_LAMBDA_FUNCTION_NAME", "phase-mirror-bench-webhook")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "bench")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_ENDPOINT_URL", format!("http://{address}"))
        .env("PHASE_MIRROR_ENVIRONMENT", "bench")
        .env("PHASE_MIRROR_LOG_LEVEL", "error")
        .env(
            "PHASE_MIRROR_PULL_REQUEST_QUEUE_URL",
            format!("http://{address}/1/pull-request"),
        )
        .env(
            "PHASE_MIRROR_CHECK_RUN_QUEUE_URL",
            format!("http://{address}/1/check-run"),
        )
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("the binary runs")
}

/// A signed delivery as a function URL hands it to its function.
fn event() -> String {
    let delivery = Delivery::of_size(BODY_BYTES);
    let request = delivery.request();
    let header = |name: &str, value: Option<&str>| (name.to_owned(), json!(value));
    let headers: serde_json::Map<String, Value> = [
        header("content-type", request.content_type),
        header("x-github-event", request.event),
        header("x-github-delivery", request.delivery),
        header("x-hub-signature-256", request.signature),
    ]
    .into_iter()
    .collect();
    json!({
        "version": "2.0",
        "rawPath": "/webhook",
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "requestId": "1",
            "timeEpoch": 1_764_115_200_000_i64,
            "http": {"method": "POST", "path": "/webhook", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
        },
        "body": String::from_utf8_lossy(request.body),
        "isBase64Encoded": false,
    })
    .to_string()
}

impl Platform {
    fn read<T>(&self, read: impl FnOnce(&Log) -> T) -> T {
        read(&self.log.lock().expect("no panic"))
    }

    async fn until(&self, is_so: impl Fn(&Log) -> bool) {
        loop {
            let changed = self.changed.notified();
            if self.read(&is_so) {
                return;
            }
            let waited = tokio::time::timeout(Duration::from_secs(20), changed).await;
            waited.expect("the function does something within 20 seconds");
        }
    }

    /// Hands an event to the function; how long it took to answer, and with 202.
    async fn invoke(&self, event: &str) -> Duration {
        let before = self.read(|log| log.answers.len());
        self.jobs
            .lock()
            .expect("no panic")
            .push_back(event.to_owned());
        self.wake.notify_one();
        self.until(|log| log.answers.len() > before).await;
        self.read(|log| {
            let (answered, body) = &log.answers[before];
            let answer: Value = serde_json::from_slice(body).expect("JSON");
            assert_eq!(answer["statusCode"], 202, "{answer}");
            *answered - log.handed_out[before]
        })
    }

    fn note(&self, note: impl FnOnce(&mut Log)) {
        note(&mut self.log.lock().expect("no panic"));
        self.changed.notify_waiters();
    }
}

async fn next(State(platform): State<Shared>) -> Response<Body> {
    platform.note(|log| log.polls.push(Instant::now()));
    let job = loop {
        let woken = platform.wake.notified();
        if let Some(job) = platform.jobs.lock().expect("no panic").pop_front() {
            break job;
        }
        woken.await;
    };
    let deadline = std::time::SystemTime::now() + Duration::from_secs(10);
    let deadline = deadline
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970")
        .as_millis();
    platform.note(|log| log.handed_out.push(Instant::now()));
    Response::builder()
        .header("lambda-runtime-aws-request-id", "1")
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:1:function:bench",
        )
        .header(
            "lambda-runtime-trace-id",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
        )
        .body(Body::from(job))
        .expect("a response")
}

async fn answer(State(platform): State<Shared>, Path(_): Path<String>, body: Bytes) -> StatusCode {
    platform.note(|log| log.answers.push((Instant::now(), body)));
    StatusCode::ACCEPTED
}

async fn failure(body: Bytes) -> StatusCode {
    panic!("the function failed: {}", String::from_utf8_lossy(&body));
}

/// AWS, as far as the webhook calls it.
async fn aws(State(platform): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let began = Instant::now();
    let target = headers.get("x-amz-target").and_then(|it| it.to_str().ok());
    let operation = target.and_then(|target| target.split('.').next_back());
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let said = match operation.unwrap_or_default() {
        "GetParameters" => {
            let names = asked["Names"].as_array().expect("names");
            let (current, previous) = (&names[0], &names[1]);
            json!({
                "Parameters": [{"Name": current, "Value": SECRET, "Version": 1, "Type": "SecureString"}],
                "InvalidParameters": [previous],
            })
        }
        "SendMessageBatch" => return empty_batch(),
        "SendMessage" => json!({"MessageId": "1", "MD5OfMessageBody": "1"}),
        other => panic!("the webhook calls {other:?}"),
    };
    let said = Response::builder()
        .header("content-type", "application/x-amz-json-1.0")
        .body(Body::from(said.to_string()))
        .expect("a response");
    platform.note(|log| log.aws += began.elapsed());
    said
}

/// What SQS says to a batch of no messages, with which the connection is opened.
fn empty_batch() -> Response<Body> {
    Response::builder()
        .status(StatusCode::BAD_REQUEST)
        .header("content-type", "application/x-amz-json-1.0")
        .body(Body::from(
            r#"{"__type":"com.amazonaws.sqs#EmptyBatchRequest","message":"no entries"}"#,
        ))
        .expect("a response")
}

/// Median, 99th percentile and greatest of some times.
struct Spread(Vec<Duration>);

impl Spread {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        Self(times)
    }

    fn median(&self) -> Duration {
        self.0[self.0.len() / 2]
    }

    fn at(&self, percent: usize) -> f64 {
        let index = (self.0.len() * percent / 100).min(self.0.len() - 1);
        self.0[index].as_secs_f64() * 1e3
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "median {:7.2} ms   p99 {:7.2} ms   of {}",
            self.at(50),
            self.at(99),
            self.0.len()
        )
    }
}
