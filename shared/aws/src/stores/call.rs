//! The name of a call for errors, and what its failures come to.

use app::{StoreError, StoreErrorKind, Table};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::item::Misread;
use crate::fault::Fault;

/// A port's method, and the table it is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) operation: &'static str,
    pub(super) table: Table,
}

impl Call {
    /// AWS did not do it.
    pub(super) fn failed<E>(self, error: &SdkError<E, HttpResponse>) -> StoreError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let fault = Fault::of(error);
        self.error(fault.kind.into(), fault)
    }

    /// What is stored can't be understood.
    pub(super) fn corrupt(self, misread: Misread) -> StoreError {
        self.error(StoreErrorKind::Corrupt, misread)
    }

    /// Another epoch was granted since.
    pub(super) fn stale(self) -> StoreError {
        StoreError {
            operation: self.operation,
            table: self.table,
            kind: StoreErrorKind::Stale,
            source: None,
        }
    }

    /// Anything else, with its cause.
    pub(super) fn error(
        self,
        kind: StoreErrorKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> StoreError {
        StoreError {
            operation: self.operation,
            table: self.table,
            kind,
            source: Some(source.into()),
        }
    }
}
