//! [`Installations`] and [`Purge`] in SQLite. A purge is one transaction: all or nothing.

use app::ports::{Installations, Purge, Purged};
use app::{StoreError, Table};
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::columns::At;
use crate::open::Embedded;

const TABLE: Table = Table {
    name: "repositories",
    key: "repository or installation",
};

/// What a purge is told of when it fails.
const EVERY_TABLE: Table = Table {
    name: "every table",
    key: "repository or installation",
};

#[async_trait]
impl Installations for Embedded {
    async fn announce(&self, installation_id: u64, repository_id: u64) -> Result<(), StoreError> {
        self.change(
            "announce",
            &[
                "INSERT INTO repositories (installation_id, repository_id, on_record)
               VALUES (?1, ?2, 0) ON CONFLICT DO NOTHING",
            ],
            (installation_id, repository_id),
        )
        .await
    }

    async fn record(&self, installation_id: u64, repository_id: u64) -> Result<(), StoreError> {
        self.change(
            "record",
            &[
                "DELETE FROM repositories WHERE repository_id = ?2 AND installation_id <> ?1",
                "REPLACE INTO repositories (installation_id, repository_id, on_record)
                 VALUES (?1, ?2, 1)",
            ],
            (installation_id, repository_id),
        )
        .await
    }

    async fn withdraw(&self, installation_id: u64, repository_id: u64) -> Result<(), StoreError> {
        self.change(
            "withdraw",
            &["DELETE FROM repositories
               WHERE installation_id = ?1 AND repository_id = ?2 AND on_record = 0"],
            (installation_id, repository_id),
        )
        .await
    }

    async fn installation_of(&self, repository_id: u64) -> Result<Option<u64>, StoreError> {
        self.database
            .transact("installation_of", TABLE, move |transaction, _| {
                let found = transaction
                    .query_row(
                        "SELECT installation_id FROM repositories
                         WHERE repository_id = ?1 AND on_record = 1",
                        [repository_id],
                        |row| row.get(0),
                    )
                    .optional()?;
                Ok(found)
            })
            .await
    }

    async fn repositories(&self, installation_id: u64) -> Result<Vec<u64>, StoreError> {
        self.database
            .transact("repositories", TABLE, move |transaction, _| {
                let mut found = transaction.prepare(
                    "SELECT repository_id FROM repositories
                     WHERE installation_id = ?1 ORDER BY repository_id",
                )?;
                let rows = found.query_map([installation_id], |row| row.get(0))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }
}

impl Embedded {
    /// Executes statements about an installation and a repository.
    async fn change(
        &self,
        operation: &'static str,
        statements: &'static [&'static str],
        ids: (u64, u64),
    ) -> Result<(), StoreError> {
        self.database
            .transact(operation, TABLE, move |transaction, _| {
                for statement in statements {
                    transaction.execute(statement, ids)?;
                }
                Ok(())
            })
            .await
    }
}

/// What is removed of a repository. Dead letters are messages, which name their repository, unless
/// they are damaged.
const OF_REPOSITORY: [&str; 6] = [
    "DELETE FROM head_pull_requests WHERE repository_id = ?1",
    "DELETE FROM generations WHERE repository_id = ?1",
    "DELETE FROM evaluations WHERE repository_id = ?1",
    "DELETE FROM policies WHERE kind = 'branch' AND id = ?1",
    "DELETE FROM dead_letters
     WHERE CASE WHEN json_valid(body) THEN body ->> '$.repository.id' = ?1 END",
    "DELETE FROM leases WHERE repository_id = ?1",
];

/// What is removed of an installation.
const OF_INSTALLATION: [&str; 4] = [
    "DELETE FROM policies WHERE kind = 'account' AND id = ?1",
    "DELETE FROM pauses WHERE installation_id = ?1",
    "DELETE FROM dead_letters
     WHERE CASE WHEN json_valid(body) THEN body ->> '$.repository.installation_id' = ?1 END",
    "DELETE FROM repositories WHERE installation_id = ?1",
];

#[async_trait]
impl Purge for Embedded {
    async fn purge_repository(
        &self,
        installation_id: u64,
        repository_id: u64,
        now: Timestamp,
    ) -> Result<Purged, StoreError> {
        self.database
            .transact("purge_repository", EVERY_TABLE, move |transaction, _| {
                let held: Option<At> = transaction.query_row(
                    "SELECT max(until) FROM leases WHERE repository_id = ?1 AND until > ?2",
                    params![repository_id, At(now)],
                    |row| row.get(0),
                )?;
                if let Some(At(until)) = held {
                    return Ok(Purged::Held { until });
                }
                delete(transaction, &OF_REPOSITORY, repository_id)?;
                transaction.execute(
                    "DELETE FROM repositories
                     WHERE repository_id = ?1 AND (installation_id = ?2 OR on_record = 1)",
                    [repository_id, installation_id],
                )?;
                Ok(Purged::Gone)
            })
            .await
    }

    async fn purge_installation(&self, installation_id: u64) -> Result<(), StoreError> {
        self.database
            .transact("purge_installation", EVERY_TABLE, move |transaction, _| {
                Ok(delete(transaction, &OF_INSTALLATION, installation_id)?)
            })
            .await
    }
}

fn delete(transaction: &Transaction<'_>, statements: &[&str], id: u64) -> rusqlite::Result<()> {
    for statement in statements {
        transaction.execute(statement, [id])?;
    }
    Ok(())
}
