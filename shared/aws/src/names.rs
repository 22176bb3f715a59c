//! Every name in AWS, in one place. `infra/names.json` is rendered from here; the templates
//! that make these things read it.

use std::collections::BTreeMap;

use serde::Serialize;

/// Where names stand for every environment: what the templates replace.
const PLACEHOLDER: &str = "${Environment}";

/// The longest name of an environment: the longest name made with one, a bucket's with the
/// account's id at its end, must stay below 64 characters.
const MAX_ENVIRONMENT: usize = 16;

/// The names of one environment (`production`, `staging`, …).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    environment: String,
}

/// Not the name of an environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an environment is 1 to 16 of a-z, 0-9 and hyphen, not {0:?}")]
pub struct InvalidEnvironment(String);

/// The DynamoDB tables. All are on demand, and have a TTL attribute, [`TTL_ATTRIBUTE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableName {
    /// Which deliveries are finished with.
    Deliveries,
    /// Who works on a head, and the epochs.
    Leases,
    /// What is known of heads.
    Heads,
    /// What is known of installations and their repositories, such as last valid policies.
    Installations,
}

/// The attribute by which DynamoDB removes items, in seconds since the epoch. It is late by
/// days: readers compare it themselves.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html>
pub const TTL_ATTRIBUTE: &str = "expires_at";

/// The attributes of a table's primary key, both strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableKey {
    /// The partition key.
    pub partition: &'static str,
    /// The sort key, where the table has one.
    pub sort: Option<&'static str>,
}

/// The queues, one per function that works on messages. Each has a dead-letter queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueueName {
    /// For the function `pull-request`.
    PullRequest,
    /// For the function `check-run`.
    CheckRun,
    /// For the function `lifecycle`.
    Lifecycle,
}

/// The Lambda functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FunctionName {
    /// Takes GitHub's deliveries in.
    Webhook,
    /// Works on pull requests.
    PullRequest,
    /// Works on re-runs of checks.
    CheckRun,
    /// Works on what concerns repositories and installations as a whole.
    Lifecycle,
    /// Asks GitHub again for what is not done.
    Redelivery,
}

/// The parameters that hold what the GitHub App knows of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParameterName {
    /// The App's client id.
    ClientId,
    /// The App's id.
    AppId,
    /// The App's private key, PEM.
    PrivateKey,
    /// The webhook's secret.
    WebhookSecret,
    /// The one before, accepted while GitHub and we change to the new one.
    WebhookSecretPrevious,
}

impl Names {
    /// The names of an environment.
    pub fn new(environment: &str) -> Result<Self, InvalidEnvironment> {
        let fine = (1..=MAX_ENVIRONMENT).contains(&environment.len())
            && environment
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fine {
            Ok(Self {
                environment: environment.to_owned(),
            })
        } else {
            Err(InvalidEnvironment(environment.to_owned()))
        }
    }

    /// The environment.
    pub fn environment(&self) -> &str {
        &self.environment
    }

    fn name(&self, what: &str) -> String {
        format!("phase-mirror-{}-{what}", self.environment)
    }

    /// A table's name.
    pub fn table(&self, table: TableName) -> String {
        self.name(table.as_str())
    }

    /// What a bucket's name begins with; `-` and the account's id follow, since buckets of all
    /// accounts share one space of names.
    pub fn bucket_prefix(&self) -> String {
        self.name("baselines")
    }

    /// A queue's name.
    pub fn queue(&self, queue: QueueName) -> String {
        self.name(queue.as_str())
    }

    /// The name of a queue's dead-letter queue.
    pub fn dead_letter_queue(&self, queue: QueueName) -> String {
        self.name(&format!("{}-dead", queue.as_str()))
    }

    /// A function's name.
    pub fn function(&self, function: FunctionName) -> String {
        self.name(function.as_str())
    }

    /// A parameter's name.
    pub fn parameter(&self, parameter: ParameterName) -> String {
        format!(
            "/phase-mirror/{}/github/{}",
            self.environment,
            parameter.as_str()
        )
    }
}

impl TableName {
    /// Every table.
    pub const ALL: [Self; 4] = [
        Self::Deliveries,
        Self::Leases,
        Self::Heads,
        Self::Installations,
    ];

    /// Its name within an environment.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deliveries => "deliveries",
            Self::Leases => "leases",
            Self::Heads => "heads",
            Self::Installations => "installations",
        }
    }

    /// Its primary key.
    pub const fn key(self) -> TableKey {
        let sort = match self {
            Self::Deliveries => None,
            Self::Leases | Self::Heads | Self::Installations => Some("sk"),
        };
        TableKey {
            partition: "pk",
            sort,
        }
    }
}

impl QueueName {
    /// Every queue.
    pub const ALL: [Self; 3] = [Self::PullRequest, Self::CheckRun, Self::Lifecycle];

    /// Its name within an environment.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PullRequest => "pull-request",
            Self::CheckRun => "check-run",
            Self::Lifecycle => "lifecycle",
        }
    }
}

impl FunctionName {
    /// Every function.
    pub const ALL: [Self; 5] = [
        Self::Webhook,
        Self::PullRequest,
        Self::CheckRun,
        Self::Lifecycle,
        Self::Redelivery,
    ];

    /// Its name within an environment.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::PullRequest => "pull-request",
            Self::CheckRun => "check-run",
            Self::Lifecycle => "lifecycle",
            Self::Redelivery => "redelivery",
        }
    }
}

impl ParameterName {
    /// Every parameter.
    pub const ALL: [Self; 5] = [
        Self::ClientId,
        Self::AppId,
        Self::PrivateKey,
        Self::WebhookSecret,
        Self::WebhookSecretPrevious,
    ];

    /// Its name within an environment.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientId => "client_id",
            Self::AppId => "app_id",
            Self::PrivateKey => "private_key",
            Self::WebhookSecret => "webhook_secret",
            Self::WebhookSecretPrevious => "webhook_secret_previous",
        }
    }
}

#[derive(Serialize)]
struct Document {
    tables: BTreeMap<&'static str, TableEntry>,
    bucket_prefix: String,
    queues: BTreeMap<&'static str, QueueEntry>,
    functions: BTreeMap<&'static str, String>,
    parameters: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct TableEntry {
    name: String,
    partition_key: &'static str,
    sort_key: Option<&'static str>,
    ttl_attribute: &'static str,
}

#[derive(Serialize)]
struct QueueEntry {
    name: String,
    dead_letter_name: String,
}

/// Every name with the environment left open, as JSON: `infra/names.json`.
pub fn document() -> Result<String, serde_json::Error> {
    let names = Names {
        environment: PLACEHOLDER.to_owned(),
    };
    let table = |table: TableName| TableEntry {
        name: names.table(table),
        partition_key: table.key().partition,
        sort_key: table.key().sort,
        ttl_attribute: TTL_ATTRIBUTE,
    };
    let queue = |queue| QueueEntry {
        name: names.queue(queue),
        dead_letter_name: names.dead_letter_queue(queue),
    };
    let document = Document {
        tables: BTreeMap::from(TableName::ALL.map(|t| (t.as_str(), table(t)))),
        bucket_prefix: names.bucket_prefix(),
        queues: BTreeMap::from(QueueName::ALL.map(|q| (q.as_str(), queue(q)))),
        functions: BTreeMap::from(FunctionName::ALL.map(|f| (f.as_str(), names.function(f)))),
        parameters: BTreeMap::from(ParameterName::ALL.map(|p| (p.as_str(), names.parameter(p)))),
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_templates_read_is_rendered_from_here() {
        expect_test::expect_file!["../../../infra/names.json"]
            .assert_eq(&document().expect("text"));
    }

    #[test]
    fn an_environment_is_a_short_word() {
        for fine in ["a", "production", "pr-12", "0123456789abcdef"] {
            assert!(Names::new(fine).is_ok(), "{fine}");
        }
        for wrong in [
            "",
            "0123456789abcdefg",
            "Production",
            "a_b",
            "a/b",
            "ü",
            "a b",
        ] {
            assert_eq!(
                Names::new(wrong),
                Err(InvalidEnvironment(wrong.to_owned())),
                "{wrong}"
            );
        }
    }

    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
    #[test]
    fn the_longest_names_are_short_enough_for_aws() {
        let names = Names::new(&"e".repeat(MAX_ENVIRONMENT)).expect("an environment");
        let bucket = format!("{}-123456789012", names.bucket_prefix());
        assert!(bucket.len() <= 63, "{bucket}");
        for function in FunctionName::ALL {
            assert!(names.function(function).len() <= 64);
        }
        for queue in QueueName::ALL {
            assert!(names.dead_letter_queue(queue).len() <= 80);
        }
    }
}
