//! The typed model of a workflow file.
//!
//! Terms are those of GitHub's [workflow syntax]. Whatever a finding may point at has its span.
//!
//! [workflow syntax]: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

mod env;
mod job;
mod permissions;
mod trigger;

pub use env::Env;
pub use job::{
    Environment, Flag, Job, Matrix, MatrixRows, RunsOn, Secrets, Step, Strategy, Vector,
    VectorValues,
};
pub use permissions::{Access, Grant, Permissions};
pub use trigger::{Input, Trigger};

use yaml::{Refusal, RefusalKind};

use crate::{Source, Span, Spanned};

/// A workflow file.
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    /// `name`. It is not part of any check's name.
    pub name: Option<Spanned<String>>,
    /// The `on` key; `None` when the file has none (then a fatal problem says so).
    pub on: Option<Span>,
    /// The events of `on`, in the order of the file.
    pub triggers: Vec<Trigger>,
    /// `permissions` of the whole workflow.
    pub permissions: Option<Spanned<Permissions>>,
    /// `env`: variables of all jobs.
    pub env: Option<Spanned<Env>>,
    /// `defaults.run.shell`: the shell of steps that name none, where their job names none.
    pub default_shell: Option<Spanned<String>>,
    /// The jobs, in the order of the file.
    pub jobs: Vec<Job>,
    /// What is wrong with the file although it could be read, in the order of the file.
    pub problems: Vec<Problem>,
    /// The text, for evidence.
    pub source: Source,
}

impl Workflow {
    /// The job with this id, which GitHub compares without regard to case.
    pub fn job(&self, id: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id.eq_ignore_ascii_case(id))
    }

    /// The trigger for this event (`pull_request`, `merge_group`, …).
    pub fn trigger(&self, event: &str) -> Option<&Trigger> {
        self.triggers.iter().find(|trigger| *trigger.event == event)
    }

    /// The first problem for which GitHub refuses the whole file ("startup failure"): then no
    /// job of it runs and none of its checks is ever reported.
    pub fn refusal(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.fatal)
    }
}

/// Something wrong with a file that could be read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What was expected and what was found.
    pub message: String,
    /// Whether GitHub refuses the whole file for it, so that no job runs.
    pub fatal: bool,
}

/// Everything that the reader of YAML finds GitHub to refuse is fatal.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = match refusal.kind {
            RefusalKind::Tag(tag) => {
                format!("expected no YAML tag here, found `{tag}`, which GitHub refuses")
            }
            RefusalKind::LargeInteger => {
                "expected an integer of 32 bits, found a larger one".to_owned()
            }
            RefusalKind::MergeKey => {
                "expected a key, found the merge key `<<`, which GitHub does not support".to_owned()
            }
        };
        Self {
            span: refusal.span,
            message,
            fatal: true,
        }
    }
}
