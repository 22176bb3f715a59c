//! Which events start a job, and on which of them its check counts for a merge.
//!
//! Facts: <https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows>.

use workflows::{BranchFilter, Sense, Trigger};

use crate::rules::md_001::reporters::{Origin, Reporter};

/// At most this many events are looked at; GitHub has fewer.
const MOST: usize = 64;

/// The events of a job's workflow.
#[derive(Debug)]
pub(super) struct Events<'a> {
    /// All of them.
    pub(super) all: Vec<&'a str>,
    /// Those whose checks stand on the head of a pull request or of a merge group.
    pub(super) counting: Vec<&'a str>,
}

impl<'a> Events<'a> {
    /// The events that start this job, for a branch to merge into.
    pub(super) fn of(reporter: &Reporter<'a>, base: &str) -> Self {
        let origin = reporter.key.origin;
        let triggers = reporter.workflow.triggers.iter();
        let starts = triggers.filter(|trigger| match trigger.event.as_str() {
            "workflow_call" => false,
            "pull_request_target" => origin == Origin::DefaultBranch,
            _ => origin == Origin::Tree,
        });
        let (mut all, mut counting) = (Vec::new(), Vec::new());
        for trigger in starts {
            if all.len() == MOST || all.contains(&trigger.event.as_str()) {
                continue;
            }
            all.push(trigger.event.as_str());
            if counts(trigger, base) {
                counting.push(trigger.event.as_str());
            }
        }
        Self { all, counting }
    }
}

fn counts(trigger: &Trigger, base: &str) -> bool {
    match trigger.event.as_str() {
        "push" => reaches_heads(trigger, base),
        // Whether the checks of the last three count is not documented.
        "pull_request"
        | "pull_request_target"
        | "pull_request_review"
        | "pull_request_review_comment"
        | "merge_group"
        | "deployment"
        | "deployment_status"
        | "create" => true,
        _ => false,
    }
}

/// Whether a push may be one of a pull request's head or of a queue's branch: not where only
/// the base, or only tags, are meant.
fn reaches_heads(trigger: &Trigger, base: &str) -> bool {
    let only_base = |filter: &BranchFilter| {
        filter.sense == Sense::Include && filter.patterns.iter().all(|pattern| **pattern == base)
    };
    match (&trigger.branches, &trigger.tags) {
        (Some(filter), _) => !only_base(filter),
        (None, Some(_)) => false,
        (None, None) => true,
    }
}
