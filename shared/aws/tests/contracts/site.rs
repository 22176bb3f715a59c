//! Empty tables, a bucket and queues for one test, removed when it held.

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

    /// Removes what was made; a failed test leaves it, for whoever looks into it.
    pub(crate) async fn remove(self) {
        for table in TableName::ALL {
            let name = self.names.table(table);
            let removed = self.dynamodb.delete_table().table_name(name).send();
            removed.await.expect("the table is removed");
        }
        let s3 = self.s3();
        if s3.head_bucket().bucket(&self.bucket).send().await.is_ok() {
            let mut objects = s3
                .list_objects_v2()
                .bucket(&self.bucket)
                .into_paginator()
                .send();
            while let Some(page) = objects.next().await {
                for object in page.expect("a page").contents() {
                    let key = object.key().expect("a key");
                    let removed = s3.delete_object().bucket(&self.bucket).key(key).send();
                    removed.await.expect("the object is removed");
                }
            }
            let removed = s3.delete_bucket().bucket(&self.bucket).send();
            removed.await.expect("the bucket is removed");
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
