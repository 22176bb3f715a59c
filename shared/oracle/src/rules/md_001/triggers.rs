//! Whether a workflow runs in a given situation, and what keeps it from running.
//!
//! Facts: <https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows>.

use std::collections::BTreeMap;

use workflows::{BranchFilter, Span, Spanned, Trigger};

use super::jobs::{Candidate, ReadFrom};
use crate::RepoPath;
use crate::rules::text::{clause, list, quoted};

/// Whose commit must carry the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The head of a pull request within the repository.
    SameRepository,
    /// The head of a pull request from a fork.
    Fork,
    /// The head of a merge group.
    MergeGroup,
}

/// One situation in which the check must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Situation<'a> {
    /// Whose commit.
    pub(super) kind: Kind,
    /// What happened to the pull request.
    pub(super) activity: &'a str,
    /// The only file that it changes.
    pub(super) file: &'a str,
    /// The name of its head branch.
    pub(super) head: &'a str,
}

/// What holds whatever the situation.
#[derive(Debug)]
pub(super) struct Circumstances<'a> {
    /// The branch that is merged into.
    pub(super) base: &'a str,
    /// Disabled workflows with their state.
    pub(super) disabled: BTreeMap<&'a RepoPath, &'a str>,
}

/// Whether a workflow runs.
#[derive(Debug, Clone)]
pub(super) enum Runs {
    /// It does.
    Yes,
    /// It can't be told, because of this.
    Unknown(String),
    /// It does not.
    No(Obstacle),
}

/// What keeps a workflow from running.
#[derive(Debug, Clone)]
pub(super) struct Obstacle {
    /// The kind, the most telling first.
    pub(super) kind: ObstacleKind,
    /// A clause about the workflow: "its `paths` leave out `README.md`".
    pub(super) clause: String,
    /// Where it is written.
    pub(super) span: Option<Span>,
}

/// Kinds of obstacle, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ObstacleKind {
    /// Somebody, or inactivity, disabled the workflow.
    Disabled,
    /// GitHub refuses the file.
    Refused,
    /// The activity types of the right event.
    Types,
    /// Another filter of the right event.
    Filter,
    /// The filter of a push.
    Push,
    /// Not the right event.
    Event,
}

/// Whether the workflow of a candidate runs in a situation.
pub(super) fn runs(
    candidate: &Candidate<'_>,
    situation: &Situation<'_>,
    around: &Circumstances<'_>,
) -> Runs {
    if let Some(state) = around.disabled.get(candidate.path) {
        return Runs::No(Obstacle {
            kind: ObstacleKind::Disabled,
            clause: format!("the workflow is disabled ({})", quoted(state)),
            span: None,
        });
    }
    if let Some(why) = &candidate.refused {
        return Runs::No(Obstacle {
            kind: ObstacleKind::Refused,
            clause: format!("GitHub refuses the file: {}", clause(why)),
            span: None,
        });
    }
    let mut best = Runs::No(wrong_events(candidate));
    for trigger in &candidate.workflow.triggers {
        let answer = fires(trigger, candidate.read_from, situation, around.base);
        best = match (best, answer) {
            (_, Some(Runs::Yes)) => return Runs::Yes,
            (Runs::No(_), Some(unknown @ Runs::Unknown(_))) => unknown,
            (Runs::No(old), Some(Runs::No(new))) if new.kind < old.kind => Runs::No(new),
            (old, _) => old,
        };
    }
    best
}

/// Whether one trigger fires; `None` when its event has nothing to do with the situation.
fn fires(
    trigger: &Trigger,
    read_from: ReadFrom,
    situation: &Situation<'_>,
    base: &str,
) -> Option<Runs> {
    use Kind::{Fork, MergeGroup, SameRepository};
    use ReadFrom::{DefaultBranch, Tree};
    let answer = match (trigger.event.as_str(), read_from, situation.kind) {
        ("pull_request", Tree, SameRepository | Fork)
        | ("pull_request_target", DefaultBranch, SameRepository | Fork) => {
            pull_request(trigger, situation, base)
        }
        // They attach to the pull request's head when a review comes, as every merge needs.
        ("pull_request_review" | "pull_request_review_comment", Tree, SameRepository | Fork) => {
            Runs::Yes
        }
        ("push", Tree, SameRepository) => push(trigger, situation, situation.head),
        ("push", Tree, MergeGroup) => {
            // The queue pushes its group to a branch of this form.
            let head = format!("gh-readonly-queue/{base}/pr-1-0a1b2c3");
            push(trigger, situation, &head)
        }
        ("merge_group", Tree, MergeGroup) => merge_group(trigger, base),
        ("deployment" | "deployment_status" | "create", Tree, SameRepository | Fork) => {
            Runs::Unknown(format!(
                "{} runs on a commit that may or may not be the head",
                quoted(&trigger.event)
            ))
        }
        _ => return None,
    };
    Some(answer)
}

fn pull_request(trigger: &Trigger, situation: &Situation<'_>, base: &str) -> Runs {
    if let Some(missed) = branches(trigger, base) {
        return missed;
    }
    if !trigger.takes_type(situation.activity) {
        return missed_type(trigger, situation.activity);
    }
    paths(trigger, situation.file)
}

fn push(trigger: &Trigger, situation: &Situation<'_>, head: &str) -> Runs {
    if trigger.branches.is_none()
        && let Some(tags) = &trigger.tags
    {
        return obstacle(
            ObstacleKind::Push,
            "it runs for tags only".to_owned(),
            tags.span,
        );
    }
    if let Some(filter) = trigger.branches.as_ref()
        && !filter.matches(head)
    {
        let clause = format!(
            "its filter for `push` leaves out branches such as {}",
            quoted(head)
        );
        return obstacle(ObstacleKind::Push, clause, filter.span);
    }
    // What a merge group changes is not one file, and a push of its branch is new: GitHub
    // compares with the base, so that the same file decides.
    paths(trigger, situation.file)
}

fn merge_group(trigger: &Trigger, base: &str) -> Runs {
    if let Some(missed) = branches(trigger, base) {
        return missed;
    }
    if trigger.takes_type("checks_requested") {
        Runs::Yes
    } else {
        missed_type(trigger, "checks_requested")
    }
}

fn branches(trigger: &Trigger, name: &str) -> Option<Runs> {
    let filter: &Spanned<BranchFilter> = trigger.branches.as_ref()?;
    if filter.matches(name) {
        return None;
    }
    let clause = format!(
        "its branch filter for {} leaves out {}",
        quoted(&trigger.event),
        quoted(name)
    );
    Some(obstacle(ObstacleKind::Filter, clause, filter.span))
}

fn missed_type(trigger: &Trigger, activity: &str) -> Runs {
    let span = trigger
        .types
        .as_ref()
        .map_or(trigger.span, |types| types.span);
    let clause = format!(
        "its `types` for {} lack `{activity}`",
        quoted(&trigger.event)
    );
    obstacle(ObstacleKind::Types, clause, span)
}

fn paths(trigger: &Trigger, file: &str) -> Runs {
    match &trigger.paths {
        Some(filter) if !filter.runs_for([file]) => {
            let clause = format!(
                "its path filter leaves out a change to {} only",
                quoted(file)
            );
            obstacle(ObstacleKind::Filter, clause, filter.span)
        }
        _ => Runs::Yes,
    }
}

fn obstacle(kind: ObstacleKind, clause: String, span: Span) -> Runs {
    Runs::No(Obstacle {
        kind,
        clause,
        span: Some(span),
    })
}

fn wrong_events(candidate: &Candidate<'_>) -> Obstacle {
    let events: Vec<String> = candidate
        .workflow
        .triggers
        .iter()
        .map(|trigger| quoted(&trigger.event))
        .collect();
    let clause = match events.as_slice() {
        [] => "it has no events".to_owned(),
        events => format!("it runs on {} only", list(events)),
    };
    Obstacle {
        kind: ObstacleKind::Event,
        clause,
        span: candidate.workflow.on,
    }
}
