//! [`Policies`] in DynamoDB's table `installations`: an account's under its installation, a
//! branch's under its repository. They have no expiry: one stands in when a policy breaks,
//! however long after.

use app::ports::{Policies, PolicyOf, StoredPolicy};
use app::{StoreError, Table};
use async_trait::async_trait;

use super::call::Call;
use super::item::{FORMAT, Item, Misread};
use super::{Stores, instant, number, text};
use crate::names::TableName;

const TABLE: Table = Table {
    name: "installations",
    key: "account or branch",
};

const ITEM_FORMAT: u32 = 1;

/// Partition and sort key.
fn key(of: &PolicyOf) -> (String, String) {
    match of {
        PolicyOf::Account { installation_id } => (
            format!("installation#{installation_id}"),
            "policy#last-valid".to_owned(),
        ),
        PolicyOf::Branch {
            repository_id,
            branch,
        } => (format!("repo#{repository_id}"), format!("policy#{branch}")),
    }
}

#[async_trait]
impl Policies for Stores {
    async fn last_valid(&self, of: &PolicyOf) -> Result<Option<StoredPolicy>, StoreError> {
        let call = Call {
            operation: "last_valid",
            table: TABLE,
        };
        let (pk, sk) = key(of);
        let answer = self
            .dynamodb
            .get_item()
            .table_name(self.table(TableName::Installations))
            .key("pk", text(pk))
            .key("sk", text(sk))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| call.failed(&error))?;
        let Some(attributes) = answer.item else {
            return Ok(None);
        };
        Item::of_format(attributes, ITEM_FORMAT)
            .and_then(|item| stored_policy(&item))
            .map(Some)
            .map_err(|misread| call.corrupt(misread))
    }

    async fn keep(&self, of: &PolicyOf, policy: &StoredPolicy) -> Result<(), StoreError> {
        let call = Call {
            operation: "keep",
            table: TABLE,
        };
        let (pk, sk) = key(of);
        let mut put = self
            .dynamodb
            .put_item()
            .table_name(self.table(TableName::Installations))
            .item("pk", text(pk))
            .item("sk", text(sk))
            .item(FORMAT, number(ITEM_FORMAT))
            .item("seen_at", instant(policy.at));
        if let Some(content) = &policy.content {
            put = put.item("content", text(content));
        }
        put.send()
            .await
            .map(drop)
            .map_err(|error| call.failed(&error))
    }
}

fn stored_policy(item: &Item) -> Result<StoredPolicy, Misread> {
    let content = item.has("content").then(|| item.text("content"));
    Ok(StoredPolicy {
        content: content.transpose()?.map(str::to_owned),
        at: item.instant("seen_at")?,
    })
}
