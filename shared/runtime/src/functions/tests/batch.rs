//! A batch of messages: what is deleted, what is kept, and for how long nobody sees it.

use std::sync::Mutex;
use std::time::Duration;

use app::evaluate::MAX_RECEIVES;
use app::{StoreError, StoreErrorKind, Table};
use async_trait::async_trait;
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};

use crate::functions::batch::{Hide, Verdict, work};

/// Notes what is hidden; refuses where it is told to.
#[derive(Default)]
struct Hidden {
    noted: Mutex<Vec<(String, Duration)>>,
    refuses: bool,
}

#[async_trait]
impl Hide for Hidden {
    async fn hide(&self, receipt_handle: &str, hidden: Duration) -> Result<(), StoreError> {
        if self.refuses {
            return Err(StoreError {
                operation: "hide",
                table: Table {
                    name: "queue",
                    key: "message",
                },
                kind: StoreErrorKind::Unavailable,
                source: None,
            });
        }
        let mut noted = self.noted.lock().expect("no panic");
        noted.push((receipt_handle.to_owned(), hidden));
        Ok(())
    }
}

fn message(id: &str, receives: u32) -> SqsMessage {
    let mut message = SqsMessage::default();
    message.message_id = Some(id.to_owned());
    message.receipt_handle = Some(format!("receipt of {id}"));
    message.body = Some(
        r#"{"delivery":"72d3162e-cc78-11e3-81ab-4c9367dc0958","event":"pull_request",
            "repository":{"installation_id":1,"id":2,"name":"octo-org/hello"},"number":3,
            "head":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#
            .to_owned(),
    );
    let count = ("ApproximateReceiveCount".to_owned(), receives.to_string());
    message.attributes.extend([count]);
    message
}

fn batch(messages: impl IntoIterator<Item = SqsMessage>) -> SqsEvent {
    let mut event = SqsEvent::default();
    event.records = messages.into_iter().collect();
    event
}

fn failed() -> Verdict {
    Verdict::Failed {
        code: codes::STORE_UNAVAILABLE,
        reason: "no luck".to_owned(),
    }
}

#[tokio::test]
async fn what_is_done_is_deleted_and_what_is_not_is_kept() {
    let hidden = Hidden::default();
    let messages = [
        message("done", 1),
        message("postponed", 2),
        message("failed", 3),
    ];
    let response = work(
        batch(messages),
        MAX_RECEIVES,
        &hidden,
        |_, attempt| async move {
            match attempt.number {
                1 => Verdict::Done,
                2 => Verdict::RetryIn(Duration::from_secs(7)),
                _ => failed(),
            }
        },
    )
    .await;
    let kept = response.batch_item_failures.iter();
    let kept: Vec<_> = kept
        .map(|failure| failure.item_identifier.as_str())
        .collect();
    assert_eq!(kept, ["postponed", "failed"]);
    let noted = hidden.noted.lock().expect("no panic");
    assert_eq!(
        noted[0],
        ("receipt of postponed".to_owned(), Duration::from_secs(7))
    );
    let (receipt, back_off) = &noted[1];
    assert_eq!(receipt, "receipt of failed");
    let allowed = Duration::from_secs(4)..=Duration::from_secs(8);
    assert!(
        allowed.contains(back_off),
        "{back_off:?} after the third receive"
    );
}

#[tokio::test]
async fn the_last_failure_is_told_as_such() {
    let hidden = Hidden::default();
    let response = work(
        batch([message("poor", 3)]),
        3,
        &hidden,
        |_, attempt| async move {
            assert!(attempt.last);
            failed()
        },
    )
    .await;
    assert_eq!(
        response.batch_item_failures.len(),
        1,
        "the queue moves it away"
    );
}

#[tokio::test]
async fn a_message_that_nobody_understands_is_worked_on_by_nobody_and_kept() {
    let hidden = Hidden::default();
    let mut damaged = message("damaged", 1);
    damaged.body = Some("{".to_owned());
    let mut bare = message("without body", 1);
    bare.body = None;
    let response = work(
        batch([damaged, bare]),
        3,
        &hidden,
        |message, _| async move {
            let error = message.expect_err("nobody understands it");
            assert_eq!(error.kind, StoreErrorKind::Corrupt);
            failed()
        },
    )
    .await;
    assert_eq!(response.batch_item_failures.len(), 2);
}

#[tokio::test]
async fn a_message_that_cannot_be_hidden_is_kept_all_the_same() {
    let hidden = Hidden {
        refuses: true,
        ..Hidden::default()
    };
    let response = work(batch([message("kept", 1)]), 3, &hidden, |_, _| async {
        failed()
    })
    .await;
    assert_eq!(response.batch_item_failures.len(), 1);
}
