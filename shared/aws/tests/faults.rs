//! What AWS's refusals, silence and conflicts come to, on a connection whose answers are given.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::event::{DeliveryId, Head};
use app::ports::{Clock, Deliveries, Evaluations, Heads, Lease};
use app::{StoreError, StoreErrorKind};
use aws::names::Names;
use aws::{Connection, ParameterErrorKind, Parameters, Stores};
use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::config::Credentials;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;
use oracle::ObjectId;

/// What is answered: status and body. The last stands for all later requests.
type Answers = &'static [(u16, &'static str)];

/// A connection with these answers, which keeps the bodies of requests.
#[derive(Debug, Clone)]
struct Given {
    answers: Answers,
    requests: Arc<Mutex<Vec<String>>>,
}

impl HttpConnector for Given {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().unwrap_or_default();
        let mut requests = self.requests.lock().expect("not poisoned");
        requests.push(String::from_utf8_lossy(body).into_owned());
        let place = requests.len().min(self.answers.len());
        let Some((status, body)) = place.checked_sub(1).and_then(|p| self.answers.get(p)) else {
            // No answers: silence.
            return HttpConnectorFuture::new(std::future::pending());
        };
        let status = (*status).try_into().expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(*body))))
    }
}

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::constant(1_767_225_600, 0)
    }
}

/// The way to these answers, and the requests that were made.
async fn connection(answers: Answers) -> (Connection, Arc<Mutex<Vec<String>>>) {
    let requests = Arc::default();
    let given = Given {
        answers,
        requests: Arc::clone(&requests),
    };
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client_fn(move |_, _| {
            SharedHttpConnector::new(given.clone())
        }))
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
        .timeout_config(aws::timeouts())
        .retry_config(aws::retries())
        .load()
        .await;
    (Connection::from(config), requests)
}

async fn stores(answers: Answers) -> (Stores, Arc<Mutex<Vec<String>>>) {
    let (connection, requests) = connection(answers).await;
    let names = Names::new("test").expect("an environment");
    let bucket = "bucket".to_owned();
    let stores = Stores::new(&connection, names, bucket, Arc::new(FixedClock));
    (stores, requests)
}

fn count(requests: &Mutex<Vec<String>>) -> usize {
    requests.lock().expect("not poisoned").len()
}

fn head() -> Head {
    Head {
        repository_id: 1,
        sha: ObjectId::new(&"a".repeat(40)).expect("40 hex digits"),
    }
}

fn lease() -> Lease {
    Lease {
        head: head(),
        epoch: 1,
        until: FixedClock.now(),
    }
}

async fn finished(answers: Answers) -> (StoreError, usize) {
    let (stores, requests) = stores(answers).await;
    let id = DeliveryId::new("abc").expect("a GUID");
    let error = stores.finished(&id).await.expect_err("no answer to trust");
    assert_eq!(
        (error.operation, error.table.name, error.table.key),
        ("finished", "deliveries", "delivery")
    );
    (error, count(&requests))
}

const THROTTLED: Answers = &[(
    400,
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}"#,
)];
const BROKEN: Answers = &[(500, r#"{"__type":"InternalServerError"}"#)];
const DENIED: Answers = &[(
    400,
    r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"not allowed"}"#,
)];

#[tokio::test(start_paused = true)]
async fn throttling_and_server_errors_are_tried_four_times() {
    for answers in [THROTTLED, BROKEN] {
        let (error, tries) = finished(answers).await;
        assert_eq!((error.kind, tries), (StoreErrorKind::Unavailable, 4));
    }
}

#[tokio::test(start_paused = true)]
async fn a_denial_is_final() {
    let (error, tries) = finished(DENIED).await;
    assert_eq!((error.kind, tries), (StoreErrorKind::Refused, 1));
    let cause = std::error::Error::source(&error).expect("a cause");
    assert_eq!(
        cause.to_string(),
        "HTTP 400, AccessDeniedException: not allowed"
    );
}

#[tokio::test(start_paused = true)]
async fn silence_ends_before_github_stops_waiting() {
    let began = tokio::time::Instant::now();
    let (error, _) = finished(&[]).await;
    assert_eq!(error.kind, StoreErrorKind::Unavailable);
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_met_another_is_the_same_one_when_it_is_tried_again() {
    let (stores, requests) = stores(&[
        (
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"cancelled","CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"}]}"#,
        ),
        (200, "{}"),
    ])
    .await;
    stores
        .forget(&lease(), 1)
        .await
        .expect("forgotten in the end");
    let requests = requests.lock().expect("not poisoned").clone();
    assert_eq!(requests.len(), 2);
    assert!(
        requests[0].contains("ClientRequestToken"),
        "{}",
        requests[0]
    );
    assert_eq!(requests[0], requests[1], "the token is the same, too");
}

#[tokio::test(start_paused = true)]
async fn a_lost_lease_is_stale_at_once() {
    let (stores, requests) = stores(&[(
        400,
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"cancelled","CancellationReasons":[{"Code":"ConditionalCheckFailed"},{"Code":"TransactionConflict"}]}"#,
    )])
    .await;
    let error = stores.forget(&lease(), 1).await.expect_err("lost");
    assert_eq!((error.kind, count(&requests)), (StoreErrorKind::Stale, 1));
}

#[tokio::test(start_paused = true)]
async fn a_list_is_read_to_its_last_page() {
    let (stores, requests) = stores(&[
        (
            200,
            r#"{"Items":[{"v":{"N":"1"},"number":{"N":"10"},"base":{"S":"main"},"expires_at":{"N":"9999999999"}}],"LastEvaluatedKey":{"pk":{"S":"a"},"sk":{"S":"b"}}}"#,
        ),
        (
            200,
            r#"{"Items":[{"v":{"N":"1"},"number":{"N":"9"},"base":{"S":"main"},"expires_at":{"N":"9999999999"}}]}"#,
        ),
    ])
    .await;
    let watched = stores.watched(&head()).await.expect("answered");
    let numbers: Vec<u64> = watched.iter().map(|watched| watched.number).collect();
    assert_eq!((numbers, count(&requests)), (vec![9, 10], 2));
}

#[tokio::test(start_paused = true)]
async fn an_object_that_may_not_be_seen_is_not_absent() {
    const DENIED: Answers = &[(
        403,
        "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
    )];
    let (stores, _) = stores(DENIED).await;
    let error = stores.load(&head(), 1).await.expect_err("denied");
    assert_eq!(error.kind, StoreErrorKind::Refused);
}

#[tokio::test(start_paused = true)]
async fn why_parameters_can_not_be_read_is_told_without_a_value() {
    let cases: [(Answers, ParameterErrorKind); 5] = [
        (
            &[(400, r#"{"__type":"InvalidKeyId"}"#)],
            ParameterErrorKind::Undecryptable,
        ),
        (THROTTLED, ParameterErrorKind::Throttled),
        (BROKEN, ParameterErrorKind::Network),
        (DENIED, ParameterErrorKind::Denied),
        // Cut off in the middle, as a broken proxy would.
        (
            &[(
                200,
                r#"{"Parameters":[{"Name":"/a","Version":1,"Value":"hunter2""#,
            )],
            ParameterErrorKind::Network,
        ),
    ];
    for (answers, expected) in cases {
        let (connection, _) = connection(answers).await;
        let read = Parameters::new(&connection).read(&["/a".to_owned()]).await;
        let error = read.expect_err("no parameters");
        assert_eq!(error.kind, expected, "{error:?}");
        assert!(
            error.to_string().starts_with("/a in us-east-1: "),
            "{error}"
        );
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}
