//! [`EventQueue`] on SQS, and what a worker does to a message it was handed.

use std::time::Duration;

use app::event::{Event, EventKind, Message};
use app::ports::EventQueue;
use app::{StoreError, StoreErrorKind, Table};
use async_trait::async_trait;
use aws_sdk_sqs::Client;

use crate::connect::Connection;
use crate::fault::Fault;
use crate::names::QueueName;

/// A message is ids and hashes, never a payload.
pub const MAX_MESSAGE_BYTES: usize = 2048;

/// SQS hides a message for at most 12 hours *from when it was received*, and refuses to hide it
/// for longer; the longest that a function can have had it is 15 minutes.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html>
const MAX_HIDDEN: Duration = Duration::from_mins(12 * 60 - 15);

const TABLE: Table = Table {
    name: "queue",
    key: "message",
};

/// The URLs of the queues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueUrls {
    /// Of the queue for the function `pull-request`.
    pub pull_request: String,
    /// Of the queue for the function `check-run`.
    pub check_run: String,
    /// Of the queue for the function `lifecycle`.
    pub lifecycle: String,
}

impl QueueUrls {
    /// A queue's URL.
    pub fn url(&self, queue: QueueName) -> &str {
        match queue {
            QueueName::PullRequest => &self.pull_request,
            QueueName::CheckRun => &self.check_run,
            QueueName::Lifecycle => &self.lifecycle,
        }
    }
}

/// The queues, one per kind of event.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    urls: QueueUrls,
}

/// The queue that an event is sent to.
pub fn queue_of(event: &Event) -> QueueName {
    match event.kind() {
        EventKind::PullRequest => QueueName::PullRequest,
        EventKind::CheckRun => QueueName::CheckRun,
        EventKind::Lifecycle => QueueName::Lifecycle,
    }
}

impl Queue {
    /// The queues at these URLs.
    pub fn new(connection: &Connection, urls: QueueUrls) -> Self {
        let mut config = aws_sdk_sqs::config::Builder::from(connection.config());
        if let Some(observer) = connection.observer() {
            config.push_interceptor(observer);
        }
        Self {
            client: Client::from_conf(config.build()),
            urls,
        }
    }

    /// Opens the connection ahead of the first message, so that its sender does not wait for
    /// TLS: a batch of no messages, which SQS refuses, and which needs no other permission.
    pub async fn warm(&self) -> Result<(), StoreError> {
        let answer = self
            .client
            .send_message_batch()
            .queue_url(&self.urls.pull_request)
            .set_entries(Some(Vec::new()))
            .send()
            .await;
        match answer.as_ref().map_err(Fault::of) {
            Ok(_) => Ok(()),
            Err(fault) if fault.code.as_deref().is_some_and(is_empty_batch) => Ok(()),
            Err(fault) => Err(failed("warm", fault.kind.into(), fault)),
        }
    }

    /// Hides a received message from workers for this long from now, in whole seconds upwards,
    /// at most about 12 hours. [`Stale`](StoreErrorKind::Stale) when the message is not the
    /// caller's any more: handed to another, or deleted.
    pub async fn hide(
        &self,
        queue: QueueName,
        receipt_handle: &str,
        hidden: Duration,
    ) -> Result<(), StoreError> {
        let hidden = hidden.min(MAX_HIDDEN);
        let seconds = hidden.as_secs() + u64::from(hidden.subsec_nanos() > 0);
        self.client
            .change_message_visibility()
            .queue_url(self.urls.url(queue))
            .receipt_handle(receipt_handle)
            .visibility_timeout(i32::try_from(seconds).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| {
                let fault = Fault::of(&error);
                let kind = match error.as_service_error() {
                    Some(said)
                        if said.is_message_not_inflight()
                            || said.is_receipt_handle_is_invalid() =>
                    {
                        StoreErrorKind::Stale
                    }
                    _ => fault.kind.into(),
                };
                failed("hide", kind, fault)
            })?;
        Ok(())
    }
}

/// Reads the body of a received message. An error is
/// [`Corrupt`](StoreErrorKind::Corrupt): no retry will make it readable.
pub fn decode(body: &str) -> Result<Message, StoreError> {
    if body.len() > MAX_MESSAGE_BYTES {
        return Err(failed("receive", StoreErrorKind::Corrupt, too_large(body)));
    }
    serde_json::from_str(body).map_err(|error| {
        // The position only: the error itself may quote the text.
        let (line, column) = (error.line(), error.column());
        let source = format!("not a message (line {line}, column {column})");
        failed("receive", StoreErrorKind::Corrupt, source)
    })
}

fn encode(message: &Message) -> Result<String, StoreError> {
    let body = serde_json::to_string(message)
        .map_err(|source| failed("send", StoreErrorKind::Corrupt, source))?;
    if body.len() > MAX_MESSAGE_BYTES {
        return Err(failed("send", StoreErrorKind::TooLarge, too_large(&body)));
    }
    Ok(body)
}

/// SQS and those that speak like it give the code with or without a prefix.
fn is_empty_batch(code: &str) -> bool {
    code.ends_with("EmptyBatchRequest")
}

fn too_large(body: &str) -> String {
    format!(
        "a message of {} bytes; at most {MAX_MESSAGE_BYTES} are taken",
        body.len()
    )
}

fn failed(
    operation: &'static str,
    kind: StoreErrorKind,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> StoreError {
    StoreError {
        operation,
        table: TABLE,
        kind,
        source: Some(source.into()),
    }
}

#[async_trait]
impl EventQueue for Queue {
    async fn send(&self, message: &Message) -> Result<(), StoreError> {
        self.client
            .send_message()
            .queue_url(self.urls.url(queue_of(&message.event)))
            .message_body(encode(message)?)
            .send()
            .await
            .map_err(|error| {
                let fault = Fault::of(&error);
                failed("send", fault.kind.into(), fault)
            })?;
        Ok(())
    }
}
