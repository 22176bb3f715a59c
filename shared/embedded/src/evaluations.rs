//! [`Evaluations`] in SQLite: the first that is stored for a generation stands.

use app::event::Head;
use app::ports::{Evaluations, StoredEvaluation};
use app::{StoreError, Table};
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::columns::Json;
use crate::open::Embedded;
use crate::retention::{self, expiry};

const TABLE: Table = Table {
    name: "evaluations",
    key: "head and generation",
};

#[async_trait]
impl Evaluations for Embedded {
    async fn put(
        &self,
        head: &Head,
        generation: u32,
        evaluation: &StoredEvaluation,
    ) -> Result<StoredEvaluation, StoreError> {
        let (head, evaluation) = (head.clone(), evaluation.clone());
        self.database
            .transact("put", TABLE, move |transaction, now| {
                if let Some(first) = stored(transaction, &head, generation, now)? {
                    return Ok(first);
                }
                // What is there now has expired.
                transaction.execute(
                    "REPLACE INTO evaluations
                       (repository_id, sha, generation, evaluation, expires_at)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![
                        head.repository_id,
                        head.sha.as_str(),
                        generation,
                        Json(&evaluation),
                        expiry(now, retention::EVALUATIONS),
                    ],
                )?;
                Ok(evaluation)
            })
            .await
    }

    async fn load(
        &self,
        head: &Head,
        generation: u32,
    ) -> Result<Option<StoredEvaluation>, StoreError> {
        let head = head.clone();
        self.database
            .transact("load", TABLE, move |transaction, now| {
                Ok(stored(transaction, &head, generation, now)?)
            })
            .await
    }
}

fn stored(
    transaction: &Transaction<'_>,
    head: &Head,
    generation: u32,
    now: Timestamp,
) -> rusqlite::Result<Option<StoredEvaluation>> {
    let found = transaction
        .query_row(
            "SELECT evaluation FROM evaluations
             WHERE repository_id = ?1 AND sha = ?2 AND generation = ?3 AND expires_at > ?4",
            params![
                head.repository_id,
                head.sha.as_str(),
                generation,
                now.as_second()
            ],
            |row| row.get(0),
        )
        .optional()?;
    Ok(found.map(|Json(evaluation)| evaluation))
}
