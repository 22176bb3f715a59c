//! Required checks with the jobs that report them, for rules that judge these jobs.

use std::collections::{BTreeMap, BTreeSet};

use workflows::{Job, JobPlace, Match, Reported, Workflow};

use super::disabled;
use super::jobs::{Candidate, Doubt, Jobs, Reach, ReadFrom};
use super::observed::Observed;
use super::premises::Premises;
use super::required::{Required, requirements};
use crate::registry::Input;
use crate::rules::text::quoted;
use crate::{Fact, Reason, RepoPath, Unavailable, Workflows};

/// The required checks of a branch that GitHub Actions may report.
#[derive(Debug)]
pub(in crate::rules) struct RequiredChecks<'a> {
    /// The checks, in the order of their contexts.
    pub(in crate::rules) checks: Vec<Check<'a>>,
    /// Which jobs are required, for every job that has a name.
    pub(in crate::rules) required: BTreeMap<JobKey, Requirement>,
    /// What could not be looked at.
    pub(in crate::rules) unavailable: Vec<Unavailable>,
}

/// One required check.
#[derive(Debug)]
pub(in crate::rules) struct Check<'a> {
    /// Its context.
    pub(in crate::rules) context: String,
    /// The only App whose report counts.
    pub(in crate::rules) app: Option<u64>,
    /// Where it is required, as a phrase.
    pub(in crate::rules) by: String,
    /// The jobs that have the name for certain and may run.
    pub(in crate::rules) reporters: Vec<Reporter<'a>>,
    /// Why there may be other jobs of that name.
    pub(in crate::rules) unseen: Option<Unseen>,
    /// Recent pull requests show that something else than Actions reports it, or may.
    pub(in crate::rules) is_reported_elsewhere: bool,
}

/// Why there may be jobs that we don't see.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Unseen {
    /// The kind of reason.
    pub(in crate::rules) reason: Reason,
    /// A sentence.
    pub(in crate::rules) detail: String,
}

/// A job that reports a required check.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Reporter<'a> {
    /// The file that runs.
    pub(in crate::rules) path: &'a RepoPath,
    /// What it says.
    pub(in crate::rules) workflow: &'a Workflow,
    /// The job that reports: of that file, or of a reusable workflow that it calls.
    pub(in crate::rules) place: JobPlace,
    /// The job itself.
    pub(in crate::rules) job: &'a Job,
    /// The workflow that the job is in.
    pub(in crate::rules) own: &'a Workflow,
    /// Which job it is.
    pub(in crate::rules) key: JobKey,
    /// Whether the check has the same name when the job is skipped. Otherwise it is missing then,
    /// and a missing check does not pass.
    pub(in crate::rules) keeps_name: bool,
}

/// Which job of which run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rules) struct JobKey {
    /// Whose copy of the file runs.
    pub(in crate::rules) origin: Origin,
    /// The file that runs.
    pub(in crate::rules) path: String,
    /// The job of it, in lower case: the one that is meant, or the one that calls it.
    pub(in crate::rules) caller: String,
    /// The file and the job in lower case of a called workflow.
    pub(in crate::rules) callee: Option<(String, String)>,
}

/// Whose copy of a file runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rules) enum Origin {
    /// That of the tree under judgement.
    Tree,
    /// That of the default branch, for `pull_request_target`.
    DefaultBranch,
}

/// How many of a job's checks are required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Requirement {
    /// None.
    None,
    /// Some.
    Some,
    /// All, or all that may be.
    All,
}

/// The required checks of the branch with their reporters.
pub(in crate::rules) fn required_checks<'a>(input: &Input<'a>) -> RequiredChecks<'a> {
    let requirements = requirements(input.settings);
    let actions = input.settings.actions_app_id.known().ok().copied();
    let may_be_actions = |required: &&Required| {
        required.app.is_none() || actions.is_none() || required.app == actions
    };
    let of_actions: Vec<&Required> = requirements.checks.iter().filter(may_be_actions).collect();
    let mut all = RequiredChecks {
        checks: Vec::new(),
        required: BTreeMap::new(),
        unavailable: requirements.unavailable.clone(),
    };
    if of_actions.is_empty() {
        return all;
    }
    // What an event makes of a condition is for those rules to judge.
    let mut jobs = Jobs::of_tree(input.tree, input.workflows, Premises::default());
    jobs.add_default_branch(input.default_branch);
    let disabled = disabled(input);
    let observed = Observed::new(&input.settings.rollups);
    all.required = required_jobs(&jobs, &of_actions);
    for required in of_actions {
        let named = jobs.named(&required.context).into_iter();
        let may_run = named.filter(|candidate| {
            candidate.refused.is_none() && !disabled.contains_key(candidate.path)
        });
        all.checks.push(Check {
            context: required.context.clone(),
            app: required.app,
            by: required.by(),
            reporters: distinct(may_run.filter_map(|candidate| reporter(input, candidate))),
            unseen: unseen(&jobs, &required.context),
            is_reported_elsewhere: observed.of(&required.context).by_other_than(actions),
        });
    }
    all
}

/// A candidate as a reporter; `None` for one that has the name only while it is skipped, which
/// is another rule's business.
fn reporter<'a>(input: &Input<'a>, candidate: &Candidate<'a>) -> Option<Reporter<'a>> {
    if matches!(candidate.reported.when, Reported::OnlyIfSkipped { .. }) {
        return None;
    }
    let place = &candidate.reported.job;
    let own = if place.path == candidate.path.as_str() {
        candidate.workflow
    } else {
        let files: &'a Workflows = match candidate.read_from {
            ReadFrom::Tree => input.workflows,
            ReadFrom::DefaultBranch => input.default_branch.known().ok()?,
        };
        match files.get(&RepoPath::new(&place.path).ok()?) {
            Some(Fact::Known(Ok(workflow))) => workflow,
            _ => return None,
        }
    };
    let job = own.job(&place.id)?;
    let has_matrix = job
        .strategy
        .as_ref()
        .is_some_and(|strategy| strategy.matrix.is_some());
    let is_literal = job.name.as_ref().is_none_or(|name| !name.contains("${{"));
    Some(Reporter {
        path: candidate.path,
        workflow: candidate.workflow,
        place: place.clone(),
        job,
        keeps_name: candidate.reported.when == Reported::Always || !has_matrix && is_literal,
        own,
        key: JobKey::of(candidate),
    })
}

fn distinct<'a>(reporters: impl Iterator<Item = Reporter<'a>>) -> Vec<Reporter<'a>> {
    let mut seen = BTreeSet::new();
    reporters
        .filter(|reporter| seen.insert(reporter.key.clone()))
        .collect()
}

/// For every job, and for every job that calls others, how many of its checks are required.
fn required_jobs(jobs: &Jobs<'_>, required: &[&Required]) -> BTreeMap<JobKey, Requirement> {
    let mut all = BTreeMap::new();
    for candidate in &jobs.candidates {
        if matches!(candidate.reported.when, Reported::OnlyIfSkipped { .. }) {
            continue;
        }
        let name = &candidate.reported.name;
        let is_required = required
            .iter()
            .any(|required| name.matches(&required.context) != Match::No);
        let one = if is_required {
            Requirement::All
        } else {
            Requirement::None
        };
        let key = JobKey::of(candidate);
        let caller = JobKey {
            callee: None,
            ..key.clone()
        };
        for key in BTreeSet::from([key, caller]) {
            all.entry(key)
                .and_modify(|known: &mut Requirement| {
                    if *known != one {
                        *known = Requirement::Some;
                    }
                })
                .or_insert(one);
        }
    }
    all
}

fn unseen(jobs: &Jobs<'_>, context: &str) -> Option<Unseen> {
    let of = |doubt: &Doubt| Unseen {
        reason: doubt.reason,
        detail: doubt.detail.clone(),
    };
    let mut doubts = jobs.doubts.iter();
    let doubt = doubts.find(|doubt| doubt.reach == Reach::Jobs).map(of);
    doubt.or_else(|| {
        let maybe = jobs.maybe_named(context).into_iter().next()?;
        Some(Unseen {
            reason: Reason::Dynamic,
            detail: format!(
                "Job {} of {} may report it too: only a run decides its name.",
                quoted(&maybe.job.id),
                quoted(maybe.path.as_str())
            ),
        })
    })
}

impl JobKey {
    fn of(candidate: &Candidate<'_>) -> Self {
        let place = &candidate.reported.job;
        let is_called = place.path != candidate.path.as_str();
        Self {
            origin: match candidate.read_from {
                ReadFrom::Tree => Origin::Tree,
                ReadFrom::DefaultBranch => Origin::DefaultBranch,
            },
            path: candidate.path.to_string(),
            caller: candidate.job.id.to_ascii_lowercase(),
            callee: is_called.then(|| (place.path.clone(), place.id.to_ascii_lowercase())),
        }
    }

    /// Whether both are jobs of one file in one run.
    pub(in crate::rules) fn is_beside(&self, other: &Self) -> bool {
        fn file(key: &JobKey) -> Option<(&str, &str)> {
            let (path, _) = key.callee.as_ref()?;
            Some((path.as_str(), key.caller.as_str()))
        }
        self.origin == other.origin && self.path == other.path && file(self) == file(other)
    }

    /// Another job of the same file and run.
    pub(in crate::rules) fn sibling(&self, id: &str) -> Self {
        let id = id.to_ascii_lowercase();
        match &self.callee {
            Some((path, _)) => Self {
                callee: Some((path.clone(), id)),
                ..self.clone()
            },
            None => Self {
                caller: id,
                ..self.clone()
            },
        }
    }
}
