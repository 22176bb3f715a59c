//! Runs the rules on both trees and makes the report.

use jiff::Timestamp;

use crate::{Policy, Report, Snapshot};

/// What identifies one run; an input, so that reports are deterministic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The caller's id.
    pub id: String,
    /// The caller's time.
    pub timestamp: Timestamp,
}

/// Judges a snapshot under a policy.
pub fn evaluate(_snapshot: &Snapshot, _policy: &Policy, _run: &Run) -> Report {
    unimplemented!("laid by the oracle's first commit")
}
