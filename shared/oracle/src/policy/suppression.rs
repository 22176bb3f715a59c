//! Findings that a person decided do not count.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::Patterns;
use super::error::place;
use crate::{Evidence, Fingerprint};

/// A decision that findings do not count.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suppression {
    /// Which findings.
    pub target: Target,
    /// Why.
    pub reason: String,
    /// Who decided it, where that is said.
    pub by: Option<String>,
    /// The last day, in UTC, on which it holds; for ever without one.
    pub until: Option<Date>,
    /// The file in which it is written.
    #[serde(skip)]
    pub path: String,
    /// The line, from 1.
    #[serde(skip)]
    pub line: u32,
    /// The column in characters, from 1.
    #[serde(skip)]
    pub column: u32,
}

/// Which findings a suppression is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The one with this id (`PM-` and five or more characters of its fingerprint).
    Id(String),
    /// The one with this fingerprint, 64 hex digits.
    Fingerprint(String),
    /// Those of a rule whose every place is in files that a pattern matches.
    Files {
        /// The rule's id.
        rule_id: String,
        /// The one pattern for paths.
        path: Patterns,
    },
}

/// A finding by all its names.
pub(super) struct Named<'a> {
    pub(super) rule_id: &'a str,
    /// Its fingerprints: its own, and those that it had before a rename.
    pub(super) fingerprints: &'a [Fingerprint],
    pub(super) evidence: &'a [Evidence],
}

impl<'a> Named<'a> {
    pub(super) fn new(
        rule_id: &'a str,
        fingerprints: &'a [Fingerprint],
        evidence: &'a [Evidence],
    ) -> Self {
        Self {
            rule_id,
            fingerprints,
            evidence,
        }
    }

    fn any(&self, is_meant: impl Fn(Fingerprint) -> bool) -> bool {
        self.fingerprints.iter().any(|one| is_meant(*one))
    }
}

/// The longest id that a fingerprint has; any other is its beginning.
pub(super) fn long_id(fingerprint: Fingerprint) -> String {
    fingerprint.short(usize::MAX).to_string()
}

impl Target {
    /// Whether a finding is meant.
    pub(super) fn covers(&self, finding: &Named<'_>) -> bool {
        match self {
            Self::Id(id) => finding.any(|one| long_id(one).starts_with(id)),
            Self::Fingerprint(text) => finding.any(|one| one.to_string() == *text),
            Self::Files { rule_id, path } => {
                let inside = |it: &Evidence| path.take(it.path.as_str());
                rule_id == finding.rule_id
                    && !finding.evidence.is_empty()
                    && finding.evidence.iter().all(inside)
            }
        }
    }
}

impl Suppression {
    /// The decision in words, for the report.
    pub(crate) fn in_words(&self) -> String {
        let written_at = place(&self.path, Some(self.line));
        in_words(&self.reason, self.by.as_deref(), self.until, &written_at)
    }
}

/// Whether a last day, in UTC, is over.
pub(super) fn has_expired(until: Option<Date>, now: Timestamp) -> bool {
    until.is_some_and(|until| now.to_zoned(TimeZone::UTC).date() > until)
}

/// Reason, person, last day and place in one line.
pub(super) fn in_words(
    reason: &str,
    by: Option<&str>,
    until: Option<Date>,
    written_at: &str,
) -> String {
    let mut facts = Vec::new();
    facts.extend(by.map(|by| format!("by {by}")));
    facts.extend(until.map(|until| format!("until {until}")));
    facts.push(format!("at {written_at}"));
    format!("{} ({})", reason.trim_end_matches('.'), facts.join(", "))
}
