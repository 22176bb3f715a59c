//! What the maintainers decided: thresholds, and how much say each rule has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How much say a rule has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Recorded only: in the report, never on the check.
    Observe,
    /// Shown, and at most a `warn`.
    Warn,
    /// Shown, and counted against the thresholds.
    Block,
}

/// How many new findings of each severity are tolerated before a `block`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// More critical findings than this block.
    pub critical: u32,
    /// More high findings than this block.
    pub high: u32,
    /// More medium findings than this block.
    pub medium: u32,
}

impl Thresholds {
    /// The defaults: critical > 0, high > 3, medium > 10. Low never blocks.
    pub const DEFAULT: Self = Self {
        critical: 0,
        high: 3,
        medium: 10,
    };
    /// Strict: critical > 0, high > 0, medium > 5.
    pub const STRICT: Self = Self {
        critical: 0,
        high: 0,
        medium: 5,
    };
}

/// The policy in force for one evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The thresholds for the base branch.
    pub thresholds: Thresholds,
    /// Modes by rule id; a rule that is not named has its own default.
    pub modes: BTreeMap<String, Mode>,
    /// Turns every `block` into a `warn` and writes nothing else.
    pub dry_run: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            thresholds: Thresholds::DEFAULT,
            modes: BTreeMap::new(),
            dry_run: false,
        }
    }
}
