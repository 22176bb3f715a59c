//! What can be wrong about a required context.

use workflows::Spanned;

use super::hints::Hint;
use super::jobs::{Candidate, Refusal};
use super::standing::Kept;
use super::triggers::Obstacle;
use crate::Severity;

/// What is wrong about one required context.
#[derive(Debug)]
pub(super) struct Problem<'a, 'b> {
    /// How bad it is.
    pub(super) severity: Severity,
    /// What it is.
    pub(super) kind: ProblemKind<'a, 'b>,
}

/// The kinds of problem, with what a reader needs to know.
#[derive(Debug)]
pub(super) enum ProblemKind<'a, 'b> {
    /// Nothing can report it.
    Nothing(Nothing<'a, 'b>),
    /// What reports it is not the App that it is pinned to.
    WrongApp {
        /// A job that reports it, if that is what does.
        job: Option<&'b Candidate<'a>>,
        /// Apps that were seen to report it.
        seen: Vec<u64>,
    },
    /// A filter keeps the workflow from running for some pull requests.
    Sometimes(Vec<Kept<'a, 'b>>),
    /// It is not reported when a job on the way is skipped.
    UnlessSkipped(&'b Candidate<'a>),
    /// It is only reported when the job is skipped.
    OnlyIfSkipped(&'b Candidate<'a>),
    /// Only a push reports it, so that it never is for a fork.
    PushOnly(&'b Candidate<'a>, Obstacle),
    /// The merge queue waits for it in vain.
    Queue(Vec<Kept<'a, 'b>>),
    /// The job that reports it waits for a runner that is not there any more.
    NoRunner {
        /// The job.
        job: &'b Candidate<'a>,
        /// What it runs on.
        label: &'a Spanned<String>,
        /// Where GitHub announced its end.
        announcement: &'static str,
    },
    /// Several jobs report it.
    Ambiguous(Vec<&'b Candidate<'a>>),
}

/// Nothing can report a context.
#[derive(Debug)]
pub(super) struct Nothing<'a, 'b> {
    /// Jobs that have the name and never run for pull requests.
    pub(super) kept: Vec<Kept<'a, 'b>>,
    /// A file that GitHub refuses as a whole: the name may be in there.
    pub(super) refused: Option<&'b Refusal<'a>>,
    /// The job that reports it at the base, where the change takes it away.
    pub(super) taken_away: Option<&'b Candidate<'a>>,
    /// What the author probably meant.
    pub(super) hint: Option<Hint<'a, 'b>>,
    /// How certain it is.
    pub(super) certainty: Certainty,
}

/// How certain it is that nothing reports a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    /// That many recent pull requests show that nothing does.
    Observed(usize),
    /// Only Actions may report it, and no job does.
    Pinned,
    /// The change takes away the job that does.
    TakenAway,
    /// Something outside the repository may.
    UnlessOutside,
}
