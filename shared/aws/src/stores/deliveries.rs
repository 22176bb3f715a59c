//! [`Deliveries`] in DynamoDB: one item each, written once.

use app::event::DeliveryId;
use app::ports::{Deliveries, DeliveryOutcome, FinishedDelivery};
use app::{StoreError, StoreErrorKind, Table, retention};
use async_trait::async_trait;
use aws_sdk_dynamodb::operation::put_item::PutItemError;

use super::call::Call;
use super::item::{FORMAT, Item, Misread};
use super::{Stores, expiry, instant, number, text};
use crate::names::{TTL_ATTRIBUTE, TableName};

const TABLE: Table = Table {
    name: "deliveries",
    key: "delivery",
};

const ITEM_FORMAT: u32 = 1;

fn key(id: &DeliveryId) -> String {
    format!("delivery#{id}")
}

#[async_trait]
impl Deliveries for Stores {
    async fn finished(&self, id: &DeliveryId) -> Result<Option<FinishedDelivery>, StoreError> {
        let call = Call {
            operation: "finished",
            table: TABLE,
        };
        let now = self.clock.now();
        let answer = self
            .dynamodb
            .get_item()
            .table_name(self.table(TableName::Deliveries))
            .key("pk", text(key(id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| call.failed(&error))?;
        let Some(attributes) = answer.item else {
            return Ok(None);
        };
        let item = Item::of_format(attributes, ITEM_FORMAT).map_err(|m| call.corrupt(m))?;
        if item.is_over(now).map_err(|m| call.corrupt(m))? {
            return Ok(None);
        }
        finished_delivery(&item)
            .map(Some)
            .map_err(|m| call.corrupt(m))
    }

    async fn finish(&self, id: &DeliveryId, end: &FinishedDelivery) -> Result<(), StoreError> {
        let call = Call {
            operation: "finish",
            table: TABLE,
        };
        let now = self.clock.now();
        let outcome = serde_json::to_string(&end.outcome)
            .map_err(|source| call.error(StoreErrorKind::Corrupt, source))?;
        let written = self
            .dynamodb
            .put_item()
            .table_name(self.table(TableName::Deliveries))
            .item("pk", text(key(id)))
            .item(FORMAT, number(ITEM_FORMAT))
            .item("outcome", text(outcome))
            .item("detail", text(&end.detail))
            .item("done_at", instant(end.at))
            .item(TTL_ATTRIBUTE, expiry(now, retention::DELIVERIES))
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .expression_attribute_values(":now", number(now.as_second()))
            .send()
            .await;
        match written {
            Ok(_) => Ok(()),
            // The first end stands, be it our own whose answer was lost.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(call.failed(&error)),
        }
    }
}

fn finished_delivery(item: &Item) -> Result<FinishedDelivery, Misread> {
    Ok(FinishedDelivery {
        outcome: item.json::<DeliveryOutcome>("outcome")?,
        detail: item.text("detail")?.to_owned(),
        at: item.instant("done_at")?,
    })
}
