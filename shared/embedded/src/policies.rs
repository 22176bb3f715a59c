//! [`Policies`] in SQLite.

use app::ports::{Policies, PolicyOf, StoredPolicy};
use app::{StoreError, Table};
use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};

use crate::columns::At;
use crate::open::Embedded;

const TABLE: Table = Table {
    name: "policies",
    key: "account or branch",
};

/// The columns of a key.
fn key(of: &PolicyOf) -> (&'static str, u64, String) {
    match of {
        PolicyOf::Account { installation_id } => ("account", *installation_id, String::new()),
        PolicyOf::Branch {
            repository_id,
            branch,
        } => ("branch", *repository_id, branch.to_string()),
    }
}

#[async_trait]
impl Policies for Embedded {
    async fn last_valid(&self, of: &PolicyOf) -> Result<Option<StoredPolicy>, StoreError> {
        let (kind, id, branch) = key(of);
        self.database
            .transact("last_valid", TABLE, move |transaction, _| {
                let found = transaction
                    .query_row(
                        "SELECT content, seen_at FROM policies
                         WHERE kind = ?1 AND id = ?2 AND branch = ?3",
                        params![kind, id, branch],
                        |row| {
                            let At(at) = row.get(1)?;
                            let content = row.get(0)?;
                            Ok(StoredPolicy { content, at })
                        },
                    )
                    .optional()?;
                Ok(found)
            })
            .await
    }

    async fn keep(&self, of: &PolicyOf, policy: &StoredPolicy) -> Result<(), StoreError> {
        let (kind, id, branch) = key(of);
        let policy = policy.clone();
        self.database
            .transact("keep", TABLE, move |transaction, _| {
                transaction.execute(
                    "REPLACE INTO policies (kind, id, branch, content, seen_at)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![kind, id, branch, policy.content, At(policy.at)],
                )?;
                Ok(())
            })
            .await
    }
}
