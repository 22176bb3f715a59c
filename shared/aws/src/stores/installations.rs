//! [`Installations`] in DynamoDB's table `installations`: an item under the installation, by which a
//! repository is found, and one under the repository, which puts it on record.
//!
//! The one that finds is written first and removed last: what a worker that is killed leaves can
//! always be found.

use app::ports::Installations;
use app::{StoreError, Table};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnValue;

use super::call::Call;
use super::item::{FORMAT, Item, Misread};
use super::{Stores, number, text};
use crate::names::TableName;

pub(super) const TABLE: Table = Table {
    name: "installations",
    key: "repository or installation",
};

const ITEM_FORMAT: u32 = 1;

/// The sort key of the item under a repository.
pub(super) const WHOSE: &str = "installation";

/// The partition of what is known of an installation.
pub(super) fn of_installation(id: u64) -> String {
    format!("installation#{id}")
}

/// The partition of what is known of a repository.
pub(super) fn of_repository(id: u64) -> String {
    format!("repo#{id}")
}

const fn call(operation: &'static str) -> Call {
    Call {
        operation,
        table: TABLE,
    }
}

#[async_trait]
impl Installations for Stores {
    async fn announce(&self, installation_id: u64, repository_id: u64) -> Result<(), StoreError> {
        let call = call("announce");
        self.dynamodb
            .put_item()
            .table_name(self.table(TableName::Installations))
            .item("pk", text(of_installation(installation_id)))
            .item("sk", text(of_repository(repository_id)))
            .item(FORMAT, number(ITEM_FORMAT))
            .item("repository_id", number(repository_id))
            .send()
            .await
            .map(drop)
            .map_err(|error| call.failed(&error))
    }

    async fn record(&self, installation_id: u64, repository_id: u64) -> Result<(), StoreError> {
        let call = call("record");
        let before = self
            .dynamodb
            .put_item()
            .table_name(self.table(TableName::Installations))
            .item("pk", text(of_repository(repository_id)))
            .item("sk", text(WHOSE))
            .item(FORMAT, number(ITEM_FORMAT))
            .item("installation_id", number(installation_id))
            .return_values(ReturnValue::AllOld)
            .send()
            .await
            .map_err(|error| call.failed(&error))?;
        let Some(attributes) = before.attributes else {
            return Ok(());
        };
        let before = Item::of_format(attributes, ITEM_FORMAT)
            .and_then(|item| installation(&item))
            .map_err(|misread| call.corrupt(misread))?;
        if before == installation_id {
            return Ok(());
        }
        self.remove_listed(call, before, repository_id).await
    }

    async fn withdraw(&self, installation_id: u64, repository_id: u64) -> Result<(), StoreError> {
        if self.installation_of(repository_id).await? == Some(installation_id) {
            return Ok(());
        }
        self.remove_listed(call("withdraw"), installation_id, repository_id)
            .await
    }

    async fn installation_of(&self, repository_id: u64) -> Result<Option<u64>, StoreError> {
        let call = call("installation_of");
        let answer = self
            .dynamodb
            .get_item()
            .table_name(self.table(TableName::Installations))
            .key("pk", text(of_repository(repository_id)))
            .key("sk", text(WHOSE))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| call.failed(&error))?;
        let Some(attributes) = answer.item else {
            return Ok(None);
        };
        Item::of_format(attributes, ITEM_FORMAT)
            .and_then(|item| installation(&item))
            .map(Some)
            .map_err(|misread| call.corrupt(misread))
    }

    async fn repositories(&self, installation_id: u64) -> Result<Vec<u64>, StoreError> {
        let call = call("repositories");
        let mut items = self
            .dynamodb
            .query()
            .table_name(self.table(TableName::Installations))
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", text(of_installation(installation_id)))
            .expression_attribute_values(":sk", text("repo#"))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut repositories = Vec::new();
        while let Some(attributes) = items.next().await {
            let attributes = attributes.map_err(|error| call.failed(&error))?;
            let repository = Item::of_format(attributes, ITEM_FORMAT)
                .and_then(|item| item.number("repository_id"))
                .map_err(|misread| call.corrupt(misread))?;
            repositories.push(repository);
        }
        // The sort key has the numbers as text, where 10 comes before 9.
        repositories.sort_unstable();
        Ok(repositories)
    }
}

impl Stores {
    /// Removes the item by which a repository is found.
    pub(super) async fn remove_listed(
        &self,
        call: Call,
        installation_id: u64,
        repository_id: u64,
    ) -> Result<(), StoreError> {
        self.dynamodb
            .delete_item()
            .table_name(self.table(TableName::Installations))
            .key("pk", text(of_installation(installation_id)))
            .key("sk", text(of_repository(repository_id)))
            .send()
            .await
            .map(drop)
            .map_err(|error| call.failed(&error))
    }
}

fn installation(item: &Item) -> Result<u64, Misread> {
    item.number("installation_id")
}
