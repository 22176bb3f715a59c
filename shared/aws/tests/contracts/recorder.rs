//! Notes what each call would have to be allowed, as IAM sees it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemInput;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemInput;
use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_sdk_dynamodb::operation::query::QueryInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemInput;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, Input,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// An action in IAM's terms, and the table it is done to, where it is one.
pub(crate) type Recorded = (String, Option<String>);

/// Notes calls. Clones share their notes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<BTreeSet<Recorded>>>);

impl Recorder {
    pub(crate) fn recorded(&self) -> BTreeSet<Recorded> {
        self.0.lock().expect("not poisoned").clone()
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Recorder {
    fn name(&self) -> &'static str {
        "recorder"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), aws_smithy_runtime_api::box_error::BoxError> {
        let call = config.load::<Metadata>().expect("every call has a name");
        let service = call.service().to_lowercase();
        let actions = actions(&service, call.name(), context.input());
        self.0.lock().expect("not poisoned").extend(actions);
        Ok(())
    }
}

fn actions(service: &str, operation: &str, input: &Input) -> Vec<Recorded> {
    if let Some(batch) = input.downcast_ref::<BatchWriteItemInput>() {
        let tables = batch.request_items().into_iter().flatten();
        let name = format!("{service}:{operation}");
        return tables
            .map(|(table, _)| (name.clone(), Some(table.clone())))
            .collect();
    }
    let Some(transaction) = input.downcast_ref::<TransactWriteItemsInput>() else {
        let names: &[&str] = match operation {
            // These two are called otherwise than what allows them.
            // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>
            "ListObjectVersions" => &["ListBucketVersions"],
            "DeleteObjects" => &["DeleteObject", "DeleteObjectVersion"],
            // A batch is allowed by what allows its messages.
            other => &[other.trim_end_matches("Batch")],
        };
        let action = |name: &&str| (format!("{service}:{name}"), table(input));
        return names.iter().map(action).collect();
    };
    transaction
        .transact_items()
        .iter()
        .flat_map(|item| {
            let check = item
                .condition_check()
                .map(|c| ("ConditionCheckItem", c.table_name()));
            let put = item.put().map(|p| ("PutItem", p.table_name()));
            let delete = item.delete().map(|d| ("DeleteItem", d.table_name()));
            let update = item.update().map(|u| ("UpdateItem", u.table_name()));
            [check, put, delete, update].into_iter().flatten()
        })
        .map(|(name, table)| (format!("{service}:{name}"), Some(table.to_owned())))
        .collect()
}

fn table(input: &Input) -> Option<String> {
    let get = input
        .downcast_ref::<GetItemInput>()
        .and_then(GetItemInput::table_name);
    let put = || {
        input
            .downcast_ref::<PutItemInput>()
            .and_then(PutItemInput::table_name)
    };
    let query = || {
        input
            .downcast_ref::<QueryInput>()
            .and_then(QueryInput::table_name)
    };
    let update = || {
        input
            .downcast_ref::<UpdateItemInput>()
            .and_then(UpdateItemInput::table_name)
    };
    let delete = || {
        input
            .downcast_ref::<DeleteItemInput>()
            .and_then(DeleteItemInput::table_name)
    };
    get.or_else(put)
        .or_else(delete)
        .or_else(query)
        .or_else(update)
        .map(str::to_owned)
}
