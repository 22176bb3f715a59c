//! From findings to `pass`, `warn` or `block`.

use serde::{Deserialize, Serialize};

/// The oracle's word on a commit. Ordered from best to worst, so that the worst of several
/// is their `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing new; Check Run conclusion `success`.
    Pass,
    /// Something new below the thresholds, or something could not be looked at; `neutral`.
    Warn,
    /// The thresholds are exceeded; `failure`.
    Block,
}

/// An outcome with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The outcome.
    pub outcome: Outcome,
    /// Sentences for people, the weightiest first. Never empty.
    pub reasons: Vec<String>,
}
