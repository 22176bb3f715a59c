//! The durable queue, with the semantics of SQS: a received message stays, unseen, until it is
//! deleted or its visibility time-out ends; one received too often becomes a dead letter.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use app::evaluate::{Attempt, MAX_RECEIVES};
use app::event::Message;
use app::ports::EventQueue;
use app::{StoreError, StoreErrorKind, Table};
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use tokio::sync::Notify;

use crate::columns::{At, Json, after};
use crate::database::Database;
use crate::dead_letters::{DeadLetter, bury};

/// A message is ids and hashes, never a payload.
pub const MAX_MESSAGE_BYTES: usize = 2048;

/// The longest visibility time-out, as in SQS. A message that seems hidden for longer was
/// hidden before the clock was set back, and is visible.
const MAX_VISIBILITY: Duration = Duration::from_hours(12);

const TABLE: Table = Table {
    name: "queue",
    key: "message",
};

/// The queue of a data directory. Clones share it.
#[derive(Clone)]
pub struct Queue {
    pub(crate) database: Arc<Database>,
    sent: Arc<Notify>,
}

/// One hold of one message. After the next receive of that message it stands for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    pub(crate) message_id: i64,
    receives: u32,
}

/// A message that is the receiver's until its visibility time-out ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// What to work on.
    pub message: Message,
    /// How often it has been received, this time included.
    pub receives: u32,
    /// What to settle it with.
    pub receipt: Receipt,
}

impl Received {
    /// Which handing-out this is, and whether it is the last.
    pub fn attempt(&self) -> Attempt {
        Attempt::of(self.receives, MAX_RECEIVES)
    }
}

/// What a receive came to.
#[derive(Debug, Default)]
pub struct Reception {
    /// The message that was visible for longest, if any was.
    pub received: Option<Received>,
    /// How long until the next message becomes visible; `None` when the queue is empty.
    pub next_in: Option<Duration>,
    /// Messages that became dead letters because they had been received too often, or can't
    /// be understood.
    pub dead: Vec<DeadLetter>,
}

/// How many messages are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueDepth {
    /// Visible now.
    pub visible: u64,
    /// Held by a worker.
    pub held: u64,
    /// Waiting for a retry.
    pub delayed: u64,
    /// Given up.
    pub dead: u64,
}

#[async_trait]
impl EventQueue for Queue {
    async fn send(&self, message: &Message) -> Result<(), StoreError> {
        let body = encode(message)?;
        self.database
            .transact("send", TABLE, move |transaction, now| {
                transaction.execute(
                    "INSERT INTO queue (body, sent_at, visible_at) VALUES (?1, ?2, ?2)",
                    params![body, At(now)],
                )?;
                Ok(())
            })
            .await?;
        self.sent.notify_one();
        Ok(())
    }
}

impl Queue {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self {
            database,
            sent: Arc::default(),
        }
    }

    /// Completes when a message was sent since this was last awaited.
    pub async fn sent(&self) {
        self.sent.notified().await;
    }

    /// Takes the message that has been visible for longest and hides it for `visibility`.
    pub async fn receive(&self, visibility: Duration) -> Result<Reception, StoreError> {
        self.receive_except(visibility, &[]).await
    }

    /// Like [`receive`](Self::receive), and never takes a message of `held`: those are at work
    /// in this process, even where a clock that jumped ahead has ended their time-out.
    pub(crate) async fn receive_except(
        &self,
        visibility: Duration,
        held: &[Receipt],
    ) -> Result<Reception, StoreError> {
        let held: Vec<i64> = held.iter().map(|receipt| receipt.message_id).collect();
        self.database
            .transact("receive", TABLE, move |transaction, now| {
                let mut dead = Vec::new();
                let mut received = None;
                while let Some(row) = first_visible(transaction, now, &held)? {
                    match row.message() {
                        Ok(message) => {
                            received = Some(hold(transaction, now, &row, message, visibility)?);
                            break;
                        }
                        Err(reason) => dead.push(bury(transaction, now, row.message_id, &reason)?),
                    }
                }
                Ok(Reception {
                    received,
                    next_in: next_in(transaction, now, &held)?,
                    dead,
                })
            })
            .await
    }

    /// Removes a message for good. Says whether it was still held with this receipt; if not,
    /// nothing is removed.
    pub async fn delete(&self, receipt: Receipt) -> Result<bool, StoreError> {
        self.database
            .transact("delete", TABLE, move |transaction, _| {
                let deleted = transaction.execute(
                    "DELETE FROM queue WHERE message_id = ?1 AND receives = ?2",
                    params![receipt.message_id, receipt.receives],
                )?;
                Ok(deleted == 1)
            })
            .await
    }

    /// Keeps a held message for `visibility` from now. Says whether it was still held with
    /// this receipt.
    pub async fn extend(&self, receipt: Receipt, visibility: Duration) -> Result<bool, StoreError> {
        self.change_visibility("extend", receipt, visibility, 1)
            .await
    }

    /// Lets a held message go; it becomes visible after `delay` (at most 12 hours). Says whether
    /// it was still held with this receipt.
    pub async fn release(&self, receipt: Receipt, delay: Duration) -> Result<bool, StoreError> {
        let released = self.change_visibility("release", receipt, delay, 0).await?;
        self.sent.notify_one();
        Ok(released)
    }

    async fn change_visibility(
        &self,
        operation: &'static str,
        receipt: Receipt,
        visibility: Duration,
        held: u8,
    ) -> Result<bool, StoreError> {
        self.database
            .transact(operation, TABLE, move |transaction, now| {
                let changed = transaction.execute(
                    "UPDATE queue SET visible_at = ?3, held = ?4
                     WHERE message_id = ?1 AND receives = ?2 AND held = 1",
                    params![
                        receipt.message_id,
                        receipt.receives,
                        At(until(now, visibility)),
                        held
                    ],
                )?;
                Ok(changed == 1)
            })
            .await
    }

    /// Makes a held message a dead letter, with one sentence why. Says whether it was still
    /// held with this receipt.
    pub async fn give_up(&self, receipt: Receipt, reason: String) -> Result<bool, StoreError> {
        self.database
            .transact("give_up", TABLE, move |transaction, now| {
                let ours: bool = transaction.query_row(
                    "SELECT EXISTS (SELECT 1 FROM queue WHERE message_id = ?1 AND receives = ?2)",
                    params![receipt.message_id, receipt.receives],
                    |row| row.get(0),
                )?;
                if ours {
                    bury(transaction, now, receipt.message_id, &reason)?;
                }
                Ok(ours)
            })
            .await
    }

    /// How many messages are where.
    pub async fn depth(&self) -> Result<QueueDepth, StoreError> {
        self.database
            .transact("depth", TABLE, |transaction, now| {
                Ok(transaction.query_row(
                    "SELECT count(*) FILTER (WHERE visible_at <= ?1),
                            count(*) FILTER (WHERE visible_at > ?1 AND held = 1),
                            count(*) FILTER (WHERE visible_at > ?1 AND held = 0),
                            (SELECT count(*) FROM dead_letters WHERE expires_at > ?2)
                     FROM queue",
                    params![At(now), now.as_second()],
                    |row| {
                        Ok(QueueDepth {
                            visible: row.get(0)?,
                            held: row.get(1)?,
                            delayed: row.get(2)?,
                            dead: row.get(3)?,
                        })
                    },
                )?)
            })
            .await
    }
}

struct QueueRow {
    message_id: i64,
    body: String,
    receives: u32,
}

impl QueueRow {
    /// The message, or why nobody shall work on it.
    fn message(&self) -> Result<Message, String> {
        if self.receives >= MAX_RECEIVES {
            return Err(format!(
                "received {} times and never finished",
                self.receives
            ));
        }
        serde_json::from_str(&self.body)
            .map_err(|error| format!("the message can't be understood: {error}"))
    }
}

fn encode(message: &Message) -> Result<String, StoreError> {
    serde_json::to_string(message)
        .map_err(|source| cannot_send(StoreErrorKind::Corrupt, Some(source.into())))
        .and_then(check_size)
}

fn check_size(body: String) -> Result<String, StoreError> {
    if body.len() > MAX_MESSAGE_BYTES {
        return Err(cannot_send(StoreErrorKind::TooLarge, None));
    }
    Ok(body)
}

fn cannot_send(kind: StoreErrorKind, source: Option<Box<dyn Error + Send + Sync>>) -> StoreError {
    StoreError {
        operation: "send",
        table: TABLE,
        kind,
        source,
    }
}

fn until(now: Timestamp, visibility: Duration) -> Timestamp {
    after(now, visibility.min(MAX_VISIBILITY))
}

fn first_visible(
    transaction: &Transaction<'_>,
    now: Timestamp,
    held: &[i64],
) -> rusqlite::Result<Option<QueueRow>> {
    transaction
        .query_row(
            "SELECT message_id, body, receives FROM queue
             WHERE (visible_at <= ?1 OR visible_at > ?2)
               AND message_id NOT IN (SELECT value FROM json_each(?3))
             ORDER BY visible_at, message_id LIMIT 1",
            params![At(now), At(after(now, MAX_VISIBILITY)), Json(held)],
            |row| {
                Ok(QueueRow {
                    message_id: row.get(0)?,
                    body: row.get(1)?,
                    receives: row.get(2)?,
                })
            },
        )
        .optional()
}

fn hold(
    transaction: &Transaction<'_>,
    now: Timestamp,
    row: &QueueRow,
    message: Message,
    visibility: Duration,
) -> rusqlite::Result<Received> {
    let receives = row.receives + 1;
    transaction.execute(
        "UPDATE queue SET receives = ?2, visible_at = ?3, held = 1 WHERE message_id = ?1",
        params![row.message_id, receives, At(until(now, visibility))],
    )?;
    Ok(Received {
        message,
        receives,
        receipt: Receipt {
            message_id: row.message_id,
            receives,
        },
    })
}

fn next_in(
    transaction: &Transaction<'_>,
    now: Timestamp,
    held: &[i64],
) -> rusqlite::Result<Option<Duration>> {
    let next: Option<At> = transaction.query_row(
        "SELECT min(visible_at) FROM queue
         WHERE message_id NOT IN (SELECT value FROM json_each(?1))",
        [Json(held)],
        |row| row.get(0),
    )?;
    Ok(next.map(|At(next)| Duration::try_from(next.duration_since(now)).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_more_than_two_kilobytes_is_refused() {
        assert!(check_size("x".repeat(2048)).is_ok());
        let refused = check_size("x".repeat(2049)).expect_err("too large");
        assert_eq!(refused.kind, StoreErrorKind::TooLarge);
        assert_eq!(
            refused.to_string(),
            "send in queue (by message): the item is too large to be stored"
        );
    }
}
