//! What was seen of one pull request, as the journal keeps it and the answer shows it.

use oracle::{
    Item, Mode, ObjectId, Outcome, Report, Severity, ShortId, Status, Thresholds, Unavailable,
    blocking,
};
use serde::{Deserialize, Serialize};

/// What the App would have said of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Verdict {
    /// What would have come of it.
    pub(super) outcome: Fate,
    /// Sentences for people, the weightiest first: why this outcome, or why there is none.
    pub(super) reasons: Vec<String>,
    /// The commit that it was compared with; null where it could not be looked at.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) base_commit: Option<ObjectId>,
    /// What it would have introduced, the worst first.
    pub(super) findings: Vec<Found>,
    /// What could not be looked at.
    pub(super) unavailable: Vec<Unavailable>,
}

/// What would have come of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(super) enum Fate {
    /// A check that fails.
    Block,
    /// A neutral check, with something to read.
    Warn,
    /// A check that succeeds.
    Pass,
    /// Nobody knows: it could not be looked at.
    NotSeen,
}

/// A finding that a pull request would have introduced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Found {
    /// The rule.
    pub(super) rule_id: String,
    /// How much say it had.
    pub(super) mode: Mode,
    /// Whether the pull request would have been blocked for it.
    pub(super) blocks: bool,
    /// How bad it is.
    pub(super) severity: Severity,
    /// Its id for people.
    pub(super) id: ShortId,
    /// Its identity, 64 hex digits.
    pub(super) fingerprint: String,
    /// One line that names the contradiction.
    pub(super) title: String,
    /// The place to look at first; null where there is none.
    pub(super) place: Option<Place>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Place {
    /// The file.
    pub(super) path: String,
    /// Its line, from 1.
    pub(super) line: u32,
}

impl Verdict {
    /// What a report says.
    pub(super) fn of(report: Report, thresholds: Thresholds) -> Self {
        let blocking = blocking(&report.items, thresholds);
        let found = |item: &Item| Found {
            rule_id: item.rule_id.clone(),
            mode: item.mode,
            blocks: blocking.iter().any(|it| it.fingerprint == item.fingerprint),
            severity: item.severity,
            id: item.id.clone(),
            fingerprint: item.fingerprint.clone(),
            title: item.title.clone(),
            place: item.evidence.first().map(|evidence| Place {
                path: evidence.path.to_string(),
                line: evidence.start_line,
            }),
        };
        let new = report.items.iter().filter(|it| it.status == Status::New);
        Self {
            outcome: match report.decision.outcome {
                Outcome::Block => Fate::Block,
                Outcome::Warn => Fate::Warn,
                Outcome::Pass => Fate::Pass,
            },
            findings: new.map(found).collect(),
            reasons: report.decision.reasons,
            base_commit: report.meta.base_commit,
            unavailable: report.meta.unavailable,
        }
    }

    /// Of a pull request that could not be looked at.
    pub(super) fn not_seen(why: String) -> Self {
        Self {
            outcome: Fate::NotSeen,
            reasons: vec![why],
            base_commit: None,
            findings: Vec::new(),
            unavailable: Vec::new(),
        }
    }
}
