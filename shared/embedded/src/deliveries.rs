//! [`Deliveries`] in SQLite.

use std::sync::Arc;

use app::event::DeliveryId;
use app::ports::{Deliveries, FinishedDelivery};
use app::{StoreError, Table};
use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row, params};

use crate::columns::{At, Json, Text};
use crate::open::Embedded;
use crate::retention::{self, expiry};

const TABLE: Table = Table {
    name: "deliveries",
    key: "delivery",
};

#[async_trait]
impl Deliveries for Embedded {
    async fn finished(&self, id: &DeliveryId) -> Result<Option<FinishedDelivery>, StoreError> {
        let id = id.clone();
        self.database
            .transact("finished", TABLE, move |transaction, now| {
                let found = transaction
                    .query_row(
                        "SELECT outcome, detail, finished_at FROM deliveries
                         WHERE delivery_id = ?1 AND expires_at > ?2",
                        params![id.as_str(), now.as_second()],
                        finished_delivery,
                    )
                    .optional()?;
                Ok(found)
            })
            .await
    }

    async fn finish(&self, id: &DeliveryId, end: &FinishedDelivery) -> Result<(), StoreError> {
        let (id, end) = (id.clone(), end.clone());
        let last_purge = Arc::clone(&self.last_purge);
        self.database
            .transact("finish", TABLE, move |transaction, now| {
                transaction.execute(
                    "INSERT INTO deliveries (delivery_id, outcome, detail, finished_at, expires_at)
                     VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO UPDATE SET outcome = excluded.outcome,
                       detail = excluded.detail, finished_at = excluded.finished_at,
                       expires_at = excluded.expires_at
                     WHERE deliveries.expires_at <= ?6",
                    params![
                        id.as_str(),
                        Json(end.outcome),
                        end.detail,
                        At(end.at),
                        expiry(now, retention::DELIVERIES),
                        now.as_second(),
                    ],
                )?;
                last_purge.purge_if_due(transaction, now)?;
                Ok(())
            })
            .await
    }
}

impl Embedded {
    /// The latest finished deliveries, newest first, at most `limit`: for who runs this machine.
    pub async fn recent_deliveries(
        &self,
        limit: u32,
    ) -> Result<Vec<(DeliveryId, FinishedDelivery)>, StoreError> {
        self.database
            .transact("recent_deliveries", TABLE, move |transaction, now| {
                let mut latest = transaction.prepare(
                    "SELECT outcome, detail, finished_at, delivery_id FROM deliveries
                     WHERE expires_at > ?1
                     ORDER BY finished_at DESC, rowid DESC LIMIT ?2",
                )?;
                let rows = latest.query_map(params![now.as_second(), limit], |row| {
                    let Text(id) = row.get(3)?;
                    Ok((id, finished_delivery(row)?))
                })?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }
}

fn finished_delivery(row: &Row<'_>) -> rusqlite::Result<FinishedDelivery> {
    let Json(outcome) = row.get(0)?;
    let At(at) = row.get(2)?;
    Ok(FinishedDelivery {
        outcome,
        detail: row.get(1)?,
        at,
    })
}
