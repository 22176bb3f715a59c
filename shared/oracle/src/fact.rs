//! A fact that was fetched, or the reason why it could not be.

use serde::{Deserialize, Serialize};

/// A fact of the snapshot. "Could not look" is a value of its own, so that no rule can take
/// it for "is not there".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact<T> {
    /// The fact, as fetched.
    Known(T),
    /// It could not be fetched.
    Unavailable(Unavailable),
}

impl<T> Fact<T> {
    /// Borrows the fact inside.
    pub fn as_ref(&self) -> Fact<&T> {
        match self {
            Self::Known(value) => Fact::Known(value),
            Self::Unavailable(why) => Fact::Unavailable(why.clone()),
        }
    }

    /// The fact, or why it is not there; for use with `?` in a rule.
    pub fn known(&self) -> Result<&T, &Unavailable> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Unavailable(why) => Err(why),
        }
    }
}

/// What could not be looked at, and why. Listed in the report's `meta.unavailable`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Unavailable {
    /// What was to be looked at, in words: "branch rules of `main`", a file's path.
    pub fact: String,
    /// The kind of reason.
    pub reason: Reason,
    /// One sentence for people: what happened, and what would make it available.
    pub detail: String,
}

/// Why a fact could not be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The App's installation (or the token) lacks a permission.
    NotPermitted,
    /// Nothing could tell: no token was given, or this edge has no such source.
    NotProvided,
    /// Larger than the limit on what is parsed.
    TooLarge,
    /// The platform cut its answer short.
    Truncated,
    /// It is there but can't be understood (not UTF-8, not YAML, a symlink).
    Unreadable,
    /// The platform failed while asked; a later evaluation may succeed.
    Failed,
    /// It can only be known when the workflow runs.
    Dynamic,
}
