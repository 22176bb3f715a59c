//! Whether a workflow runs in a given situation, and what keeps it from running.
//!
//! Facts: <https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows>.

use std::collections::BTreeMap;

use workflows::{BranchFilter, Job, Span, Spanned, Trigger};

use super::allowed::{Allowance, DenialCertainty};
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
    /// Whether Actions runs anything at all.
    pub(super) actions: Switch,
}

/// Whether Actions is on for the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Switch {
    /// It is, as far as is known.
    On,
    /// It is switched off.
    Off,
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
    /// Actions is switched off for the repository.
    ActionsOff,
    /// Somebody, or inactivity, disabled the workflow.
    Disabled,
    /// GitHub refuses the file.
    Refused,
    /// The job uses what the repository's Actions settings do not allow.
    NotAllowed,
    /// The same, unless the owner of what it uses belongs to the same enterprise.
    NotAllowedUnlessOurs,
    /// The workflow runs, and the job is skipped then.
    Skipped,
    /// The workflow runs, and the job has another name then.
    OtherName,
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
    if let Some(obstacle) = never_starts(candidate, around) {
        return Runs::No(obstacle);
    }
    let mut best = Runs::No(wrong_events(candidate));
    for trigger in &candidate.workflow.triggers {
        let answer = fires(trigger, candidate.read_from, situation, around.base);
        let answer = answer.map(|answer| match answer {
            Runs::Yes | Runs::Unknown(_) if !candidate.is_on(&trigger.event) => {
                Runs::No(skipped(candidate, &trigger.event))
            }
            other => other,
        });
        best = match (best, answer) {
            (_, Some(Runs::Yes)) => return allowed(candidate),
            (Runs::No(_), Some(unknown @ Runs::Unknown(_))) => unknown,
            (Runs::No(old), Some(Runs::No(new))) if new.kind < old.kind => Runs::No(new),
            (old, _) => old,
        };
    }
    best
}

/// A job that may run by all but the repository's Actions settings.
fn allowed(candidate: &Candidate<'_>) -> Runs {
    match &candidate.allowance {
        Allowance::Unknown(why) => Runs::Unknown(format!(
            "job {} of {} runs only if its actions are allowed: {why}",
            quoted(&candidate.reported.job.id),
            quoted(&candidate.reported.job.path)
        )),
        Allowance::Allowed | Allowance::Denied(_) => Runs::Yes,
    }
}

/// What keeps a job from running whatever happens.
fn never_starts(candidate: &Candidate<'_>, around: &Circumstances<'_>) -> Option<Obstacle> {
    let obstacle = |kind, clause| Obstacle {
        kind,
        clause,
        span: None,
    };
    if around.actions == Switch::Off {
        let clause = "GitHub Actions is disabled for the repository".to_owned();
        return Some(obstacle(ObstacleKind::ActionsOff, clause));
    }
    if let Some(state) = around.disabled.get(candidate.path) {
        let clause = format!("the workflow is disabled ({})", quoted(state));
        return Some(obstacle(ObstacleKind::Disabled, clause));
    }
    if let Some(why) = &candidate.refused {
        let clause = format!("GitHub refuses the file: {}", clause(why));
        return Some(obstacle(ObstacleKind::Refused, clause));
    }
    let Allowance::Denied(denial) = &candidate.allowance else {
        return None;
    };
    let kind = match denial.certainty {
        DenialCertainty::Sure => ObstacleKind::NotAllowed,
        DenialCertainty::UnlessSameEnterprise => ObstacleKind::NotAllowedUnlessOurs,
    };
    // Where the job is in a called file, its own place is all there is to show.
    let is_own = candidate.reported.job.path == candidate.path.as_str();
    Some(Obstacle {
        kind,
        clause: denial.clause.clone(),
        span: is_own.then_some(denial.span),
    })
}

/// The workflow runs on an event on which the job does not have its name.
fn skipped(candidate: &Candidate<'_>, event: &str) -> Obstacle {
    let event = quoted(event);
    let is_dynamic = |job: &Job| job.name.as_ref().is_some_and(|name| name.contains("${{"));
    let jobs = [Some(candidate.job), candidate.reporting];
    if jobs.into_iter().flatten().any(is_dynamic) {
        return Obstacle {
            kind: ObstacleKind::OtherName,
            clause: format!("it has another name, or is skipped, on {event}"),
            span: None,
        };
    }
    let inner = &candidate.reported.job;
    let is_own = inner.path == candidate.path.as_str() && inner.id == candidate.job.id.value;
    let of_caller = candidate.job.condition.as_ref();
    let of_inner = candidate
        .reporting
        .filter(|job| !is_own && job.condition.is_some());
    let caller = quoted(&candidate.job.id);
    let job = match (of_caller, of_inner) {
        (Some(_), Some(_)) => format!("job {caller} or job {}", quoted(&inner.id)),
        (Some(_), None) if !is_own => format!("job {caller}"),
        _ => "it".to_owned(),
    };
    // Where the condition is, or may be, in a called file, the job's own place is all there is
    // to show.
    let shown = of_caller.filter(|_| of_inner.is_none());
    Obstacle {
        kind: ObstacleKind::Skipped,
        clause: format!("{job} is skipped on {event}, where its `if` never holds"),
        span: shown.map(|condition| condition.span),
    }
}

/// Whether an event has anything to do with the commits that must carry the check.
pub(super) fn matters(event: &str, read_from: ReadFrom) -> bool {
    match read_from {
        ReadFrom::DefaultBranch => event == "pull_request_target",
        ReadFrom::Tree => matches!(
            event,
            "create"
                | "deployment"
                | "deployment_status"
                | "merge_group"
                | "pull_request"
                | "pull_request_review"
                | "pull_request_review_comment"
                | "push"
        ),
    }
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
