//! A Check Run as GitHub takes it.
//!
//! Limits: <https://docs.github.com/en/rest/checks/runs>; 50 annotations a request, appended
//! on each update; summary and text at most 65,535 characters.

use std::fmt;

use oracle::{ObjectId, RepoPath};
use serde::{Deserialize, Serialize};

/// The Check Run's name, and so the context that a repository may require.
pub const CHECK_NAME: &str = "Phase Mirror";

/// The most annotations that one request may carry.
pub const ANNOTATIONS_PER_REQUEST: usize = 50;

/// `{sha}/{generation}`: finds a Check Run again whose creation was not recorded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExternalId(pub String);

impl ExternalId {
    /// The external id of one generation.
    pub fn new(sha: &ObjectId, generation: u32) -> Self {
        Self(format!("{sha}/{generation}"))
    }
}

/// A Check Run's `conclusion`, ordered from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Nothing new.
    Success,
    /// Something to read, nothing that blocks.
    Neutral,
    /// Blocks.
    Failure,
    /// Could not be judged; somebody has to act.
    ActionRequired,
    /// Not judged, because no open pull request calls for it any more.
    Cancelled,
}

impl fmt::Display for Conclusion {
    /// GitHub's word for it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Success => "success",
            Self::Neutral => "neutral",
            Self::Failure => "failure",
            Self::ActionRequired => "action_required",
            Self::Cancelled => "cancelled",
        })
    }
}

/// One annotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// The file.
    pub path: RepoPath,
    /// First line, from 1.
    pub start_line: u32,
    /// Last line, from 1.
    pub end_line: u32,
    /// How it is shown.
    pub level: AnnotationLevel,
    /// At most 255 characters.
    pub title: String,
    /// At most 64 KB.
    pub message: String,
}

/// GitHub's `annotation_level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnnotationLevel {
    /// Grey.
    Notice,
    /// Yellow.
    Warning,
    /// Red.
    Failure,
}

/// What a finished Check Run says, in full; published in as many requests as GitHub needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckOutput {
    /// The conclusion.
    pub conclusion: Conclusion,
    /// One line: the verdict in words.
    pub title: String,
    /// Markdown, at most 65,535 characters.
    pub summary: String,
    /// Every annotation, in order.
    pub annotations: Vec<Annotation>,
}

/// A button on the page of a completed Check Run; GitHub shows three at most
/// (<https://docs.github.com/en/rest/checks/runs>). Which ones, and why:
/// docs/adr/0012-three-buttons.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Button {
    /// Judge the head again, from nothing that is remembered.
    Recheck,
    /// Judge everything that is open against the same branches again.
    RecheckBranch,
    /// Judge the head again, and list what rules in mode `observe` found.
    ShowObserved,
}

impl Button {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Recheck, Self::RecheckBranch, Self::ShowObserved];

    /// What GitHub names it by when it is pressed; at most 20 characters.
    pub const fn identifier(self) -> &'static str {
        match self {
            Self::Recheck => "recheck",
            Self::RecheckBranch => "recheck-branch",
            Self::ShowObserved => "show-observed",
        }
    }

    /// What is on it; at most 20 characters.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Recheck => "Check again",
            Self::RecheckBranch => "Check all open",
            Self::ShowObserved => "Show observed",
        }
    }

    /// What it does; at most 40 characters.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Recheck => "Judge this commit as things are now",
            Self::RecheckBranch => "Judge all open pull requests anew",
            Self::ShowObserved => "Also list what rules only observe",
        }
    }

    /// The button with this identifier.
    pub fn of(identifier: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|button| button.identifier() == identifier)
    }
}

/// What one update of a Check Run changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckUpdate<'a> {
    /// The title.
    pub title: &'a str,
    /// The summary.
    pub summary: &'a str,
    /// At most [`ANNOTATIONS_PER_REQUEST`]; GitHub appends them to those it has.
    pub annotations: &'a [Annotation],
    /// Completes the run with this conclusion; `None` leaves it in progress.
    pub conclusion: Option<Conclusion>,
    /// The buttons that it has from now on.
    pub buttons: &'a [Button],
}

/// A Check Run as GitHub has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRun {
    /// Its id.
    pub id: u64,
    /// Ours.
    pub external_id: ExternalId,
    /// How many annotations it has: the cursor of a resumed publication.
    pub annotations_count: usize,
    /// The conclusion, once completed.
    pub conclusion: Option<Conclusion>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_keep_to_githubs_limits_and_are_found_again() {
        for button in Button::ALL {
            assert!(button.label().len() <= 20, "{button:?}");
            assert!(button.description().len() <= 40, "{button:?}");
            assert!(button.identifier().len() <= 20, "{button:?}");
            assert_eq!(Button::of(button.identifier()), Some(button));
        }
        assert_eq!(Button::of("fix_errors_1"), None);
    }
}
