//! Bounds of a rule's severities.

use std::fmt;

use serde::Serialize;

use crate::Severity;

/// The least and the greatest severity that a rule's findings have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SeverityBounds {
    /// What is less severe counts as this; `Low` raises nothing.
    pub at_least: Severity,
    /// What is more severe counts as this; `Critical` lowers nothing.
    pub at_most: Severity,
}

impl SeverityBounds {
    /// No bounds.
    pub const NONE: Self = Self {
        at_least: Severity::Low,
        at_most: Severity::Critical,
    };

    /// The severity that a finding has under these bounds.
    pub fn apply(self, severity: Severity) -> Severity {
        // Not `clamp`, which panics on bounds that contradict each other.
        severity.max(self.at_least).min(self.at_most)
    }
}

/// One severity, or the least and the greatest.
impl fmt::Display for SeverityBounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at_least == self.at_most {
            write!(f, "`{}`", self.at_least)
        } else {
            write!(f, "`{}` to `{}`", self.at_least, self.at_most)
        }
    }
}
