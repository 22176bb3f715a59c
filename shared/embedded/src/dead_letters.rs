//! Messages that nobody works on any more: kept, listed and counted for 14 days.

use app::{StoreError, Table};
use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};

use crate::columns::At;
use crate::queue::Queue;
use crate::retention::{self, expiry};

const TABLE: Table = Table {
    name: "dead_letters",
    key: "message",
};

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The message as it was sent: JSON, unless it was damaged.
    pub body: String,
    /// Why it was given up, in one sentence.
    pub reason: String,
    /// How often it was received.
    pub receives: u32,
    /// When it was given up.
    pub died_at: Timestamp,
}

impl Queue {
    /// The latest dead letters, newest first, at most `limit`.
    pub async fn dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.database
            .transact("dead_letters", TABLE, move |transaction, now| {
                let mut latest = transaction.prepare(
                    "SELECT body, reason, receives, died_at FROM dead_letters
                     WHERE expires_at > ?1 ORDER BY died_at DESC, message_id DESC LIMIT ?2",
                )?;
                let rows = latest.query_map(params![now.as_second(), limit], dead_letter)?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }
}

/// Moves a message from the queue to the dead letters.
pub(crate) fn bury(
    transaction: &Transaction<'_>,
    now: Timestamp,
    message_id: i64,
    reason: &str,
) -> rusqlite::Result<DeadLetter> {
    let dead = transaction.query_row(
        "INSERT INTO dead_letters
           (message_id, body, reason, receives, sent_at, died_at, expires_at)
         SELECT message_id, body, ?2, receives, sent_at, ?3, ?4 FROM queue WHERE message_id = ?1
         RETURNING body, reason, receives, died_at",
        params![
            message_id,
            reason,
            At(now),
            expiry(now, retention::DEAD_LETTERS)
        ],
        dead_letter,
    )?;
    transaction.execute("DELETE FROM queue WHERE message_id = ?1", [message_id])?;
    Ok(dead)
}

fn dead_letter(row: &Row<'_>) -> rusqlite::Result<DeadLetter> {
    let At(died_at) = row.get(3)?;
    Ok(DeadLetter {
        body: row.get(0)?,
        reason: row.get(1)?,
        receives: row.get(2)?,
        died_at,
    })
}
