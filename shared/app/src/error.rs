//! The two ways in which the world outside fails.
//!
//! `Display` never repeats its source; the boundary that gives up logs the chain once.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use codes::Code;

type Source = Box<dyn Error + Send + Sync>;

/// A store could not do what it was asked. Never to be read as "none" or "false".
#[derive(Debug, thiserror::Error)]
#[error("{operation} in {table}: {kind}")]
pub struct StoreError {
    /// The operation, as the port names it.
    pub operation: &'static str,
    /// Where.
    pub table: Table,
    /// The kind of failure.
    pub kind: StoreErrorKind,
    /// What the store itself said.
    #[source]
    pub source: Option<Source>,
}

impl StoreError {
    /// The code that docs/errors.md explains.
    pub fn code(&self) -> Code {
        match self.kind {
            StoreErrorKind::Unavailable => codes::STORE_UNAVAILABLE,
            StoreErrorKind::Stale => codes::STORE_STALE,
            StoreErrorKind::Corrupt => codes::STORE_CORRUPT,
            StoreErrorKind::TooLarge => codes::STORE_TOO_LARGE,
            StoreErrorKind::Refused => codes::STORE_REFUSED,
        }
    }
}

/// A table (or queue, or kind of objects) and what finds an entry of it. Never a key's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name, as the adapter has it.
    pub name: &'static str,
    /// The kind of its key, such as `head`.
    pub key: &'static str,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (by {})", self.name, self.key)
    }
}

/// Kinds of store failure, by what the caller can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreErrorKind {
    /// Not reachable, busy or throttled; a retry may succeed.
    #[error("the store is not available")]
    Unavailable,
    /// The caller's lease is no longer its own: stop, somebody else works on this.
    #[error("the lease was taken over")]
    Stale,
    /// What is stored can't be understood.
    #[error("the stored item is corrupt")]
    Corrupt,
    /// The item is larger than the store takes; nothing was stored, and a retry can't help.
    #[error("the item is too large to be stored")]
    TooLarge,
    /// The store refuses the request: a permission or the table is missing, or the request is
    /// wrong, which is a bug of ours. Only a change by the operator helps.
    #[error("the store refuses the request")]
    Refused,
}

/// GitHub did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {kind}")]
pub struct GitHubError {
    /// The operation, with method and route template where there is one.
    pub operation: &'static str,
    /// The kind of failure.
    pub kind: GitHubErrorKind,
    /// What the transport or GitHub itself said; never holds a token.
    #[source]
    pub source: Option<Source>,
}

/// Kinds of failure towards GitHub, by what the caller can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitHubErrorKind {
    /// The installation, repository or object is not there (or hidden from us): final.
    #[error("not found")]
    NotFound,
    /// The installation lacks a permission, or the object is another App's: final.
    #[error("not permitted")]
    Forbidden,
    /// Our credentials were refused: App id, private key or clock are wrong.
    #[error("credentials refused")]
    Unauthorized,
    /// A rate limit; wait this long.
    #[error("rate limited for {} s", retry_after.as_secs())]
    RateLimited {
        /// How long GitHub says to wait.
        retry_after: Duration,
    },
    /// GitHub says that the request itself is wrong: a bug of ours.
    #[error("request refused as invalid")]
    Invalid,
    /// Network fault, time-out or 5xx; a retry may succeed.
    #[error("GitHub is not available")]
    Unavailable,
    /// The answer can't be understood.
    #[error("unexpected answer")]
    Unexpected,
}

impl GitHubError {
    /// The code that docs/errors.md explains.
    pub fn code(&self) -> Code {
        match self.kind {
            GitHubErrorKind::NotFound => codes::GITHUB_NOT_FOUND,
            GitHubErrorKind::Forbidden => codes::GITHUB_FORBIDDEN,
            GitHubErrorKind::Unauthorized => codes::GITHUB_UNAUTHORIZED,
            GitHubErrorKind::RateLimited { .. } => codes::GITHUB_RATE_LIMITED,
            GitHubErrorKind::Invalid => codes::GITHUB_INVALID,
            GitHubErrorKind::Unavailable => codes::GITHUB_UNAVAILABLE,
            GitHubErrorKind::Unexpected => codes::GITHUB_UNEXPECTED,
        }
    }
}

impl GitHubErrorKind {
    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. } | Self::Unavailable | Self::Unexpected
        )
    }
}
