//! [`Leases`] in SQLite: one conditional write each.

use std::time::Duration;

use app::event::Head;
use app::ports::{Acquired, Lease, Leases};
use app::{StoreError, Table};
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::columns::{At, after};
use crate::database::Failure;
use crate::open::Embedded;
use crate::retention::{self, expiry};

const TABLE: Table = Table {
    name: "leases",
    key: "head",
};

#[async_trait]
impl Leases for Embedded {
    async fn acquire(
        &self,
        head: &Head,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Acquired, StoreError> {
        let head = head.clone();
        self.database
            .transact("acquire", TABLE, move |transaction, _| {
                let until = after(now, ttl);
                let epoch = transaction
                    .query_row(
                        "INSERT INTO leases (repository_id, sha, epoch, until, expires_at)
                         VALUES (?1, ?2, 1, ?3, ?4)
                         ON CONFLICT DO UPDATE SET epoch = epoch + 1,
                           until = excluded.until, expires_at = excluded.expires_at
                         WHERE until IS NULL OR until <= ?5
                         RETURNING epoch",
                        params![
                            head.repository_id,
                            head.sha.as_str(),
                            At(until),
                            expiry(until, retention::LEASES),
                            At(now),
                        ],
                        |row| row.get(0),
                    )
                    .optional()?;
                if let Some(epoch) = epoch {
                    return Ok(Acquired::Granted(Lease { head, epoch, until }));
                }
                let At(until) = transaction.query_row(
                    "SELECT until FROM leases WHERE repository_id = ?1 AND sha = ?2",
                    params![head.repository_id, head.sha.as_str()],
                    |row| row.get(0),
                )?;
                Ok(Acquired::Held { until })
            })
            .await
    }

    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        let until = after(now, ttl);
        let lease = Lease {
            until,
            ..lease.clone()
        };
        self.database
            .transact("renew", TABLE, move |transaction, _| {
                let renewed = transaction.execute(
                    "UPDATE leases SET until = ?4, expires_at = ?5
                     WHERE repository_id = ?1 AND sha = ?2 AND epoch = ?3
                       AND until IS NOT NULL",
                    params![
                        lease.head.repository_id,
                        lease.head.sha.as_str(),
                        lease.epoch,
                        At(until),
                        expiry(until, retention::LEASES),
                    ],
                )?;
                if renewed == 1 {
                    Ok(lease)
                } else {
                    Err(Failure::Stale)
                }
            })
            .await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let lease = lease.clone();
        self.database
            .transact("release", TABLE, move |transaction, _| {
                transaction.execute(
                    "UPDATE leases SET until = NULL
                     WHERE repository_id = ?1 AND sha = ?2 AND epoch = ?3",
                    params![
                        lease.head.repository_id,
                        lease.head.sha.as_str(),
                        lease.epoch
                    ],
                )?;
                Ok(())
            })
            .await
    }

    async fn abandon(&self, lease: &Lease) -> Result<(), StoreError> {
        let lease = lease.clone();
        self.database
            .transact("abandon", TABLE, move |transaction, _| {
                transaction.execute(
                    "DELETE FROM leases WHERE repository_id = ?1 AND sha = ?2 AND epoch = ?3",
                    params![
                        lease.head.repository_id,
                        lease.head.sha.as_str(),
                        lease.epoch
                    ],
                )?;
                Ok(())
            })
            .await
    }
}

/// Ends the transaction unless `lease` is the latest that was granted on its head.
pub(crate) fn check_epoch(transaction: &Transaction<'_>, lease: &Lease) -> Result<(), Failure> {
    let latest: Option<u64> = transaction
        .query_row(
            "SELECT epoch FROM leases WHERE repository_id = ?1 AND sha = ?2",
            params![lease.head.repository_id, lease.head.sha.as_str()],
            |row| row.get(0),
        )
        .optional()?;
    if latest == Some(lease.epoch) {
        Ok(())
    } else {
        Err(Failure::Stale)
    }
}
