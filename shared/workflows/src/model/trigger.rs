//! The events that start a workflow.

use crate::{BranchFilter, PathFilter, Span, Spanned, Value};

/// One event under `on`, with its filters.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// The event's name (`pull_request`, `push`, …).
    pub event: Spanned<String>,
    /// The event with its filters.
    pub span: Span,
    /// `types`: the activity types; `None` means the event's default types.
    pub types: Option<Spanned<Vec<Spanned<String>>>>,
    /// `branches` or `branches-ignore`: the base branch of a pull request or merge group, the
    /// pushed branch of a push.
    pub branches: Option<Spanned<BranchFilter>>,
    /// `tags` or `tags-ignore`.
    pub tags: Option<Spanned<BranchFilter>>,
    /// `paths` or `paths-ignore`.
    pub paths: Option<Spanned<PathFilter>>,
    /// `inputs` of `workflow_call`, for the names of jobs that use them.
    pub inputs: Vec<Input>,
}

/// One input of `workflow_call`.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name; GitHub compares without regard to case.
    pub name: Spanned<String>,
    /// What it is when the caller does not set it: its `default`, else `false`, `0` or the
    /// empty string by its `type`.
    pub default: Value,
}

impl Trigger {
    /// Whether the trigger takes this activity type: one that it names, or, where it names
    /// none, one of the event's defaults (`opened`, `synchronize` and `reopened` for pull
    /// requests, every type for other events).
    pub fn takes_type(&self, activity: &str) -> bool {
        match &self.types {
            Some(types) => types.iter().any(|kind| **kind == activity),
            None => match self.event.as_str() {
                "pull_request" | "pull_request_target" => {
                    matches!(activity, "opened" | "synchronize" | "reopened")
                }
                _ => true,
            },
        }
    }
}
