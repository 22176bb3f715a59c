//! [`Heads`] in SQLite: every write checks the lease's epoch in its own transaction.

use app::event::Head;
use app::ports::{Generation, HeadPullRequest, Heads, Lease};
use app::{StoreError, Table};
use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};

use crate::columns::{Json, Text};
use crate::leases::check_epoch;
use crate::open::Embedded;
use crate::retention::{self, expiry};

const PULL_REQUESTS: Table = Table {
    name: "head_pull_requests",
    key: "head",
};
const GENERATIONS: Table = Table {
    name: "generations",
    key: "head",
};

#[async_trait]
impl Heads for Embedded {
    async fn watch(&self, lease: &Lease, pull_request: &HeadPullRequest) -> Result<(), StoreError> {
        let (lease, pull_request) = (lease.clone(), pull_request.clone());
        self.database
            .transact("watch", PULL_REQUESTS, move |transaction, now| {
                check_epoch(transaction, &lease)?;
                transaction.execute(
                    "INSERT INTO head_pull_requests (repository_id, sha, number, base, expires_at)
                     VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO UPDATE SET base = excluded.base,
                       expires_at = excluded.expires_at",
                    params![
                        lease.head.repository_id,
                        lease.head.sha.as_str(),
                        pull_request.number,
                        pull_request.base.as_str(),
                        expiry(now, retention::HEADS),
                    ],
                )?;
                Ok(())
            })
            .await
    }

    async fn forget(&self, lease: &Lease, number: u64) -> Result<(), StoreError> {
        let lease = lease.clone();
        self.database
            .transact("forget", PULL_REQUESTS, move |transaction, _| {
                check_epoch(transaction, &lease)?;
                transaction.execute(
                    "DELETE FROM head_pull_requests
                     WHERE repository_id = ?1 AND sha = ?2 AND number = ?3",
                    params![lease.head.repository_id, lease.head.sha.as_str(), number],
                )?;
                Ok(())
            })
            .await
    }

    async fn watched(&self, head: &Head) -> Result<Vec<HeadPullRequest>, StoreError> {
        let head = head.clone();
        self.database
            .transact("watched", PULL_REQUESTS, move |transaction, now| {
                let mut watched = transaction.prepare(
                    "SELECT number, base FROM head_pull_requests
                     WHERE repository_id = ?1 AND sha = ?2 AND expires_at > ?3
                     ORDER BY number",
                )?;
                let rows = watched.query_map(
                    params![head.repository_id, head.sha.as_str(), now.as_second()],
                    |row| {
                        let Text(base) = row.get(1)?;
                        Ok(HeadPullRequest {
                            number: row.get(0)?,
                            base,
                        })
                    },
                )?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn generation(&self, head: &Head) -> Result<Option<Generation>, StoreError> {
        let head = head.clone();
        self.database
            .transact("generation", GENERATIONS, move |transaction, now| {
                let found = transaction
                    .query_row(
                        "SELECT generation FROM generations
                         WHERE repository_id = ?1 AND sha = ?2 AND expires_at > ?3",
                        params![head.repository_id, head.sha.as_str(), now.as_second()],
                        |row| row.get(0),
                    )
                    .optional()?;
                Ok(found.map(|Json(generation)| generation))
            })
            .await
    }

    async fn save_generation(
        &self,
        lease: &Lease,
        generation: &Generation,
    ) -> Result<(), StoreError> {
        let (lease, generation) = (lease.clone(), generation.clone());
        self.database
            .transact("save_generation", GENERATIONS, move |transaction, now| {
                check_epoch(transaction, &lease)?;
                transaction.execute(
                    "INSERT INTO generations (repository_id, sha, generation, expires_at)
                     VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET generation = excluded.generation,
                       expires_at = excluded.expires_at",
                    params![
                        lease.head.repository_id,
                        lease.head.sha.as_str(),
                        Json(generation),
                        expiry(now, retention::GENERATIONS),
                    ],
                )?;
                Ok(())
            })
            .await
    }
}
