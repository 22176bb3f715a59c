//! What the SDK does not try again, and we do: a write that met another one.
//!
//! As a classifier it shares the SDK's jitter, its budget of tokens and the limit of tries.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::CancellationReason;
use aws_sdk_s3::operation::put_object::PutObjectError;
use aws_smithy_runtime_api::client::interceptors::context::{Error, InterceptorContext};
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};

/// Conflicts between writes are tried again, throttled transactions too.
#[derive(Debug)]
pub(super) struct ConflictsAreRetried;

impl ClassifyRetry for ConflictsAreRetried {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        match error.as_operation_error() {
            Some(error) if is_conflict(error) => RetryAction::transient_error(),
            Some(error) if is_throttled(error) => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "conflicts are retried"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Another write was under way on the same item or object.
fn is_conflict(error: &Error) -> bool {
    let code = if let Some(error) = error.downcast_ref::<TransactWriteItemsError>() {
        return cancelled_by(error, &["TransactionConflict"]);
    } else if let Some(error) = error.downcast_ref::<UpdateItemError>() {
        error.code()
    } else if let Some(error) = error.downcast_ref::<PutItemError>() {
        error.code()
    } else if let Some(error) = error.downcast_ref::<PutObjectError>() {
        error.code()
    } else {
        None
    };
    matches!(
        code,
        Some("TransactionConflictException" | "ConditionalRequestConflict" | "OperationAborted")
    )
}

fn is_throttled(error: &Error) -> bool {
    error
        .downcast_ref::<TransactWriteItemsError>()
        .is_some_and(|error| {
            let throttled = ["ThrottlingError", "ProvisionedThroughputExceeded"];
            cancelled_by(error, &throttled)
        })
}

/// Whether a transaction was cancelled for one of these reasons, and for none that will be the
/// same next time.
fn cancelled_by(error: &TransactWriteItemsError, codes: &[&str]) -> bool {
    let code = |reason: &CancellationReason| reason.code.clone().unwrap_or_default();
    let reasons: Vec<String> = reasons(error).iter().map(code).collect();
    let final_ones = ["ConditionalCheckFailed", "ValidationError"];
    reasons.iter().any(|code| codes.contains(&code.as_str()))
        && !reasons
            .iter()
            .any(|code| final_ones.contains(&code.as_str()))
}

/// Why a transaction was cancelled, one reason per item of it.
pub(super) fn reasons(error: &TransactWriteItemsError) -> &[CancellationReason] {
    match error {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            cancelled.cancellation_reasons()
        }
        _ => &[],
    }
}
