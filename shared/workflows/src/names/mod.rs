//! The names under which the jobs of a workflow report checks.
//!
//! GitHub documents little of this; what is implemented follows its published workflow parser
//! (actions/runner, `src/Sdk/WorkflowParser`) and what can be observed.

mod call;
mod excess;
mod job;
mod matrix;
mod pattern;
mod rows;
mod skip;

pub use pattern::{Match, NamePattern, Segment};

use crate::{GitHubContext, Job, Span, Workflow};

/// Deepest chain of reusable workflows, the first caller included.
/// See <https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations#limitations-of-reusable-workflows>.
pub const MAX_CALL_DEPTH: usize = 10;

/// Most reusable workflows that one workflow file may call, nested ones included.
pub const MAX_CALLED_WORKFLOWS: usize = 50;

/// Most jobs that one matrix may generate.
pub const MAX_MATRIX_LEGS: usize = 256;

/// Most names that are listed for one job; beyond it one wildcard stands for the rest. Matrices
/// of callers and callees multiply, and GitHub runs fewer jobs than this at a time.
pub const MAX_NAMES: usize = 4096;

/// What lies under a path in the same repository and commit as the caller.
#[derive(Debug, Clone)]
pub enum Callee<'a> {
    /// A workflow.
    Found(&'a Workflow),
    /// No file; GitHub refuses the caller's whole file.
    Missing,
    /// A file that is no workflow, and why; GitHub refuses the caller's whole file.
    Invalid(String),
    /// It could not be looked at, and why.
    Unreadable(String),
}

/// The names that one job of a workflow can report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JobNames {
    /// The names, in the order of the file and the matrix, without exact repetition. Where a
    /// reusable workflow can't be looked at, its jobs are one name `caller / *` that says why.
    pub names: Vec<ReportedName>,
    /// Why names are missing although the job is there.
    pub errors: Vec<NameError>,
}

/// One name that a job can report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportedName {
    /// The name.
    pub name: NamePattern,
    /// When it is reported, given that the workflow runs.
    pub when: Reported,
    /// The job that reports it: of the workflow itself or, where the names came through
    /// `uses`, of the reusable workflow.
    pub job: JobPlace,
}

/// When a name is reported, given that the workflow runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reported {
    /// Always; where the job is skipped, the skipped check has the same name and passes.
    Always,
    /// Only when no job on the way is skipped: requiring this name blocks for ever when one is.
    UnlessSkipped {
        /// What may be skipped and why, as a clause: "job `test` has `if: …`".
        why: String,
    },
    /// Only when the job is skipped before its matrix or name is evaluated.
    OnlyIfSkipped {
        /// What may be skipped and why, as a clause.
        why: String,
    },
}

/// Where a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobPlace {
    /// The workflow file's path.
    pub path: String,
    /// The job's id.
    pub id: String,
    /// Its `name`, or its id where it has none.
    pub span: Span,
}

/// Why a job has no names, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameError {
    /// The file.
    pub path: String,
    /// The place in it.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// How much GitHub refuses for it.
    pub refused: Refused,
}

/// How much GitHub refuses because of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Only this job: the others run.
    Job,
    /// The whole workflow of the first caller: no job runs.
    Workflow,
}

/// The names that a job can report when its workflow runs.
///
/// `callees` gives the workflow under a path of the same repository and commit; reusable
/// workflows elsewhere are never asked for, because what they are is decided there.
///
/// An error with [`Refused::Workflow`] means that no job of the file runs, whatever names the
/// other jobs have.
pub fn job_names<'a>(
    callees: &dyn Fn(&str) -> Callee<'a>,
    path: &str,
    workflow: &'a Workflow,
    job: &'a Job,
) -> JobNames {
    job_names_in(GitHubContext::default(), callees, path, workflow, job)
}

/// Like [`job_names`], of which more is known: what `github` has in store for the run decides
/// names and conditions that look at it.
pub fn job_names_in<'a>(
    github: GitHubContext<'_>,
    callees: &dyn Fn(&str) -> Callee<'a>,
    path: &str,
    workflow: &'a Workflow,
    job: &'a Job,
) -> JobNames {
    if let Some(problem) = workflow.refusal() {
        let error = NameError {
            path: path.to_owned(),
            span: problem.span,
            message: problem.message.clone(),
            refused: Refused::Workflow,
        };
        return JobNames {
            names: Vec::new(),
            errors: vec![error],
        };
    }
    job::Namer::new(callees, github, path).names(workflow, job)
}
