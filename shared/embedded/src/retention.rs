//! How long rows are kept. Readers filter on `expires_at`; purging only gives space back.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

pub(crate) use app::retention::{DELIVERIES, EVALUATIONS, GENERATIONS, HEADS, LEASES, PAUSES};
use app::{StoreError, Table};
use jiff::Timestamp;
use rusqlite::Transaction;

use crate::columns::after;
use crate::open::Embedded;

/// As long as SQS keeps them.
pub(crate) const DEAD_LETTERS: Duration = Duration::from_hours(14 * 24);

const PURGE_EVERY: Duration = Duration::from_hours(1);

const TABLES: [&str; 7] = [
    "deliveries",
    "leases",
    "head_pull_requests",
    "generations",
    "evaluations",
    "dead_letters",
    "pauses",
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
