//! GitHub's [filter patterns] for branches, tags and paths.
//!
//! [filter patterns]: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet

use crate::Spanned;

/// `branches`, `branches-ignore`, `tags` or `tags-ignore`.
#[derive(Debug, Clone, PartialEq)]
pub struct BranchFilter {
    /// Whether matching names are taken or left out.
    pub sense: Sense,
    /// The patterns, in order; with [`Sense::Include`] a leading `!` takes names away again.
    pub patterns: Vec<Spanned<String>>,
}

/// `paths` or `paths-ignore`.
#[derive(Debug, Clone, PartialEq)]
pub struct PathFilter {
    /// Whether the workflow runs for matching files, or for files that don't match.
    pub sense: Sense,
    /// The patterns, in order; with [`Sense::Include`] a leading `!` takes paths away again.
    pub patterns: Vec<Spanned<String>>,
}

/// Which of the two keys was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// `branches`, `tags`, `paths`
    Include,
    /// `branches-ignore`, `tags-ignore`, `paths-ignore`
    Ignore,
}

impl BranchFilter {
    /// Whether the filter takes a branch or tag of this name.
    pub fn matches(&self, name: &str) -> bool {
        let _ = name;
        true
    }
}

impl PathFilter {
    /// Whether the workflow runs when exactly these files changed.
    pub fn runs_for<'a>(&self, changed: impl IntoIterator<Item = &'a str>) -> bool {
        changed.into_iter().next().is_some()
    }

    /// Whether there is a change for which the workflow does not run.
    pub fn can_skip(&self) -> bool {
        true
    }
}
