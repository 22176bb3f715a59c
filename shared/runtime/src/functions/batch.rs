//! A batch of an SQS queue: each message by itself, and only those that failed are kept.
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>

use std::future::Future;
use std::time::Duration;

use app::StoreError;
use app::evaluate::Attempt;
use app::event::Message;
use async_trait::async_trait;
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use codes::Code;
use futures_util::future::join_all;

/// What is to become of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is settled.
    Done,
    /// It is wanted again after this time; nothing failed.
    RetryIn(Duration),
    /// It failed and is wanted again after a back-off.
    Failed {
        /// The code that docs/errors.md explains.
        code: Code,
        /// Why, in one sentence.
        reason: String,
    },
}

/// Puts off messages; [`aws::Queue`] but in tests.
#[async_trait]
pub(super) trait Hide: Send + Sync {
    /// Nobody is handed the message for this long.
    async fn hide(&self, receipt_handle: &str, hidden: Duration) -> Result<(), StoreError>;
}

/// Works on all messages of a batch at once. What fails here is neither deleted nor lost: the
/// queue hands it out again, and after `max_receives` times it is a dead letter. `handle` is given
/// a message that can't be understood as the error that it is.
pub(super) async fn work<F>(
    batch: SqsEvent,
    max_receives: u32,
    queue: &dyn Hide,
    handle: impl Fn(Result<Message, StoreError>, Attempt) -> F,
) -> SqsBatchResponse
where
    F: Future<Output = Verdict>,
{
    let handle = &handle;
    let settle = |record: SqsMessage| async move {
        let attempt = Attempt::of(receives(&record), max_receives);
        let body = record.body.as_deref().unwrap_or_default();
        let hidden = match handle(aws::decode(body), attempt).await {
            Verdict::Done => return None,
            Verdict::RetryIn(delay) => delay,
            Verdict::Failed { code, reason } => {
                let delay = attempt.back_off();
                report(&record, attempt, delay, code, &reason);
                delay
            }
        };
        let handle = record.receipt_handle.as_deref().unwrap_or_default();
        if let Err(error) = queue.hide(handle, hidden).await {
            // It stays hidden for as long as the queue hides messages anyway.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a message comes back at another time than was wanted"
            );
        }
        record.message_id
    };
    let kept = join_all(batch.records.into_iter().map(settle)).await;
    let failure = |message_id| {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = message_id;
        failure
    };
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = kept.into_iter().flatten().map(failure).collect();
    response
}

/// How often SQS has handed the message out, this time included.
fn receives(record: &SqsMessage) -> u32 {
    let count = record.attributes.get("ApproximateReceiveCount");
    count.and_then(|count| count.parse().ok()).unwrap_or(1)
}

fn report(record: &SqsMessage, attempt: Attempt, delay: Duration, code: Code, reason: &str) {
    let message = record.message_id.as_deref().unwrap_or_default();
    if attempt.last {
        tracing::error!(
            queue.message_id = message,
            attempt = attempt.number,
            error.code = %code,
            reason,
            "given up; the message goes to the dead letters"
        );
    } else {
        tracing::warn!(
            queue.message_id = message,
            attempt = attempt.number,
            error.code = %code,
            retry_in_ms = delay.as_millis(),
            reason,
            "failed, to be retried"
        );
    }
}
