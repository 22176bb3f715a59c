//! Patterns for paths and branches: GitHub's own
//! [filter patterns](https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet),
//! of which the last that matches decides.

use serde::{Serialize, Serializer};
use workflows::{BranchFilter, Position, Sense, Span, Spanned};

/// A list of patterns; one with `!` takes names away again.
#[derive(Debug, Clone, PartialEq)]
pub struct Patterns(BranchFilter);

impl Patterns {
    /// Patterns in their order.
    pub fn new(patterns: impl IntoIterator<Item = String>) -> Self {
        let start = Position { line: 1, column: 1 };
        let nowhere = Span { start, end: start };
        let patterns = patterns.into_iter();
        Self(BranchFilter {
            sense: Sense::Include,
            patterns: patterns
                .map(|pattern| Spanned::new(pattern, nowhere))
                .collect(),
        })
    }

    /// Whether they take a name.
    pub fn take(&self, name: &str) -> bool {
        self.0.matches(name)
    }

    /// The patterns as text.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.patterns.iter().map(|pattern| pattern.as_str())
    }
}

/// As a list of texts.
impl Serialize for Patterns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
