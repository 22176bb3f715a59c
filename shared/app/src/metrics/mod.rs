//! What is measured: a closed set of events, and the port that takes them.
//!
//! **Invariant.** Nothing measured names a repository, an account or a person: a metric's
//! dimensions are kept for months, by systems that anybody in operations may read.

mod catalogue;
mod sample;

use std::time::Duration;

use oracle::Report;

pub use catalogue::{METRICS, Metric, Unit, document};
pub use sample::Sample;

use crate::evaluate::Postponed;
use crate::ingest::IngestOutcome;
use crate::ports::DeliveryOutcome;

/// Takes measurements. Called in the midst of work: it must neither block nor fail.
pub trait Metrics: Send + Sync {
    /// Takes one.
    fn record(&self, measurement: &Measurement<'_>);
}

/// Measures nothing, for whoever has nobody to tell.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unmeasured;

impl Metrics for Unmeasured {
    fn record(&self, _: &Measurement<'_>) {}
}

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub enum Measurement<'a> {
    /// A webhook request came in, and this became of it.
    Received(IngestOutcome),
    /// A worker is finished with a delivery.
    Finished(DeliveryOutcome),
    /// A delivery came that had been finished with before.
    Duplicate,
    /// A message is wanted again later, though nothing failed.
    Postponed(Postponed),
    /// Work on a message failed; another attempt follows.
    Failed,
    /// Work on a message failed, and no attempt is left: a dead letter.
    Dead,
    /// So many deliveries were taken again and again and never done, and are not asked for any more.
    GivenUp(usize),
    /// A pull request was judged, and the judgement is published.
    Judged(&'a Report),
    /// A part of the work took this long.
    Took(Phase, Duration),
    /// GitHub was called.
    GitHubCall(GitHubCall),
}

/// A part of the work on a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Fetching what rules may read of one pull request.
    Snapshot,
    /// Judging one pull request.
    Evaluate,
    /// Writing the Check Run.
    Publish,
}

/// One attempt at a request to GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GitHubCall {
    /// `METHOD template`, never an address.
    pub route: &'static str,
    /// The answer's status; `None` where there was no answer.
    pub status: Option<u16>,
    /// From 1; above it is a repetition.
    pub attempt: u32,
    /// `x-ratelimit-remaining`, where the answer has it.
    pub remaining: Option<u64>,
}
