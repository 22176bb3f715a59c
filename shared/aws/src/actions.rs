//! The IAM actions that this crate's calls need, listed once per port: what the functions'
//! policies must allow, no more and no less.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html>

use crate::names::TableName;

/// Something that a role must be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Action {
    /// Its name in a policy, such as `dynamodb:GetItem`.
    pub name: &'static str,
    /// To what.
    pub on: Resource,
    /// Why it is needed.
    pub need: Need,
}

/// What an action is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// A table (no index: there are none).
    Table(TableName),
    /// The bucket itself.
    Bucket,
    /// The bucket's objects.
    Objects,
    /// The queues that the function sends to.
    Queues,
    /// The queue that the function is fed by.
    OwnQueue,
    /// The App's parameters.
    Parameters,
    /// The key of the environment, with which all of these are encrypted.
    Key,
}

/// Why an action is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// This crate makes a call that is authorised by it.
    Call,
    /// A service checks it on the way, for this reason.
    Implied(&'static str),
}

const fn call(name: &'static str, on: Resource) -> Action {
    Action {
        name,
        on,
        need: Need::Call,
    }
}

const fn implied(name: &'static str, on: Resource, reason: &'static str) -> Action {
    Action {
        name,
        on,
        need: Need::Implied(reason),
    }
}

const READ_ENCRYPTED: Action = implied("kms:Decrypt", Resource::Key, "what is read is encrypted");
const WRITE_ENCRYPTED: Action = implied(
    "kms:GenerateDataKey",
    Resource::Key,
    "what is written is encrypted",
);

/// `app::ports::EventQueue`.
pub const EVENT_QUEUE: &[Action] = &[
    call("sqs:SendMessage", Resource::Queues),
    WRITE_ENCRYPTED,
    // SQS reuses a data key for some minutes, which it must decrypt.
    READ_ENCRYPTED,
];

/// A function that is fed by a queue: `Queue::hide`, and what Lambda does in its name.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
pub const QUEUE_CONSUMER: &[Action] = &[
    call("sqs:ChangeMessageVisibility", Resource::OwnQueue),
    implied("sqs:ReceiveMessage", Resource::OwnQueue, "Lambda polls"),
    implied(
        "sqs:DeleteMessage",
        Resource::OwnQueue,
        "Lambda deletes what was settled",
    ),
    implied(
        "sqs:GetQueueAttributes",
        Resource::OwnQueue,
        "Lambda scales by the depth",
    ),
    READ_ENCRYPTED,
];

/// `Parameters`.
pub const PARAMETERS: &[Action] = &[
    call("ssm:GetParameters", Resource::Parameters),
    READ_ENCRYPTED,
];

const DELIVERIES_TABLE: Resource = Resource::Table(TableName::Deliveries);
const LEASES_TABLE: Resource = Resource::Table(TableName::Leases);
const HEADS_TABLE: Resource = Resource::Table(TableName::Heads);
const INSTALLATIONS_TABLE: Resource = Resource::Table(TableName::Installations);

/// `app::ports::Deliveries`.
pub const DELIVERIES: &[Action] = &[
    call("dynamodb:GetItem", DELIVERIES_TABLE),
    call("dynamodb:PutItem", DELIVERIES_TABLE),
    READ_ENCRYPTED,
];

/// `app::ports::Deliveries`, of a function that finishes none.
pub const DELIVERIES_LOOKED_UP: &[Action] =
    &[call("dynamodb:GetItem", DELIVERIES_TABLE), READ_ENCRYPTED];

/// `app::ports::Leases`, for work on what is kept.
pub const LEASES: &[Action] = &[call("dynamodb:UpdateItem", LEASES_TABLE), READ_ENCRYPTED];

/// `app::ports::Leases`, where nothing is to be kept.
pub const LEASES_ABANDONED: &[Action] =
    &[call("dynamodb:DeleteItem", LEASES_TABLE), READ_ENCRYPTED];

/// `app::ports::Heads`. A transaction is authorised by what it consists of.
pub const HEADS: &[Action] = &[
    call("dynamodb:ConditionCheckItem", LEASES_TABLE),
    call("dynamodb:PutItem", HEADS_TABLE),
    call("dynamodb:DeleteItem", HEADS_TABLE),
    call("dynamodb:Query", HEADS_TABLE),
    call("dynamodb:GetItem", HEADS_TABLE),
    READ_ENCRYPTED,
];

/// `app::ports::Policies`.
pub const POLICIES: &[Action] = &[
    call("dynamodb:GetItem", INSTALLATIONS_TABLE),
    call("dynamodb:PutItem", INSTALLATIONS_TABLE),
    READ_ENCRYPTED,
];

/// `app::ports::Budgets`.
pub const BUDGETS: &[Action] = &[
    call("dynamodb:Query", INSTALLATIONS_TABLE),
    call("dynamodb:PutItem", INSTALLATIONS_TABLE),
    READ_ENCRYPTED,
];

/// `app::ports::Installations`, of a function that puts repositories on record.
pub const INSTALLATIONS: &[Action] = &[
    call("dynamodb:GetItem", INSTALLATIONS_TABLE),
    call("dynamodb:PutItem", INSTALLATIONS_TABLE),
    // Of one that has moved to another installation.
    call("dynamodb:DeleteItem", INSTALLATIONS_TABLE),
    READ_ENCRYPTED,
];

/// `app::ports::Installations`, of a function that also looks for those of an installation.
pub const INSTALLATIONS_LISTED: &[Action] =
    &[call("dynamodb:Query", INSTALLATIONS_TABLE), READ_ENCRYPTED];

/// `app::ports::Purge`.
pub const PURGE: &[Action] = &[
    call("dynamodb:DeleteItem", INSTALLATIONS_TABLE),
    call("dynamodb:Query", INSTALLATIONS_TABLE),
    call("dynamodb:BatchWriteItem", INSTALLATIONS_TABLE),
    call("dynamodb:Query", LEASES_TABLE),
    call("dynamodb:BatchWriteItem", LEASES_TABLE),
    call("dynamodb:Query", HEADS_TABLE),
    call("dynamodb:BatchWriteItem", HEADS_TABLE),
    call("s3:ListBucketVersions", Resource::Bucket),
    call("s3:DeleteObject", Resource::Objects),
    call("s3:DeleteObjectVersion", Resource::Objects),
    READ_ENCRYPTED,
];

/// `app::ports::Evaluations`.
pub const EVALUATIONS: &[Action] = &[
    call("s3:GetObject", Resource::Objects),
    call("s3:PutObject", Resource::Objects),
    implied(
        "s3:ListBucket",
        Resource::Bucket,
        "without it S3 answers 403 for an object that is not there, which can't be told from a denial",
    ),
    READ_ENCRYPTED,
    WRITE_ENCRYPTED,
];
