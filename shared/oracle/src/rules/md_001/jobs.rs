//! The names that jobs can report, and what keeps us from knowing them all.

use std::collections::BTreeMap;

use workflows::{
    Access, Callee, Job, Match, NameError, ParseError, ParseErrorKind, Permissions, Refused,
    ReportedName, Span, Step, Workflow,
};

use super::allowed::{Allowance, allowance};
use super::premises::Premises;
use crate::rules::text::quoted;
use crate::{Fact, Reason, RepoPath, Tree, Workflows};

/// A name that a job can report, if its workflow runs.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'a> {
    /// The file that runs.
    pub(super) path: &'a RepoPath,
    /// What it says.
    pub(super) workflow: &'a Workflow,
    /// The job of that file; where it calls a reusable workflow, the caller.
    pub(super) job: &'a Job,
    /// The name, when it is reported, and where the job that reports it stands.
    pub(super) reported: ReportedName,
    /// The job that reports it: `job`, or one of the workflow that it calls. `None` where that
    /// one can't be looked at.
    pub(super) reporting: Option<&'a Job>,
    /// The events on which it has this name, of those that matter for a merge: on others its
    /// `if` never holds, or the event is in its name. `None`: whatever the event.
    pub(super) on: Option<Vec<&'a str>>,
    /// Which of the file's triggers count.
    pub(super) read_from: ReadFrom,
    /// Whether the reporting job may use what it uses.
    pub(super) allowance: Allowance,
    /// Why GitHub refuses the whole file, where it does.
    pub(super) refused: Option<String>,
}

/// A workflow file that runs by itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct File<'a> {
    /// Its path.
    pub(super) path: &'a RepoPath,
    /// What it says.
    pub(super) workflow: &'a Workflow,
    /// Which of its triggers count.
    pub(super) read_from: ReadFrom,
}

/// Where GitHub reads a workflow file from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadFrom {
    /// The tree under judgement: all triggers but `pull_request_target`.
    Tree,
    /// The default branch: `pull_request_target` only.
    DefaultBranch,
}

/// A reason why a context might be reported although no job is known to.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    /// The kind of reason.
    pub(super) reason: Reason,
    /// A sentence.
    pub(super) detail: String,
    /// How far it reaches.
    pub(super) reach: Reach,
}

/// How far a doubt reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// There may be jobs that we don't see, beside those that we do.
    Jobs,
    /// Something posts checks of its own; recent pull requests show whether it posts this one.
    Posts,
    /// Something outside the tree's files runs, with names that nobody can list.
    Outside,
}

/// All candidates of one side, and the doubts about it.
#[derive(Debug, Default)]
pub(super) struct Jobs<'a> {
    /// In the order of paths, files and matrices.
    pub(super) candidates: Vec<Candidate<'a>>,
    /// In the order of paths.
    pub(super) doubts: Vec<Doubt>,
    /// Files that GitHub refuses as a whole, so that no job of theirs ever runs.
    pub(super) refused: Vec<Refusal<'a>>,
    premises: Premises<'a>,
    /// What was found of the jobs of the file at hand, by file and id: the many legs of one job
    /// are judged once.
    allowances: BTreeMap<(String, String), Allowance>,
}

/// A file that GitHub refuses as a whole.
#[derive(Debug, Clone)]
pub(super) struct Refusal<'a> {
    /// The file.
    pub(super) path: &'a RepoPath,
    /// What it says.
    pub(super) workflow: &'a Workflow,
    /// Why.
    pub(super) message: String,
    /// Where, in `place`.
    pub(super) span: Span,
    /// The file that the fault is in: this one, or one that it calls.
    pub(super) place: String,
}

impl<'a> Jobs<'a> {
    /// The jobs of a tree's own workflows.
    pub(super) fn of_tree(tree: &Tree, workflows: &'a Workflows, premises: Premises<'a>) -> Self {
        let mut jobs = Self {
            premises,
            ..Self::default()
        };
        let whole = tree.is_whole(".github/workflows");
        if let Err(why) = whole {
            let detail = "The list of files is not known in full.".to_owned();
            jobs.doubt(why.reason, detail);
        }
        for (path, parsed) in workflows {
            match parsed {
                Fact::Known(Ok(workflow)) => {
                    let look_up = |called: &str| callee(workflows, called, whole.is_ok());
                    jobs.workflow(&look_up, path, workflow, ReadFrom::Tree);
                    jobs.posts(path, workflow);
                }
                // GitHub runs nothing of such a file, whatever its reader is like.
                Fact::Known(Err(ParseError {
                    kind:
                        ParseErrorKind::Empty
                        | ParseErrorKind::NotAMapping
                        | ParseErrorKind::SeveralDocuments,
                    ..
                })) => {}
                Fact::Known(Err(error)) => jobs.doubt(
                    Reason::Unreadable,
                    format!(
                        "{} can't be read (line {}).",
                        quoted(path.as_str()),
                        error.line
                    ),
                ),
                Fact::Unavailable(why) => {
                    jobs.doubt(
                        why.reason,
                        format!("{} can't be read.", quoted(path.as_str())),
                    );
                }
            }
        }
        jobs
    }

    /// Adds the jobs that `pull_request_target` starts from the default branch.
    pub(super) fn add_default_branch(&mut self, workflows: &'a Fact<Workflows>) {
        let workflows = match workflows {
            Fact::Known(workflows) => workflows,
            Fact::Unavailable(why) => {
                let detail = "The default branch, whose `pull_request_target` workflows run for \
                              every pull request, could not be read.";
                return self.doubt(why.reason, detail.to_owned());
            }
        };
        let look_up = |called: &str| callee(workflows, called, true);
        for (path, parsed) in workflows {
            if let Fact::Known(Ok(workflow)) = parsed
                && workflow.trigger("pull_request_target").is_some()
            {
                self.workflow(&look_up, path, workflow, ReadFrom::DefaultBranch);
            }
        }
    }

    /// The candidates that have this name for certain.
    pub(super) fn named(&self, context: &str) -> Vec<&Candidate<'a>> {
        self.matching(context, Match::Yes)
    }

    /// The candidates that may turn out to have this name when they run.
    pub(super) fn maybe_named(&self, context: &str) -> Vec<&Candidate<'a>> {
        self.matching(context, Match::Maybe)
    }

    fn matching(&self, context: &str, how: Match) -> Vec<&Candidate<'a>> {
        self.candidates
            .iter()
            .filter(|candidate| candidate.reported.name.matches(context) == how)
            .collect()
    }

    fn workflow(
        &mut self,
        look_up: &dyn Fn(&str) -> Callee<'a>,
        path: &'a RepoPath,
        workflow: &'a Workflow,
        read_from: ReadFrom,
    ) {
        let mut events = workflow.triggers.iter().map(|trigger| &*trigger.event);
        if !workflow.triggers.is_empty() && events.all(|event| event == "workflow_call") {
            // It never runs by itself; its jobs are reported under its callers' names.
            return;
        }
        self.allowances.clear();
        let mut refused = None;
        let first = self.candidates.len();
        let file = File {
            path,
            workflow,
            read_from,
        };
        for job in &workflow.jobs {
            let fatal = |error: &NameError| error.refused == Refused::Workflow;
            for (on, names) in self.premises.names(look_up, &file, job) {
                refused = refused.or_else(|| names.errors.into_iter().find(fatal));
                for reported in names.names {
                    self.candidate(look_up, &file, job, reported, on.clone());
                }
            }
        }
        let Some(error) = refused else { return };
        for candidate in &mut self.candidates[first..] {
            candidate.refused = Some(error.message.clone());
        }
        self.refused.push(Refusal {
            path,
            workflow,
            message: error.message,
            span: error.span,
            place: error.path,
        });
    }

    fn candidate(
        &mut self,
        look_up: &dyn Fn(&str) -> Callee<'a>,
        file: &File<'a>,
        job: &'a Job,
        reported: ReportedName,
        on: Option<Vec<&'a str>>,
    ) {
        let place = &reported.job;
        let reporting = if place.path == file.path.as_str() {
            file.workflow.job(&place.id)
        } else {
            match look_up(&place.path) {
                Callee::Found(called) => called.job(&place.id),
                _ => None,
            }
        };
        let premises = self.premises;
        let key = (place.path.clone(), place.id.clone());
        let allowance = self.allowances.entry(key).or_insert_with(|| {
            reporting.map_or(Allowance::Allowed, |reporting| {
                allowance(reporting, premises.owner(), premises.actions)
            })
        });
        let allowance = allowance.clone();
        self.candidates.push(Candidate {
            path: file.path,
            workflow: file.workflow,
            job,
            reported,
            reporting,
            on,
            read_from: file.read_from,
            allowance,
            refused: None,
        });
    }

    fn posts(&mut self, path: &RepoPath, workflow: &Workflow) {
        let poster = workflow.jobs.iter().find(|job| posts_checks(workflow, job));
        if let Some(job) = poster {
            self.doubts.push(Doubt {
                reason: Reason::Dynamic,
                detail: format!(
                    "Job {} of {} may post checks or statuses of any name by itself.",
                    quoted(&job.id),
                    quoted(path.as_str())
                ),
                reach: Reach::Posts,
            });
        }
    }

    fn doubt(&mut self, reason: Reason, detail: String) {
        self.doubts.push(Doubt {
            reason,
            detail,
            reach: Reach::Jobs,
        });
    }
}

fn callee<'a>(workflows: &'a Workflows, path: &str, whole: bool) -> Callee<'a> {
    let found = RepoPath::new(path)
        .ok()
        .and_then(|path| workflows.get(&path));
    match found {
        Some(Fact::Known(Ok(workflow))) => Callee::Found(workflow),
        Some(Fact::Known(Err(error))) => Callee::Invalid(error.to_string()),
        Some(Fact::Unavailable(_)) => {
            Callee::Unreadable(format!("{} could not be read", quoted(path)))
        }
        None if whole => Callee::Missing,
        None => Callee::Unreadable("the list of files is not known in full".to_owned()),
    }
}

/// Whether a job is given the means to post checks or statuses and plausibly does: its token
/// may write `checks` or `statuses` by name, or a step speaks of the API for them.
fn posts_checks(workflow: &Workflow, job: &Job) -> bool {
    let permissions = job.permissions.as_ref().or(workflow.permissions.as_ref());
    let granted = permissions.is_some_and(|permissions| match &permissions.value {
        Permissions::Scopes(grants) => grants.iter().any(|grant| {
            matches!(grant.scope.as_str(), "checks" | "statuses") && *grant.access == Access::Write
        }),
        Permissions::ReadAll | Permissions::WriteAll => false,
    });
    granted || job.steps.iter().any(speaks_of_checks)
}

fn speaks_of_checks(step: &Step) -> bool {
    const CALLS: [&str; 5] = [
        "/statuses/",
        "/check-runs",
        "createCommitStatus",
        "checks.create",
        "checks.update",
    ];
    let speaks = |text: &str| CALLS.iter().any(|call| text.contains(call));
    let given = step
        .with
        .iter()
        .filter_map(|(_, value)| match &value.value {
            workflows::Value::String(text) => Some(text.as_str()),
            _ => None,
        });
    let script = step.run.as_ref().map(|run| run.as_str());
    given.chain(script).any(speaks)
}

impl Refusal<'_> {
    /// Whether a job of the file, as far as it can be read, may have this name.
    pub(super) fn may_name(&self, context: &str) -> bool {
        self.workflow.jobs.iter().any(|job| {
            let name = job.name.as_ref().unwrap_or(&job.id).as_str();
            // Before the first expression, the values of a matrix or the jobs that it calls.
            let begins = name.split_once("${{").map_or(name, |(before, _)| before);
            let rest = context.strip_prefix(begins);
            rest.is_some_and(|rest| begins != name || rest.is_empty() || rest.starts_with([' ']))
        })
    }
}

impl Candidate<'_> {
    /// Whether it has its name on this event.
    pub(super) fn is_on(&self, event: &str) -> bool {
        self.on.as_ref().is_none_or(|on| on.contains(&event))
    }

    /// Whether there is any event, of those that matter, on which it has its name.
    pub(super) fn is_ever(&self) -> bool {
        self.on.as_ref().is_none_or(|on| !on.is_empty())
    }

    /// What tells one job from another, wherever its file is read from.
    pub(super) fn identity(&self) -> (&RepoPath, &str, &str, &str) {
        let place = &self.reported.job;
        (self.path, &self.job.id.value, &place.path, &place.id)
    }
}
