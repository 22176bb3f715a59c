//! The policy in force for one evaluation.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Patterns, PolicyError, SeverityBounds, Suppression};
use crate::registry::RuleMeta;
use crate::{RepoPath, Severity};

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

/// In the words of the policy: `observe`, `warn`, `block`.
impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Observe => "observe",
            Self::Warn => "warn",
            Self::Block => "block",
        })
    }
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

/// What the policy says in rules' `options`: by rule id, then by the option's name. An option
/// without patterns is not in it.
pub type Options = BTreeMap<String, BTreeMap<String, Patterns>>;

/// The policy in force for one evaluation. As JSON it is what the report's `policy_hash` is
/// made over: everything that decides, and not where it is written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Policy {
    /// The thresholds for the base branch.
    pub thresholds: Thresholds,
    /// Modes by rule id; a rule that is not named has its own default.
    pub modes: BTreeMap<String, Mode>,
    /// Bounds of severities by rule id; a rule that is not named has none.
    pub severities: BTreeMap<String, SeverityBounds>,
    /// Paths that are not judged, by rule id.
    pub excludes: BTreeMap<String, Patterns>,
    /// Options of rules.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: Options,
    /// Findings that do not count.
    pub suppressions: Vec<Suppression>,
    /// Why comments in files suppress nothing, where the organisation locks suppressions: the
    /// place of the lock.
    pub comments_locked_at: Option<String>,
    /// Turns every `block` into a `warn` and writes nothing else.
    pub dry_run: bool,
    /// What is wrong with the policy files; listed in the report, where it makes the outcome at
    /// least `warn`.
    #[serde(skip)]
    pub errors: Vec<PolicyError>,
    /// What a reader should know of the policy although nothing is wrong.
    #[serde(skip)]
    pub notes: Vec<PolicyError>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            thresholds: Thresholds::DEFAULT,
            modes: BTreeMap::new(),
            severities: BTreeMap::new(),
            excludes: BTreeMap::new(),
            options: Options::new(),
            suppressions: Vec::new(),
            comments_locked_at: None,
            dry_run: false,
            errors: Vec::new(),
            notes: Vec::new(),
        }
    }
}

impl Policy {
    /// The same policy, with more that is wrong with its files.
    #[must_use]
    pub fn with_errors(mut self, errors: impl IntoIterator<Item = PolicyError>) -> Self {
        self.errors.extend(errors);
        self
    }

    /// The mode of a rule.
    pub fn mode(&self, meta: &RuleMeta) -> Mode {
        let named = self.modes.get(meta.id).copied();
        named.unwrap_or(meta.default_mode)
    }

    /// The severity of a rule's finding, within the bounds that the policy sets.
    pub fn severity(&self, rule_id: &str, severity: Severity) -> Severity {
        match self.severities.get(rule_id) {
            Some(bounds) => bounds.apply(severity),
            None => severity,
        }
    }

    /// Whether a path is not judged by a rule.
    pub fn excludes(&self, rule_id: &str, path: &RepoPath) -> bool {
        let patterns = self.excludes.get(rule_id);
        patterns.is_some_and(|patterns| patterns.take(path.as_str()))
    }
}
