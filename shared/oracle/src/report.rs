//! `dissonance_report.json`, schema 3.
//!
//! The published JSON Schema is `schemas/dissonance-report.v3.schema.json`, generated from
//! these types; a test fails when the two differ.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Evidence, Mode, ObjectId, PolicyError, RepositoryName, Severity, ShortId, Unavailable,
};

/// The report of one evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(
        title = "Phase Mirror dissonance report",
        description = "Where a repository contradicts itself, as Phase Mirror found it for one \
                       commit. Deterministic: the same snapshot, policy and rules give the same \
                       bytes; run id and time are inputs.",
        extend("$id" = "https://github.com/phase-mirror/phase-mirror/schemas/dissonance-report.v3.schema.json")
    )
)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// About the evaluation.
    pub meta: Meta,
    /// Findings: new first, then by severity (worst first), path, line, fingerprint.
    pub items: Vec<Item>,
    /// Counts of the items.
    pub summary: Summary,
    /// The outcome.
    pub decision: Decision,
}

impl Report {
    /// The version of the report's schema.
    pub const SCHEMA_VERSION: u32 = 3;

    /// The report as JSON, the bytes of `dissonance_report.json`: indented, with a line break
    /// at its end, and the same for the same report.
    pub fn to_json(&self) -> String {
        // A report has text keys only, which always serialise.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

/// About the evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// Always 3.
    #[cfg_attr(feature = "schema", schemars(range(min = 3, max = 3)))]
    pub schema_version: u32,
    /// The caller's id of this run (an input: reports are deterministic).
    pub run_id: String,
    /// The caller's time of this run, RFC 3339 UTC (an input).
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date-time")))]
    pub timestamp: Timestamp,
    /// SHA-256 over the report schema and the rules' ids, versions and defaults, hex.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9a-f]{64}$")))]
    pub rules_hash: String,
    /// SHA-256 over the policy in force, hex.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9a-f]{64}$")))]
    pub policy_hash: String,
    /// `enforce`, or `dry_run` where a block only warns.
    pub mode: RunMode,
    /// `owner/name`; null where it is not known.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub repository: Option<RepositoryName>,
    /// The commit judged.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = "^([0-9a-f]{40}|[0-9a-f]{64})$"))
    )]
    pub commit: ObjectId,
    /// The commit compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub base_commit: Option<ObjectId>,
    /// Why a block was turned into a warning, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degraded: Option<String>,
    /// Rules that have less say than policy gives them, and why.
    pub demotions: Vec<String>,
    /// What could not be looked at.
    pub unavailable: Vec<Unavailable>,
    /// Rules that failed.
    pub rule_errors: Vec<RuleError>,
    /// What is wrong with the policy files and inline suppressions; left out where nothing is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policy_errors: Vec<PolicyError>,
    /// What a reader should know of the policy although nothing is wrong, such as a suppression
    /// whose last day is over; left out where there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policy_notes: Vec<PolicyError>,
}

/// Whether a block blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunMode {
    /// It does.
    Enforce,
    /// It only warns.
    DryRun,
}

/// A rule that failed; the rest of the report stands, and the outcome is at least `warn`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RuleError {
    /// The rule.
    pub rule_id: String,
    /// The tree it failed on: `before` or `after`.
    pub phase: String,
    /// What happened.
    pub message: String,
}

/// One finding in the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its id for people, unique in this report.
    pub id: ShortId,
    /// Its identity, 64 hex digits.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9a-f]{64}$")))]
    pub fingerprint: String,
    /// The rule that found it.
    pub rule_id: String,
    /// That rule's version.
    pub rule_version: u32,
    /// How bad it is.
    pub severity: Severity,
    /// How much say the rule had.
    pub mode: Mode,
    /// One line that names the contradiction.
    pub title: String,
    /// What contradicts what, and what follows.
    pub why: String,
    /// What to change.
    pub fix: String,
    /// The places that show it.
    pub evidence: Vec<Evidence>,
    /// Whether it counts.
    pub status: Status,
    /// Why it does not count, where it is suppressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppression: Option<String>,
    /// Its fingerprint at the base, where the change renames a file or a job that is part of its
    /// identity; left out where it has no other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(inner(regex(pattern = "^[0-9a-f]{64}$"))))]
    pub aliases: Vec<String>,
}

/// Whether a finding counts against the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The change introduces it.
    New,
    /// It is there already.
    Existing,
    /// A person decided that it does not count.
    Suppressed,
}

/// Counts of the items; every key is always there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// All items.
    pub total: u32,
    /// By severity.
    pub by_severity: SeverityCounts,
    /// By status.
    pub by_status: StatusCounts,
}

impl Summary {
    /// Counts items.
    pub fn of(items: &[Item]) -> Self {
        let mut summary = Self {
            total: 0,
            by_severity: SeverityCounts::default(),
            by_status: StatusCounts::default(),
        };
        for item in items {
            summary.total += 1;
            *match item.severity {
                Severity::Critical => &mut summary.by_severity.critical,
                Severity::High => &mut summary.by_severity.high,
                Severity::Medium => &mut summary.by_severity.medium,
                Severity::Low => &mut summary.by_severity.low,
            } += 1;
            *match item.status {
                Status::New => &mut summary.by_status.new,
                Status::Existing => &mut summary.by_status.existing,
                Status::Suppressed => &mut summary.by_status.suppressed,
            } += 1;
        }
        summary
    }
}

/// Items by severity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SeverityCounts {
    /// Critical items.
    pub critical: u32,
    /// High items.
    pub high: u32,
    /// Medium items.
    pub medium: u32,
    /// Low items.
    pub low: u32,
}

/// Items by status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StatusCounts {
    /// New items.
    pub new: u32,
    /// Existing items.
    pub existing: u32,
    /// Suppressed items.
    pub suppressed: u32,
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
