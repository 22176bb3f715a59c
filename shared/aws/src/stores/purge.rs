//! [`Purge`] over DynamoDB's tables and the bucket, in an order that a kill can't spoil: first a
//! repository is taken off record, so that nobody begins to work on it without asking GitHub;
//! then its leases are looked at; what is stored goes, then the leases; and last
//! the item by which it is found.

use app::ports::{Purge, Purged};
use app::{StoreError, StoreErrorKind};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, WriteRequest};
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use jiff::Timestamp;

use super::call::Call;
use super::installations::{TABLE, WHOSE, of_installation, of_repository};
use super::item::{Item, Misread};
use super::{Stores, evaluations, heads, leases, text};
use crate::names::TableName;

/// As many as DynamoDB takes at once.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>
const BATCH: usize = 25;

/// How often what DynamoDB has not come to is sent again; the SDK's retries are for whole calls.
const ROUNDS: u32 = 10;

/// A primary key.
type Key = (AttributeValue, AttributeValue);

const fn call(operation: &'static str) -> Call {
    Call {
        operation,
        table: TABLE,
    }
}

#[async_trait]
impl Purge for Stores {
    async fn purge_repository(
        &self,
        installation_id: u64,
        repository_id: u64,
        now: Timestamp,
    ) -> Result<Purged, StoreError> {
        let call = call("purge_repository");
        let known = of_repository(repository_id);
        self.dynamodb
            .delete_item()
            .table_name(self.table(TableName::Installations))
            .key("pk", text(&known))
            .key("sk", text(WHOSE))
            .send()
            .await
            .map_err(|error| call.failed(&error))?;
        if let Some(until) = self.held(call, repository_id, now).await? {
            return Ok(Purged::Held { until });
        }
        let heads = heads::partition(repository_id);
        self.empty(call, TableName::Heads, &heads).await?;
        self.remove_objects(call, &evaluations::prefix(repository_id))
            .await?;
        self.empty(call, TableName::Installations, &known).await?;
        let leases = leases::partition(repository_id);
        self.empty(call, TableName::Leases, &leases).await?;
        self.remove_listed(call, installation_id, repository_id)
            .await?;
        Ok(Purged::Gone)
    }

    async fn purge_installation(&self, installation_id: u64) -> Result<(), StoreError> {
        let known = of_installation(installation_id);
        self.empty(call("purge_installation"), TableName::Installations, &known)
            .await
    }
}

impl Stores {
    /// When the last lease of a repository that somebody has ends.
    async fn held(
        &self,
        call: Call,
        repository_id: u64,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut items = self
            .dynamodb
            .query()
            .table_name(self.table(TableName::Leases))
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(leases::partition(repository_id)))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut latest = None;
        while let Some(attributes) = items.next().await {
            let attributes = attributes.map_err(|error| call.failed(&error))?;
            let until = Item::of_format(attributes, leases::ITEM_FORMAT)
                .and_then(|item| until(&item))
                .map_err(|misread| call.corrupt(misread))?;
            latest = latest.max(until.filter(|until| *until > now));
        }
        Ok(latest)
    }

    /// Removes all items of a partition, whatever their format.
    async fn empty(&self, call: Call, table: TableName, pk: &str) -> Result<(), StoreError> {
        let mut pages = self
            .dynamodb
            .query()
            .table_name(self.table(table))
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(pk))
            .projection_expression("pk, sk")
            .consistent_read(true)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| call.failed(&error))?;
            let keys = page.items.unwrap_or_default().into_iter();
            let keys: Vec<Key> = keys
                .filter_map(|mut item| Some((item.remove("pk")?, item.remove("sk")?)))
                .collect();
            for batch in keys.chunks(BATCH) {
                self.delete_batch(call, table, batch).await?;
            }
        }
        Ok(())
    }

    async fn delete_batch(
        &self,
        call: Call,
        table: TableName,
        keys: &[Key],
    ) -> Result<(), StoreError> {
        let table = self.table(table);
        let request = |(pk, sk): &Key| {
            let delete = DeleteRequest::builder()
                .key("pk", pk.clone())
                .key("sk", sk.clone())
                .build();
            let delete = delete.map_err(|bug| call.error(StoreErrorKind::Refused, bug))?;
            Ok(WriteRequest::builder().delete_request(delete).build())
        };
        let mut left: Vec<WriteRequest> = keys.iter().map(request).collect::<Result<_, _>>()?;
        for _ in 0..ROUNDS {
            let answer = self
                .dynamodb
                .batch_write_item()
                .request_items(&table, left)
                .send()
                .await
                .map_err(|error| call.failed(&error))?;
            left = answer
                .unprocessed_items
                .and_then(|mut left| left.remove(&table))
                .unwrap_or_default();
            if left.is_empty() {
                return Ok(());
            }
        }
        let reason = format!("{} items were not removed in {ROUNDS} tries", left.len());
        Err(call.error(StoreErrorKind::Unavailable, reason))
    }

    /// Removes every version of all objects whose keys begin like this.
    async fn remove_objects(&self, call: Call, prefix: &str) -> Result<(), StoreError> {
        let call = Call {
            table: evaluations::TABLE,
            ..call
        };
        let (mut key, mut version) = (None, None);
        loop {
            let page = self
                .s3
                .list_object_versions()
                .bucket(&self.bucket)
                .prefix(prefix)
                .set_key_marker(key)
                .set_version_id_marker(version)
                .send()
                .await
                .map_err(|error| call.failed(&error))?;
            let versions = page.versions().iter().map(|it| (it.key(), it.version_id()));
            let markers = page.delete_markers().iter();
            let markers = markers.map(|it| (it.key(), it.version_id()));
            let objects = versions.chain(markers).map(|(key, version)| {
                ObjectIdentifier::builder()
                    .set_key(key.map(str::to_owned))
                    .set_version_id(version.map(str::to_owned))
                    .build()
            });
            let objects: Result<Vec<_>, _> = objects.collect();
            let objects = objects.map_err(|nameless| call.error(StoreErrorKind::Corrupt, nameless));
            self.delete_objects(call, objects?).await?;
            if page.next_key_marker.is_none() || page.is_truncated != Some(true) {
                return Ok(());
            }
            (key, version) = (page.next_key_marker, page.next_version_id_marker);
        }
    }

    /// A page has at most a thousand, as many as can be deleted at once.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>
    async fn delete_objects(
        &self,
        call: Call,
        objects: Vec<ObjectIdentifier>,
    ) -> Result<(), StoreError> {
        if objects.is_empty() {
            return Ok(());
        }
        let delete = Delete::builder()
            .set_objects(Some(objects))
            .quiet(true)
            .build()
            .map_err(|bug| call.error(StoreErrorKind::Refused, bug))?;
        let answer = self
            .s3
            .delete_objects()
            .bucket(&self.bucket)
            .delete(delete)
            .send()
            .await
            .map_err(|error| call.failed(&error))?;
        match answer.errors() {
            [] => Ok(()),
            [first, ..] => {
                let code = first.code().unwrap_or("no code");
                let reason = format!("{} objects were not removed: {code}", answer.errors().len());
                Err(call.error(StoreErrorKind::Unavailable, reason))
            }
        }
    }
}

/// When a lease ends that was not released.
fn until(item: &Item) -> Result<Option<Timestamp>, Misread> {
    let until = item.has("until").then(|| item.instant("until"));
    until.transpose()
}
