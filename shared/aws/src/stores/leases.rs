//! [`Leases`] in DynamoDB: one conditional update each. The item outlives the lease, because
//! its epoch does; released means that it has no `until`.

use std::fmt::Write;
use std::time::Duration;

use app::event::Head;
use app::ports::{Acquired, Lease, Leases};
use app::{StoreError, StoreErrorKind, Table, retention};
use async_trait::async_trait;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;

use super::call::Call;
use super::item::{Item, Misread};
use super::{Stores, after, expiry, instant, number, text};
use crate::names::TableName;

const TABLE: Table = Table {
    name: "leases",
    key: "head",
};

pub(super) const ITEM_FORMAT: u32 = 1;

/// Partition and sort key of a head's lease; writes about the head check its epoch. A repository's
/// leases stand together, so that they are found.
pub(super) fn key(head: &Head) -> (String, String) {
    let sort = format!("sha#{}", head.sha);
    (partition(head.repository_id), sort)
}

/// The partition of a repository's leases.
pub(super) fn partition(repository_id: u64) -> String {
    format!("repo#{repository_id}")
}

#[async_trait]
impl Leases for Stores {
    async fn acquire(
        &self,
        head: &Head,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Acquired, StoreError> {
        let call = Call {
            operation: "acquire",
            table: TABLE,
        };
        let until = after(now, ttl);
        let owner = token().map_err(|source| call.error(StoreErrorKind::Unavailable, source))?;
        let answer = self
            .update_lease(head)
            .update_expression(
                "SET epoch = if_not_exists(epoch, :zero) + :one, #until = :until, \
                 #owner = :owner, expires_at = :expires_at, v = :v",
            )
            .condition_expression(
                "(attribute_not_exists(pk) OR v = :v) \
                 AND (attribute_not_exists(#until) OR #until <= :now)",
            )
            .expression_attribute_names("#until", "until")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":until", instant(until))
            .expression_attribute_values(":now", instant(now))
            .expression_attribute_values(":owner", text(&owner))
            .expression_attribute_values(":expires_at", expiry(until, retention::LEASES))
            .expression_attribute_values(":v", number(ITEM_FORMAT))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let attributes = match answer {
            Ok(answer) => answer.attributes,
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
                    refusal.item.clone()
                }
                _ => return Err(call.failed(&error)),
            },
        };
        Item::of_format(attributes.unwrap_or_default(), ITEM_FORMAT)
            .and_then(|item| acquired(head, &item, &owner))
            .map_err(|misread| call.corrupt(misread))
    }

    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        let call = Call {
            operation: "renew",
            table: TABLE,
        };
        let until = after(now, ttl);
        let answer = self
            .update_lease(&lease.head)
            .update_expression("SET #until = :until, expires_at = :expires_at")
            .condition_expression("epoch = :epoch AND attribute_exists(#until)")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":epoch", number(lease.epoch))
            .expression_attribute_values(":until", instant(until))
            .expression_attribute_values(":expires_at", expiry(until, retention::LEASES))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Lease {
                until,
                ..lease.clone()
            }),
            Err(error) => match error.as_service_error() {
                Some(said) if said.is_conditional_check_failed_exception() => Err(call.stale()),
                _ => Err(call.failed(&error)),
            },
        }
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let call = Call {
            operation: "release",
            table: TABLE,
        };
        let answer = self
            .update_lease(&lease.head)
            .update_expression("REMOVE #until")
            .condition_expression("epoch = :epoch")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":epoch", number(lease.epoch))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(said) if said.is_conditional_check_failed_exception() => Ok(()),
                _ => Err(call.failed(&error)),
            },
        }
    }

    async fn abandon(&self, lease: &Lease) -> Result<(), StoreError> {
        let call = Call {
            operation: "abandon",
            table: TABLE,
        };
        let (pk, sk) = key(&lease.head);
        let answer = self
            .dynamodb
            .delete_item()
            .table_name(self.table(TableName::Leases))
            .key("pk", text(pk))
            .key("sk", text(sk))
            .condition_expression("epoch = :epoch")
            .expression_attribute_values(":epoch", number(lease.epoch))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(said) if said.is_conditional_check_failed_exception() => Ok(()),
                _ => Err(call.failed(&error)),
            },
        }
    }
}

impl Stores {
    fn update_lease(&self, head: &Head) -> UpdateItemFluentBuilder {
        let (pk, sk) = key(head);
        self.dynamodb
            .update_item()
            .table_name(self.table(TableName::Leases))
            .key("pk", text(pk))
            .key("sk", text(sk))
    }
}

/// What an item says to who asked for the lease with this token. A request that was repeated
/// after its answer got lost finds its own token there: the lease is its own.
fn acquired(head: &Head, item: &Item, owner: &str) -> Result<Acquired, Misread> {
    let until = item.instant("until")?;
    if item.text("owner")? != owner {
        return Ok(Acquired::Held { until });
    }
    Ok(Acquired::Granted(Lease {
        head: head.clone(),
        epoch: item.number("epoch")?,
        until,
    }))
}

/// A token that no other call has.
fn token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |mut token, byte| {
        let _ = write!(token, "{byte:02x}");
        token
    }))
}
