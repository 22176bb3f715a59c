//! The operations as requests made with the SDK by hand: no port, no checks, nothing read from the
//! answers but their bytes.

use std::error::Error;
use std::fmt::Display;

use app::ports::PolicyOf;
use app::retention;
use aws::QueueUrls;
use aws::names::{Names, TableName};
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValue, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem,
};
use aws_sdk_s3::primitives::ByteStream;
use serde_json::json;

use crate::operation::{GENERATION, NOW, Operation, Subject, TTL};

type Answer = Result<(), Box<dyn Error>>;

/// The clients, and what they ask for.
pub(crate) struct Direct {
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
    pub(crate) names: Names,
    pub(crate) bucket: String,
    pub(crate) urls: QueueUrls,
}

/// What a request says that who makes it by hand has at hand, made before the time is taken.
pub(crate) struct Prepared<'a> {
    subject: &'a Subject,
    body: String,
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(operation: Operation, subject: &'a Subject) -> Self {
        let body = match operation {
            Operation::Finish => serde_json::to_string(&subject.end.outcome),
            Operation::SaveGeneration => serde_json::to_string(&subject.generation),
            Operation::Put => serde_json::to_string(&json!({
                "v": 1,
                "expires_at": later(retention::EVALUATIONS.as_secs()),
                "evaluation": subject.evaluation,
            })),
            Operation::Send => serde_json::to_string(&subject.message),
            _ => Ok(String::new()),
        };
        Self {
            subject,
            body: body.expect("JSON"),
        }
    }
}

fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn n(number: impl Display) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// Seconds since the epoch.
fn later(seconds: u64) -> u64 {
    NOW.as_second().unsigned_abs() + seconds
}

fn until() -> AttributeValue {
    n((NOW + TTL).as_nanosecond())
}

fn lease_expires() -> AttributeValue {
    n(later(TTL.as_secs() + retention::LEASES.as_secs()))
}

fn lease_key(subject: &Subject) -> AttributeValue {
    let head = subject.head();
    s(format!("sha#{}", head.sha))
}

fn repository(subject: &Subject) -> AttributeValue {
    s(format!("repo#{}", subject.head().repository_id))
}

fn of_head(subject: &Subject, what: &str) -> AttributeValue {
    s(format!("sha#{}#{what}", subject.head().sha))
}

fn object_key(subject: &Subject) -> String {
    let head = subject.head();
    format!(
        "{}/reports/{}/{GENERATION}.json",
        head.repository_id, head.sha
    )
}

fn installation(subject: &Subject) -> AttributeValue {
    match &subject.policy_of {
        PolicyOf::Account { installation_id } => s(format!("installation#{installation_id}")),
        PolicyOf::Branch { .. } => unreachable!("subjects have an account's policy"),
    }
}

impl Direct {
    /// Makes the request of the operation and waits for its whole answer.
    pub(crate) async fn call(&self, operation: Operation, prepared: &Prepared<'_>) -> Answer {
        let subject = prepared.subject;
        match operation {
            Operation::Finish => self.finish(prepared).await,
            Operation::Finished => {
                let key = s(format!("delivery#{}", subject.delivery));
                self.get(TableName::Deliveries, key, None).await
            }
            Operation::Acquire => self.acquire(subject).await,
            Operation::Renew => self.renew(subject).await,
            Operation::Release => self.release(subject).await,
            Operation::Watch => self.watch(subject).await,
            Operation::Forget => self.forget(subject).await,
            Operation::Watched => self.watched(subject).await,
            Operation::SaveGeneration => self.save_generation(prepared).await,
            Operation::Generation => {
                let sort = of_head(subject, "generation");
                self.get(TableName::Heads, repository(subject), Some(sort))
                    .await
            }
            Operation::Keep => self.keep(subject).await,
            Operation::LastValid => {
                let sort = s("policy#last-valid");
                self.get(TableName::Installations, installation(subject), Some(sort))
                    .await
            }
            Operation::Put => self.put(prepared).await,
            Operation::Load => self.load(subject).await,
            Operation::Send => {
                let send = self.sqs.send_message().queue_url(&self.urls.pull_request);
                send.message_body(&prepared.body).send().await?;
                Ok(())
            }
        }
    }

    async fn get(
        &self,
        table: TableName,
        partition: AttributeValue,
        sort: Option<AttributeValue>,
    ) -> Answer {
        let mut get = self
            .dynamodb
            .get_item()
            .table_name(self.names.table(table))
            .key("pk", partition)
            .consistent_read(true);
        if let Some(sort) = sort {
            get = get.key("sk", sort);
        }
        let answer = get.send().await?;
        answer.item.map(drop).ok_or_else(|| "nothing there".into())
    }

    async fn finish(&self, prepared: &Prepared<'_>) -> Answer {
        let (subject, outcome) = (prepared.subject, &prepared.body);
        self.dynamodb
            .put_item()
            .table_name(self.names.table(TableName::Deliveries))
            .item("pk", s(format!("delivery#{}", subject.delivery)))
            .item("v", n(1))
            .item("outcome", s(outcome))
            .item("detail", s(&subject.end.detail))
            .item("done_at", n(NOW.as_nanosecond()))
            .item("expires_at", n(later(retention::DELIVERIES.as_secs())))
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .expression_attribute_values(":now", n(NOW.as_second()))
            .send()
            .await?;
        Ok(())
    }

    async fn acquire(&self, subject: &Subject) -> Answer {
        self.dynamodb
            .update_item()
            .table_name(self.names.table(TableName::Leases))
            .key("pk", repository(subject))
            .key("sk", lease_key(subject))
            .update_expression(
                "SET epoch = if_not_exists(epoch, :zero) + :one, #until = :until, \
                 #owner = :owner, expires_at = :expires_at, v = :v",
            )
            .condition_expression(
                "(attribute_not_exists(pk) OR v = :v) AND (attribute_not_exists(#until) OR #until <= :now)",
            )
            .expression_attribute_names("#until", "until")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":until", until())
            .expression_attribute_values(":now", n(NOW.as_nanosecond()))
            .expression_attribute_values(":owner", s("0123456789abcdef0123456789abcdef"))
            .expression_attribute_values(":expires_at", lease_expires())
            .expression_attribute_values(":v", n(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await?;
        Ok(())
    }

    async fn renew(&self, subject: &Subject) -> Answer {
        self.dynamodb
            .update_item()
            .table_name(self.names.table(TableName::Leases))
            .key("pk", repository(subject))
            .key("sk", lease_key(subject))
            .update_expression("SET #until = :until, expires_at = :expires_at")
            .condition_expression("epoch = :epoch AND attribute_exists(#until)")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":epoch", n(subject.lease.epoch))
            .expression_attribute_values(":until", until())
            .expression_attribute_values(":expires_at", lease_expires())
            .send()
            .await?;
        Ok(())
    }

    async fn release(&self, subject: &Subject) -> Answer {
        self.dynamodb
            .update_item()
            .table_name(self.names.table(TableName::Leases))
            .key("pk", repository(subject))
            .key("sk", lease_key(subject))
            .update_expression("REMOVE #until")
            .condition_expression("epoch = :epoch")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":epoch", n(subject.lease.epoch))
            .send()
            .await?;
        Ok(())
    }

    async fn watch(&self, subject: &Subject) -> Answer {
        let pull_request = &subject.pull_requests[0];
        let put = Put::builder()
            .table_name(self.names.table(TableName::Heads))
            .item("pk", repository(subject))
            .item(
                "sk",
                of_head(subject, &format!("pr#{}", pull_request.number)),
            )
            .item("v", n(1))
            .item("number", n(pull_request.number))
            .item("base", s(pull_request.base.as_str()))
            .item("expires_at", n(later(retention::HEADS.as_secs())))
            .build()?;
        let put = TransactWriteItem::builder().put(put).build();
        self.transact(subject, put).await
    }

    async fn forget(&self, subject: &Subject) -> Answer {
        let number = subject.pull_requests[0].number;
        let delete = Delete::builder()
            .table_name(self.names.table(TableName::Heads))
            .key("pk", repository(subject))
            .key("sk", of_head(subject, &format!("pr#{number}")))
            .build()?;
        let delete = TransactWriteItem::builder().delete(delete).build();
        self.transact(subject, delete).await
    }

    async fn save_generation(&self, prepared: &Prepared<'_>) -> Answer {
        let (subject, generation) = (prepared.subject, &prepared.body);
        let put = Put::builder()
            .table_name(self.names.table(TableName::Heads))
            .item("pk", repository(subject))
            .item("sk", of_head(subject, "generation"))
            .item("v", n(1))
            .item("generation", s(generation))
            .item("expires_at", n(later(retention::GENERATIONS.as_secs())))
            .build()?;
        let put = TransactWriteItem::builder().put(put).build();
        self.transact(subject, put).await
    }

    async fn transact(&self, subject: &Subject, write: TransactWriteItem) -> Answer {
        let check = ConditionCheck::builder()
            .table_name(self.names.table(TableName::Leases))
            .key("pk", repository(subject))
            .key("sk", lease_key(subject))
            .condition_expression("epoch = :epoch")
            .expression_attribute_values(":epoch", n(subject.lease.epoch))
            .build()?;
        self.dynamodb
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().condition_check(check).build())
            .transact_items(write)
            .send()
            .await?;
        Ok(())
    }

    async fn watched(&self, subject: &Subject) -> Answer {
        let answer = self
            .dynamodb
            .query()
            .table_name(self.names.table(TableName::Heads))
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", repository(subject))
            .expression_attribute_values(":sk", of_head(subject, "pr#"))
            .consistent_read(true)
            .send()
            .await?;
        assert_eq!(answer.count, 2);
        Ok(())
    }

    async fn keep(&self, subject: &Subject) -> Answer {
        let content = subject.policy.content.as_deref().unwrap_or_default();
        self.dynamodb
            .put_item()
            .table_name(self.names.table(TableName::Installations))
            .item("pk", installation(subject))
            .item("sk", s("policy#last-valid"))
            .item("v", n(1))
            .item("seen_at", n(NOW.as_nanosecond()))
            .item("content", s(content))
            .send()
            .await?;
        Ok(())
    }

    async fn put(&self, prepared: &Prepared<'_>) -> Answer {
        self.s3
            .put_object()
            .bucket(&self.bucket)
            .key(object_key(prepared.subject))
            .content_type("application/json")
            .if_none_match("*")
            .body(ByteStream::from(prepared.body.clone().into_bytes()))
            .send()
            .await?;
        Ok(())
    }

    async fn load(&self, subject: &Subject) -> Answer {
        let get = self.s3.get_object().bucket(&self.bucket);
        let answer = get.key(object_key(subject)).send().await?;
        let body = answer.body.collect().await?;
        assert!(!body.into_bytes().is_empty());
        Ok(())
    }
}
