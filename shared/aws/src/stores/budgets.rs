//! [`Budgets`] in DynamoDB's table `installations`: an item for each budget that GitHub has paused,
//! so that each ends by itself; one query reads those of an installation.

use app::ports::{Budget, Budgets, Pause};
use app::{StoreError, Table, retention};
use async_trait::async_trait;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use jiff::Timestamp;

use super::call::Call;
use super::item::{FORMAT, Item, Misread};
use super::{Stores, expiry, instant, number, text};
use crate::names::{TTL_ATTRIBUTE, TableName};

const TABLE: Table = Table {
    name: "installations",
    key: "installation",
};

const ITEM_FORMAT: u32 = 1;

/// What the sort keys of all its pauses begin with.
const SORT_KEYS: &str = "quota#";

/// Partition key.
fn key(installation_id: u64) -> String {
    format!("installation#{installation_id}")
}

#[async_trait]
impl Budgets for Stores {
    async fn pauses(&self, installation_id: u64, now: Timestamp) -> Result<Vec<Pause>, StoreError> {
        let call = Call {
            operation: "pauses",
            table: TABLE,
        };
        // One page: there are three items at most, of some hundred bytes.
        let answer = self
            .dynamodb
            .query()
            .table_name(self.table(TableName::Installations))
            .key_condition_expression("pk = :pk AND begins_with(sk, :quota)")
            .expression_attribute_values(":pk", text(key(installation_id)))
            .expression_attribute_values(":quota", text(SORT_KEYS))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| call.failed(&error))?;
        let mut pauses = Vec::new();
        for attributes in answer.items.unwrap_or_default() {
            let item = Item::of_format(attributes, ITEM_FORMAT);
            let kept = item.and_then(|item| Ok((item.is_over(now)?, pause(&item)?)));
            let (is_over, pause) = kept.map_err(|misread| call.corrupt(misread))?;
            if !is_over {
                pauses.push(pause);
            }
        }
        Ok(pauses)
    }

    async fn pause(&self, installation_id: u64, told: &Pause) -> Result<Pause, StoreError> {
        let call = Call {
            operation: "pause",
            table: TABLE,
        };
        let budget = told.budget.word();
        let answer = self
            .dynamodb
            .put_item()
            .table_name(self.table(TableName::Installations))
            .item("pk", text(key(installation_id)))
            .item("sk", text(format!("{SORT_KEYS}{budget}")))
            .item(FORMAT, number(ITEM_FORMAT))
            .item("budget", text(budget))
            .item("until", instant(told.until))
            .item("strikes", number(told.strikes))
            .item(TTL_ATTRIBUTE, expiry(told.until, retention::PAUSES))
            .condition_expression("attribute_not_exists(pk) OR (v = :v AND #until < :until)")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":v", number(ITEM_FORMAT))
            .expression_attribute_values(":until", instant(told.until))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = answer else {
            return Ok(*told);
        };
        let attributes = match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(refusal)) => refusal.item.clone(),
            _ => return Err(call.failed(&error)),
        };
        Item::of_format(attributes.unwrap_or_default(), ITEM_FORMAT)
            .and_then(|item| pause(&item))
            .map_err(|misread| call.corrupt(misread))
    }
}

fn pause(item: &Item) -> Result<Pause, Misread> {
    Ok(Pause {
        budget: item.word("budget", Budget::of_word)?,
        until: item.instant("until")?,
        strikes: item.number("strikes")?,
    })
}
