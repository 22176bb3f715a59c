//! [`Budgets`] in SQLite: one conditional write tells of a pause.

use app::ports::{Budget, Budgets, Pause};
use app::{StoreError, Table};
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::types::FromSqlError;
use rusqlite::{OptionalExtension, Row, params};

use crate::columns::At;
use crate::open::Embedded;
use crate::retention::{self, expiry};

const TABLE: Table = Table {
    name: "pauses",
    key: "installation",
};

#[async_trait]
impl Budgets for Embedded {
    async fn pauses(&self, installation_id: u64, now: Timestamp) -> Result<Vec<Pause>, StoreError> {
        self.database
            .transact("pauses", TABLE, move |transaction, _| {
                let mut kept = transaction.prepare(
                    "SELECT budget, until, strikes FROM pauses
                     WHERE installation_id = ?1 AND expires_at > ?2",
                )?;
                let rows = kept.query_map(params![installation_id, now.as_second()], pause)?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn pause(&self, installation_id: u64, told: &Pause) -> Result<Pause, StoreError> {
        let told = *told;
        self.database
            .transact("pause", TABLE, move |transaction, _| {
                let budget = told.budget.word();
                let written = transaction
                    .query_row(
                        "INSERT INTO pauses (installation_id, budget, until, strikes, expires_at)
                         VALUES (?1, ?2, ?3, ?4, ?5)
                         ON CONFLICT DO UPDATE SET until = excluded.until,
                           strikes = excluded.strikes, expires_at = excluded.expires_at
                         WHERE until < excluded.until
                         RETURNING budget, until, strikes",
                        params![
                            installation_id,
                            budget,
                            At(told.until),
                            told.strikes,
                            expiry(told.until, retention::PAUSES),
                        ],
                        pause,
                    )
                    .optional()?;
                if let Some(ours) = written {
                    return Ok(ours);
                }
                Ok(transaction.query_row(
                    "SELECT budget, until, strikes FROM pauses
                     WHERE installation_id = ?1 AND budget = ?2",
                    params![installation_id, budget],
                    pause,
                )?)
            })
            .await
    }
}

/// A row of `budget`, `until` and `strikes`.
fn pause(row: &Row<'_>) -> rusqlite::Result<Pause> {
    let budget = row.get_ref(0)?.as_str()?;
    let budget = Budget::of_word(budget).ok_or(FromSqlError::InvalidType)?;
    let At(until) = row.get(1)?;
    Ok(Pause {
        budget,
        until,
        strikes: row.get(2)?,
    })
}
