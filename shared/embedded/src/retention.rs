//! How long rows are kept. Readers filter on `expires_at`; purging only gives space back.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use app::{StoreError, Table};
use jiff::Timestamp;
use rusqlite::Transaction;

use crate::columns::after;
use crate::open::Embedded;

const DAY: Duration = Duration::from_hours(24);

/// GitHub redelivers for 3 days.
pub(crate) const DELIVERIES: Duration = DAY.saturating_mul(7);
/// Counted from the last write about a head.
pub(crate) const HEADS: Duration = DAY.saturating_mul(30);
/// As long as the reports are kept.
pub(crate) const EVALUATIONS: Duration = DAY.saturating_mul(90);
/// Longer than evaluations, which are stored after their generation was begun: with the
/// generation forgotten the next one would have its number, and say again what that one said.
pub(crate) const GENERATIONS: Duration = DAY.saturating_mul(91);
/// Longer than whatever an epoch fences, so that one is never granted twice.
pub(crate) const LEASES: Duration = DAY.saturating_mul(92);
/// As long as SQS keeps them.
pub(crate) const DEAD_LETTERS: Duration = DAY.saturating_mul(14);

const PURGE_EVERY: Duration = Duration::from_hours(1);

const TABLES: [&str; 6] = [
    "deliveries",
    "leases",
    "head_pull_requests",
    "generations",
    "evaluations",
    "dead_letters",
];

const EVERY_TABLE: Table = Table {
    name: "every table",
    key: "time",
};

/// How many rows a purge removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purged {
    /// Rows of all tables.
    pub rows: usize,
}

/// The `expires_at` of a row written now, in seconds.
pub(crate) fn expiry(now: Timestamp, kept: Duration) -> i64 {
    after(now, kept).as_second()
}

/// When rows were last purged.
#[derive(Debug, Default)]
pub(crate) struct LastPurge(AtomicI64);

impl LastPurge {
    /// Purges if that was not done for an hour. Called by the write that ends every delivery,
    /// so that a store that is written to never grows without end.
    pub(crate) fn purge_if_due(
        &self,
        transaction: &Transaction<'_>,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        let last = self.0.load(Ordering::Relaxed);
        if (now.as_second() - last).unsigned_abs() >= PURGE_EVERY.as_secs() {
            purge(transaction, now)?;
            self.0.store(now.as_second(), Ordering::Relaxed);
        }
        Ok(())
    }
}

impl Embedded {
    /// Removes the rows whose time is over; the store does so by itself once an hour.
    pub async fn purge(&self) -> Result<Purged, StoreError> {
        self.database
            .transact("purge", EVERY_TABLE, |transaction, now| {
                Ok(purge(transaction, now)?)
            })
            .await
    }
}

fn purge(transaction: &Transaction<'_>, now: Timestamp) -> rusqlite::Result<Purged> {
    let mut rows = 0;
    for table in TABLES {
        let delete = format!("DELETE FROM {table} WHERE expires_at <= ?1");
        rows += transaction.execute(&delete, [now.as_second()])?;
    }
    Ok(Purged { rows })
}
