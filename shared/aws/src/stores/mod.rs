//! The ports that are stores, on DynamoDB and S3. Item formats are private to this module; each
//! item says with `v` which format it has.

mod budgets;
mod call;
mod deliveries;
mod evaluations;
mod heads;
mod installations;
mod item;
mod leases;
mod policies;
mod purge;
mod retries;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use app::ports::Clock;
use app::{StoreError, Table};
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::connect::Connection;
use crate::names::{Names, TableName};
use call::Call;
use retries::ConflictsAreRetried;

/// The stores of one environment. Clones share their connections.
#[derive(Clone)]
pub struct Stores {
    dynamodb: aws_sdk_dynamodb::Client,
    s3: aws_sdk_s3::Client,
    names: Names,
    bucket: String,
    clock: Arc<dyn Clock>,
}

impl Stores {
    /// The tables of these names, and this bucket (its whole name).
    pub fn new(
        connection: &Connection,
        names: Names,
        bucket: String,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let mut dynamodb = aws_sdk_dynamodb::config::Builder::from(connection.config())
            .retry_classifier(ConflictsAreRetried);
        let mut s3 = aws_sdk_s3::config::Builder::from(connection.config())
            .retry_classifier(ConflictsAreRetried)
            // A bucket is a host name only where AWS answers for it.
            .force_path_style(connection.config().endpoint_url().is_some());
        if let Some(observer) = connection.observer() {
            dynamodb.push_interceptor(observer.clone());
            s3.push_interceptor(observer);
        }
        Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            names,
            bucket,
            clock,
        }
    }

    /// Opens the connections ahead of the first request, so that it does not wait for TLS: by
    /// reads that the ports make anyway, of what can't be there.
    pub async fn warm(&self) -> Result<(), StoreError> {
        let call = |name, key| Call {
            operation: "warm",
            table: Table { name, key },
        };
        let item = self
            .dynamodb
            .get_item()
            .table_name(self.table(TableName::Deliveries))
            .key("pk", text("warm"))
            .send();
        let object = self.s3.get_object().bucket(&self.bucket).key("warm").send();
        let (item, object) = tokio::join!(item, object);
        item.map_err(|error| call("deliveries", "delivery").failed(&error))?;
        match object {
            Err(error) if error.code() != Some("NoSuchKey") => {
                Err(call("evaluations", "head and generation").failed(&error))
            }
            _ => Ok(()),
        }
    }

    fn table(&self, table: TableName) -> String {
        self.names.table(table)
    }
}

impl fmt::Debug for Stores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stores")
            .field("names", &self.names)
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}

/// `now + later`, at most the end of time.
fn after(now: Timestamp, later: Duration) -> Timestamp {
    now.saturating_add(later).unwrap_or(Timestamp::MAX)
}

/// A string attribute.
fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute; DynamoDB keeps 38 digits, which any of our integers has.
fn number(value: impl fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A time, exact to the nanosecond.
fn instant(at: Timestamp) -> AttributeValue {
    number(at.as_nanosecond())
}

/// The TTL attribute of an item written at `now`.
fn expiry(now: Timestamp, kept: Duration) -> AttributeValue {
    number(after(now, kept).as_second())
}
