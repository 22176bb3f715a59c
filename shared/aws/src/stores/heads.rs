//! [`Heads`] in DynamoDB: every write is a transaction with a check of the lease's epoch, so
//! that nothing can be granted between the check and the write.

use app::event::Head;
use app::ports::{Generation, HeadPullRequest, Heads, Lease};
use app::{StoreError, StoreErrorKind, Table, retention};
use async_trait::async_trait;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::call::Call;
use super::item::{FORMAT, Item, Misread};
use super::retries::reasons;
use super::{Stores, expiry, leases, number, text};
use crate::names::{TTL_ATTRIBUTE, TableName};

const TABLE: Table = Table {
    name: "heads",
    key: "head",
};

const PULL_REQUEST_FORMAT: u32 = 1;
const GENERATION_FORMAT: u32 = 1;

/// The partition of all that is known of a repository's heads.
pub(super) fn partition(repository_id: u64) -> String {
    format!("repo#{repository_id}")
}

fn pull_requests(head: &Head) -> String {
    format!("sha#{}#pr#", head.sha)
}

fn pull_request(head: &Head, number: u64) -> String {
    format!("{}{number}", pull_requests(head))
}

fn generation(head: &Head) -> String {
    format!("sha#{}#generation", head.sha)
}

const fn call(operation: &'static str) -> Call {
    Call {
        operation,
        table: TABLE,
    }
}

#[async_trait]
impl Heads for Stores {
    async fn watch(&self, lease: &Lease, watched: &HeadPullRequest) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(self.table(TableName::Heads))
            .item("pk", text(partition(lease.head.repository_id)))
            .item("sk", text(pull_request(&lease.head, watched.number)))
            .item(FORMAT, number(PULL_REQUEST_FORMAT))
            .item("number", number(watched.number))
            .item("base", text(watched.base.as_str()))
            .item(TTL_ATTRIBUTE, expiry(self.clock.now(), retention::HEADS))
            .build();
        self.fenced(call("watch"), lease, put.map(|put| write().put(put)))
            .await
    }

    async fn forget(&self, lease: &Lease, number: u64) -> Result<(), StoreError> {
        let delete = Delete::builder()
            .table_name(self.table(TableName::Heads))
            .key("pk", text(partition(lease.head.repository_id)))
            .key("sk", text(pull_request(&lease.head, number)))
            .build();
        let delete = delete.map(|delete| write().delete(delete));
        self.fenced(call("forget"), lease, delete).await
    }

    async fn watched(&self, head: &Head) -> Result<Vec<HeadPullRequest>, StoreError> {
        let call = call("watched");
        let now = self.clock.now();
        let mut items = self
            .dynamodb
            .query()
            .table_name(self.table(TableName::Heads))
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", text(partition(head.repository_id)))
            .expression_attribute_values(":sk", text(pull_requests(head)))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut watched = Vec::new();
        while let Some(attributes) = items.next().await {
            let attributes = attributes.map_err(|error| call.failed(&error))?;
            let item = Item::of_format(attributes, PULL_REQUEST_FORMAT)
                .map_err(|misread| call.corrupt(misread))?;
            if !item.is_over(now).map_err(|misread| call.corrupt(misread))? {
                watched.push(watched_pull_request(&item).map_err(|m| call.corrupt(m))?);
            }
        }
        // The sort key has the numbers as text, where 10 comes before 9.
        watched.sort_unstable();
        Ok(watched)
    }

    async fn generation(&self, head: &Head) -> Result<Option<Generation>, StoreError> {
        let call = call("generation");
        let now = self.clock.now();
        let answer = self
            .dynamodb
            .get_item()
            .table_name(self.table(TableName::Heads))
            .key("pk", text(partition(head.repository_id)))
            .key("sk", text(generation(head)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| call.failed(&error))?;
        let Some(attributes) = answer.item else {
            return Ok(None);
        };
        let item = Item::of_format(attributes, GENERATION_FORMAT).map_err(|m| call.corrupt(m))?;
        if item.is_over(now).map_err(|m| call.corrupt(m))? {
            return Ok(None);
        }
        item.json("generation")
            .map(Some)
            .map_err(|m| call.corrupt(m))
    }

    async fn save_generation(&self, lease: &Lease, saved: &Generation) -> Result<(), StoreError> {
        let call = call("save_generation");
        let json = serde_json::to_string(saved)
            .map_err(|source| call.error(StoreErrorKind::Corrupt, source))?;
        let put = Put::builder()
            .table_name(self.table(TableName::Heads))
            .item("pk", text(partition(lease.head.repository_id)))
            .item("sk", text(generation(&lease.head)))
            .item(FORMAT, number(GENERATION_FORMAT))
            .item("generation", text(json))
            .item(
                TTL_ATTRIBUTE,
                expiry(self.clock.now(), retention::GENERATIONS),
            )
            .build();
        self.fenced(call, lease, put.map(|put| write().put(put)))
            .await
    }
}

fn write() -> aws_sdk_dynamodb::types::builders::TransactWriteItemBuilder {
    TransactWriteItem::builder()
}

impl Stores {
    /// Writes if the lease's epoch is still the latest of its head.
    async fn fenced(
        &self,
        call: Call,
        lease: &Lease,
        write: Result<aws_sdk_dynamodb::types::builders::TransactWriteItemBuilder, BuildError>,
    ) -> Result<(), StoreError> {
        let bug = |source: BuildError| call.error(StoreErrorKind::Refused, source);
        let (pk, sk) = leases::key(&lease.head);
        let check = ConditionCheck::builder()
            .table_name(self.table(TableName::Leases))
            .key("pk", text(pk))
            .key("sk", text(sk))
            .condition_expression("epoch = :epoch")
            .expression_attribute_values(":epoch", number(lease.epoch))
            .build()
            .map_err(bug)?;
        let check = TransactWriteItem::builder().condition_check(check).build();
        // The SDK makes one token per call and sends it with every try of it, so that a try
        // whose answer was lost and the next are one transaction.
        self.dynamodb
            .transact_write_items()
            .transact_items(check)
            .transact_items(write.map_err(bug)?.build())
            .send()
            .await
            .map(drop)
            .map_err(|error| cancelled(call, &error))
    }
}

/// What a transaction's error comes to. Its first item is the check of the epoch.
fn cancelled(call: Call, error: &SdkError<TransactWriteItemsError, HttpResponse>) -> StoreError {
    let reasons = error.as_service_error().map_or(&[][..], reasons);
    let code = |place: usize| reasons.get(place).and_then(|reason| reason.code());
    if code(0) == Some("ConditionalCheckFailed") {
        return call.stale();
    }
    if let Some(invalid) = reasons
        .iter()
        .find(|reason| reason.code() == Some("ValidationError"))
    {
        let said = invalid.message().unwrap_or("no reason given");
        let kind = if said.contains("tem size") {
            StoreErrorKind::TooLarge
        } else {
            StoreErrorKind::Refused
        };
        return call.error(kind, format!("the transaction was cancelled: {said}"));
    }
    call.failed(error)
}

fn watched_pull_request(item: &Item) -> Result<HeadPullRequest, Misread> {
    Ok(HeadPullRequest {
        number: item.number("number")?,
        base: item.checked("base")?,
    })
}
