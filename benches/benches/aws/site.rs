//! Tables on one emulator, a bucket and queues on another, and clients of both kinds for them.

use std::sync::Arc;
use std::time::Duration;

use app::ports::Clock;
use aws::names::{Names, QueueName, TableName};
use aws::{Connection, Queue, QueueUrls, Stores};
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use jiff::Timestamp;

use crate::direct::Direct;
use crate::operation::NOW;
use crate::ports::Ports;
use crate::sameness::Observer;

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// Where the operations are done. The emulators are this run's own and forget when they end.
pub(crate) struct Site {
    /// Of the emulator by DynamoDB's makers.
    tables: SdkConfig,
    /// Of the one that has S3 and SQS.
    rest: SdkConfig,
    names: Names,
    bucket: String,
    urls: QueueUrls,
}

impl Site {
    pub(crate) async fn new() -> Self {
        let tables = config("PHASE_MIRROR_TEST_DYNAMODB_LOCAL").await;
        let rest = config("PHASE_MIRROR_TEST_MINISTACK").await;
        let names = Names::new("bench").expect("an environment");
        let dynamodb = aws_sdk_dynamodb::Client::new(&tables);
        for table in TableName::ALL {
            create_table(&dynamodb, &names, table).await;
        }
        let bucket = format!("{}-1", names.bucket_prefix());
        let s3 = aws_sdk_s3::Client::from_conf(s3(&rest, None));
        let created = s3.create_bucket().bucket(&bucket).send().await;
        created.expect("a bucket");
        let sqs = aws_sdk_sqs::Client::new(&rest);
        let url = async |queue| {
            let create = sqs.create_queue().queue_name(names.queue(queue));
            let created = create.send().await.expect("a queue");
            created.queue_url.expect("its URL")
        };
        let urls = QueueUrls {
            pull_request: url(QueueName::PullRequest).await,
            check_run: url(QueueName::CheckRun).await,
            lifecycle: url(QueueName::Lifecycle).await,
        };
        Self {
            tables,
            rest,
            names,
            bucket,
            urls,
        }
    }

    /// The adapter. It and [`direct`](Self::direct) share their connections.
    pub(crate) fn ports(&self, observer: Option<&Observer>) -> Ports {
        let connection = |config: &SdkConfig| {
            let connection = Connection::from(config.clone());
            match observer {
                Some(observer) => connection.observed_by(observer.clone()),
                None => connection,
            }
        };
        let stores = |config| {
            let (names, bucket) = (self.names.clone(), self.bucket.clone());
            Stores::new(&connection(config), names, bucket, Arc::new(FixedClock))
        };
        Ports {
            tables: stores(&self.tables),
            objects: stores(&self.rest),
            queue: Queue::new(&connection(&self.rest), self.urls.clone()),
        }
    }

    /// The SDK's own clients.
    pub(crate) fn direct(&self, observer: Option<&Observer>) -> Direct {
        let mut dynamodb = aws_sdk_dynamodb::config::Builder::from(&self.tables);
        let mut sqs = aws_sdk_sqs::config::Builder::from(&self.rest);
        if let Some(observer) = observer {
            dynamodb = dynamodb.interceptor(observer.clone());
            sqs = sqs.interceptor(observer.clone());
        }
        Direct {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
            s3: aws_sdk_s3::Client::from_conf(s3(&self.rest, observer)),
            sqs: aws_sdk_sqs::Client::from_conf(sqs.build()),
            names: self.names.clone(),
            bucket: self.bucket.clone(),
            urls: self.urls.clone(),
        }
    }
}

fn s3(config: &SdkConfig, observer: Option<&Observer>) -> aws_sdk_s3::Config {
    let mut s3 = aws_sdk_s3::config::Builder::from(config).force_path_style(true);
    if let Some(observer) = observer {
        s3 = s3.interceptor(observer.clone());
    }
    s3.build()
}

/// The way to an emulator, with a function's retries, but more patience: an emulator that has just
/// started takes long on a busy machine.
async fn config(variable: &str) -> SdkConfig {
    let url = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set; run scripts/bench-stores"));
    let tls = Provider::rustls(CryptoMode::AwsLc);
    let patient = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(30))
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(url)
        .http_client(Builder::new().tls_provider(tls).build_https())
        .timeout_config(patient)
        .retry_config(aws::retries())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "benches"))
        .load()
        .await
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
}
