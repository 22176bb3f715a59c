//! Empty tables, a bucket and queues for one test, removed when it held.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use app::ports::Clock;
use aws::names::{Names, QueueName, TableName};
use aws::{Connection, Queue, QueueUrls, Stores};
use aws_config::SdkConfig;
use aws_sdk_dynamodb::client::Waiters;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use jiff::{SignedDuration, Timestamp};

use crate::endpoint::Endpoint;
use crate::recorder::Recorder;

/// The machine's clock, and by how much tests set it forward.
#[derive(Debug, Default)]
pub(crate) struct TestClock {
    forward_seconds: AtomicI64,
}

impl TestClock {
    pub(crate) fn jump(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).expect("a small jump");
        self.forward_seconds.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let forward = self.forward_seconds.load(Ordering::Relaxed);
        Timestamp::now() + SignedDuration::from_secs(forward)
    }
}

/// What a test has of an endpoint.
pub(crate) struct Site {
    pub(crate) config: SdkConfig,
    pub(crate) names: Names,
    pub(crate) bucket: String,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) recorder: Recorder,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
}

/// Names that no other test of this or another run has.
fn fresh_names() -> Names {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = Timestamp::now().as_millisecond().unsigned_abs();
    let unique = (now << 16) ^ (u64::from(std::process::id()) << 32) ^ u64::from(count);
    Names::new(&format!("t{:x}", unique & 0x0fff_ffff_ffff)).expect("an environment")
}

impl Site {
    /// Tables only: all that DynamoDB Local has. Without TTL, since the suites live at a time
    /// of their own, and an endpoint that removes in time would take their items away.
    pub(crate) async fn with_tables(endpoint: &Endpoint) -> Self {
        let config = endpoint.config().await;
        let names = fresh_names();
        let dynamodb = aws_sdk_dynamodb::Client::new(&config);
        for table in TableName::ALL {
            create_table(&dynamodb, &names, table).await;
        }
        Self {
            bucket: format!("{}-1", names.bucket_prefix()),
            config,
            names,
            clock: Arc::default(),
            recorder: Recorder::default(),
            dynamodb,
        }
    }

    /// Tables and the bucket.
    pub(crate) async fn with_bucket(endpoint: &Endpoint) -> Self {
        let site = Self::with_tables(endpoint).await;
        let region = site.config.region().map(ToString::to_string);
        let elsewhere = region.filter(|region| region != "us-east-1").map(|region| {
            aws_sdk_s3::types::CreateBucketConfiguration::builder()
                .location_constraint(region.as_str().into())
                .build()
        });
        site.s3()
            .create_bucket()
            .bucket(&site.bucket)
            .set_create_bucket_configuration(elsewhere)
            .send()
            .await
            .expect("a bucket");
        site
    }

    /// The stores, with every call of theirs recorded.
    pub(crate) fn stores(&self) -> Arc<Stores> {
        self.stores_by(self.config.clone())
    }

    /// The stores by another way.
    pub(crate) fn stores_by(&self, config: SdkConfig) -> Arc<Stores> {
        Arc::new(Stores::new(
            &Connection::from(config).observed_by(self.recorder.clone()),
            self.names.clone(),
            self.bucket.clone(),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
        ))
    }

    /// New queues, with every call recorded.
    pub(crate) async fn queue(&self) -> (Arc<Queue>, QueueUrls) {
        let sqs = aws_sdk_sqs::Client::new(&self.config);
        let mut urls = Vec::new();
        for queue in QueueName::ALL {
            let created = sqs
                .create_queue()
                .queue_name(self.names.queue(queue))
                .send();
            let created = created.await.expect("a queue");
            urls.push(created.queue_url.expect("its URL"));
        }
        let urls = QueueUrls {
            pull_request: urls[0].clone(),
            check_run: urls[1].clone(),
            lifecycle: urls[2].clone(),
        };
        let connection = Connection::from(self.config.clone()).observed_by(self.recorder.clone());
        (Arc::new(Queue::new(&connection, urls.clone())), urls)
    }

    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(true);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// Lets the bucket keep what is replaced and removed, as an operator may have it.
    pub(crate) async fn keep_versions(&self) {
        let enabled = aws_sdk_s3::types::VersioningConfiguration::builder()
            .status(aws_sdk_s3::types::BucketVersioningStatus::Enabled)
            .build();
        let kept = self.s3().put_bucket_versioning().bucket(&self.bucket);
        let kept = kept.versioning_configuration(enabled).send();
        kept.await.expect("versions are kept");
    }

    /// The partition keys of all items of all tables.
    pub(crate) async fn partitions(&self) -> BTreeSet<String> {
        let mut partitions = BTreeSet::new();
        for table in TableName::ALL {
            let mut items = self
                .dynamodb
                .scan()
                .table_name(self.names.table(table))
                .consistent_read(true)
                .into_paginator()
                .items()
                .send();
            while let Some(item) = items.next().await {
                let item = item.expect("an item");
                let key = item["pk"].as_s().expect("a string").clone();
                partitions.insert(key);
            }
        }
        partitions
    }

    /// The keys of all versions of all objects in the bucket.
    pub(crate) async fn versions(&self) -> Vec<String> {
        let (mut keys, mut marker, mut version) = (Vec::new(), None, None);
        loop {
            let page = self
                .s3()
                .list_object_versions()
                .bucket(&self.bucket)
                .set_key_marker(marker)
                .set_version_id_marker(version)
                .send()
                .await
                .expect("a page");
            let versions = page.versions().iter().filter_map(|it| it.key());
            let markers = page.delete_markers().iter().filter_map(|it| it.key());
            keys.extend(versions.chain(markers).map(str::to_owned));
            if page.is_truncated != Some(true) {
                return keys;
            }
            (marker, version) = (page.next_key_marker, page.next_version_id_marker);
        }
    }

    /// Removes what was made; a failed test leaves it, for whoever looks into it.
    pub(crate) async fn remove(self) {
        for table in TableName::ALL {
            let name = self.names.table(table);
            let removed = self.dynamodb.delete_table().table_name(name).send();
            removed.await.expect("the table is removed");
        }
        let s3 = self.s3();
        if s3.head_bucket().bucket(&self.bucket).send().await.is_ok() {
            self.empty_bucket().await;
            let removed = s3.delete_bucket().bucket(&self.bucket).send();
            removed.await.expect("the bucket is removed");
        }
    }

    async fn empty_bucket(&self) {
        let s3 = self.s3();
        loop {
            let page = s3.list_object_versions().bucket(&self.bucket).send();
            let page = page.await.expect("a page");
            let versions = page.versions().iter();
            let versions = versions.map(|it| (it.key(), it.version_id()));
            let markers = page.delete_markers().iter();
            let markers = markers.map(|it| (it.key(), it.version_id()));
            let all: Vec<_> = versions.chain(markers).collect();
            if all.is_empty() {
                return;
            }
            for (key, version) in all {
                let removed = s3
                    .delete_object()
                    .bucket(&self.bucket)
                    .key(key.expect("a key"))
                    .set_version_id(version.map(str::to_owned))
                    .send();
                removed.await.expect("the object is removed");
            }
        }
    }

    /// Removes the queues, too.
    pub(crate) async fn remove_queues(&self, urls: &QueueUrls) {
        let sqs = aws_sdk_sqs::Client::new(&self.config);
        for queue in QueueName::ALL {
            let removed = sqs.delete_queue().queue_url(urls.url(queue)).send();
            removed.await.expect("the queue is removed");
        }
    }
}

async fn create_table(dynamodb: &aws_sdk_dynamodb::Client, names: &Names, table: TableName) {
    let key = table.key();
    let mut create = dynamodb
        .create_table()
        .table_name(names.table(table))
        .billing_mode(BillingMode::PayPerRequest);
    let columns = [
        (Some(key.partition), KeyType::Hash),
        (key.sort, KeyType::Range),
    ];
    for (name, kind) in columns {
        let Some(name) = name else { continue };
        let definition = AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build();
        let element = KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build();
        create = create
            .attribute_definitions(definition.expect("complete"))
            .key_schema(element.expect("complete"));
    }
    create.send().await.expect("a table");
    dynamodb
        .wait_until_table_exists()
        .table_name(names.table(table))
        .wait(Duration::from_mins(1))
        .await
        .expect("the table is active");
}
