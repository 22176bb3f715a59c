//! What a workflow's or job's `GITHUB_TOKEN` may do.

use crate::Spanned;

/// A `permissions` block. A job's block replaces the workflow's; every scope that a block with
/// scopes does not name is [`Access::None`].
#[derive(Debug, Clone, PartialEq)]
pub enum Permissions {
    /// `read-all`
    ReadAll,
    /// `write-all`
    WriteAll,
    /// A mapping of scopes, maybe empty.
    Scopes(Vec<Grant>),
}

/// One entry of a `permissions` mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// The scope (`contents`, `pull-requests`, `id-token`, …).
    pub scope: Spanned<String>,
    /// How much of it.
    pub access: Spanned<Access>,
}

/// How much of a scope is granted. Ordered: `None < Read < Write`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// `none`
    None,
    /// `read`
    Read,
    /// `write`, which includes reading.
    Write,
}
