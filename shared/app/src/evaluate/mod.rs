//! The worker's use case: bring the Check Run of a head to what its pull requests call for.
//!
//! An event is only a reason to look. Everything is read anew, so that a late, doubled or
//! reordered event leads to the same state, and everything is written so that whoever comes
//! after a killed worker continues where it ended (docs/adr/0004-effects-that-happen-once.md).

mod attempt;
mod end;
mod give_up;
mod head;
mod lifecycle;
mod open_into;
mod policy;
mod publish;
mod rerun;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use oracle::{BranchName, ObjectId, Policy, Report, Run, Snapshot};
use tokio::time::Instant;
use tracing::Instrument;

pub use attempt::{Attempt, MAX_RECEIVES};
pub use end::{Disposition, Postponed, WorkError};

use crate::event::{DeliveryId, Event, Head, MergeGroup, Message, Repository, Wish};
use crate::metrics::{Measurement, Metrics};
use crate::ports::{
    Access, AccountPolicies, CheckRuns, Clock, Collaborators, Deliveries, DeliveryOutcome,
    Evaluations, FinishedDelivery, Heads, Installations, Leases, Policies, PullRequests, Purge,
    Snapshots,
};
use crate::trace;
use end::{Ending, Stop};
use lifecycle::Keeper;

/// How long a lease lasts unless renewed: many times a request's time-out, and short enough
/// that nobody waits long for the head of a worker that was killed.
pub const LEASE: Duration = Duration::from_mins(2);

/// The pure middle of the use case; [`oracle::evaluate`].
pub type Judge = fn(&Snapshot, &Policy, &Run) -> Report;

/// The ports that evaluation stands on.
#[derive(Clone)]
pub struct Ports {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Which deliveries are finished with.
    pub deliveries: Arc<dyn Deliveries>,
    /// One worker at a time on one head.
    pub leases: Arc<dyn Leases>,
    /// What is known of heads.
    pub heads: Arc<dyn Heads>,
    /// What is going to be published.
    pub evaluations: Arc<dyn Evaluations>,
    /// GitHub's pull requests.
    pub pull_requests: Arc<dyn PullRequests>,
    /// GitHub's settings and trees.
    pub snapshots: Arc<dyn Snapshots>,
    /// GitHub's Check Runs.
    pub check_runs: Arc<dyn CheckRuns>,
    /// The last valid policies.
    pub policies: Arc<dyn Policies>,
    /// The policies of accounts, at GitHub.
    pub account_policies: Arc<dyn AccountPolicies>,
    /// GitHub's word on who may do what.
    pub collaborators: Arc<dyn Collaborators>,
    /// Which repository came through which installation.
    pub installations: Arc<dyn Installations>,
    /// GitHub's word on where the App is installed.
    pub access: Arc<dyn Access>,
    /// Removes what is not ours to keep.
    pub purge: Arc<dyn Purge>,
}

/// Everything that evaluating needs.
#[derive(Clone)]
pub struct Worker {
    /// The world.
    pub ports: Ports,
    /// Turns facts into a report.
    pub judge: Judge,
    /// How long a lease lasts unless renewed; [`LEASE`].
    pub lease: Duration,
    /// When work on heads is broken off, where the process has an end that is known: early enough
    /// before it that a head can be let go of. `None`: never.
    pub deadline: Option<Instant>,
    /// Is told what came of messages.
    pub metrics: Arc<dyn Metrics>,
}

/// Works on one message.
///
/// [`Disposition::RetryIn`] is no failure, and is never the answer to the last attempt. An error
/// is to be tried again with back-off; after the last attempt the message belongs in the dead
/// letters, from where the operator can have it tried again. Whatever can't be helped by trying
/// again is [`DeliveryOutcome::Refused`], recorded with its reason.
pub async fn evaluate(
    worker: &Worker,
    message: &Message,
    attempt: Attempt,
) -> Result<Disposition, WorkError> {
    let span = crate::delivery_span!("evaluate");
    trace::identify(&span, message);
    let result = attempt_once(worker, message, attempt)
        .instrument(span.clone())
        .await;
    match &result {
        Ok(Disposition::Finished(outcome)) => trace::ended(&span, outcome.word(), None),
        Ok(Disposition::RetryIn(..)) => trace::ended(&span, "postponed", None),
        Err(error) => trace::ended(&span, "failed", Some(error.code())),
    }
    result
}

async fn attempt_once(
    worker: &Worker,
    message: &Message,
    attempt: Attempt,
) -> Result<Disposition, WorkError> {
    let deliveries = &worker.ports.deliveries;
    let result = match deliveries.finished(&message.delivery).await {
        Ok(Some(end)) => {
            tracing::info!(delivery.outcome = ?end.outcome, "delivery was finished before");
            worker.metrics.record(&Measurement::Duplicate);
            return Ok(Disposition::Finished(end.outcome));
        }
        Ok(None) => work(worker, message, attempt).await,
        Err(error) => Err(WorkError::Store(error)),
    };
    match &result {
        Ok(Disposition::Finished(outcome)) => {
            tracing::info!(delivery.outcome = ?outcome, "delivery finished");
            worker.metrics.record(&Measurement::Finished(*outcome));
        }
        Ok(Disposition::RetryIn(delay, why)) => {
            let seconds = delay.as_secs();
            tracing::info!(delay_s = seconds, "delivery postponed: {why}");
            worker.metrics.record(&Measurement::Postponed(*why));
        }
        // The queue that asked logs the error once, with what it does about it.
        Err(_) if attempt.last => worker.metrics.record(&Measurement::Dead),
        Err(_) => worker.metrics.record(&Measurement::Failed),
    }
    result
}

async fn work(
    worker: &Worker,
    message: &Message,
    attempt: Attempt,
) -> Result<Disposition, WorkError> {
    let (outcome, detail) = match by_kind(worker, message, attempt).await {
        Ok(end) => end,
        Err(stop) => match stop.ending(attempt) {
            Ending::Refused(code, detail) => {
                tracing::warn!(error.code = %code, detail, "delivery refused");
                // Ids only, so that the operator can tell which of many it is.
                let installation = message.event.installation_id();
                let place = match message.event.repository() {
                    Some(repository) => {
                        format!("installation {installation}, repository {}", repository.id)
                    }
                    None => format!("installation {installation}"),
                };
                (DeliveryOutcome::Refused, format!("{detail} ({place})"))
            }
            Ending::Postponed(delay, why) => return Ok(Disposition::RetryIn(delay, why)),
            Ending::Failed(error) => return Err(error),
        },
    };
    let end = FinishedDelivery {
        outcome,
        detail,
        at: worker.ports.clock.now(),
    };
    let deliveries = &worker.ports.deliveries;
    let recorded = deliveries.finish(&message.delivery, &end).await;
    recorded.map_err(WorkError::Store)?;
    Ok(Disposition::Finished(outcome))
}

async fn by_kind(
    worker: &Worker,
    message: &Message,
    attempt: Attempt,
) -> Result<(DeliveryOutcome, String), Stop> {
    let keeper = Keeper(&worker.ports);
    let job = |repository| Job {
        worker,
        repository,
        attempt,
    };
    match &message.event {
        Event::Installation {
            installation_id,
            concern,
        } => keeper.installation(*installation_id, concern).await,
        Event::Repository { repository } => keeper.repository(repository).await,
        Event::PullRequest {
            repository,
            number,
            head,
            before,
            base_before,
        } => {
            let mention = Mention {
                number: *number,
                before: before.as_ref(),
                base_before: base_before.as_ref(),
            };
            job(repository).pull_request(head, mention).await
        }
        Event::MergeGroup {
            repository,
            head,
            group,
        } => job(repository).merge_group(head, group).await,
        Event::Rerequested {
            repository,
            head,
            pull_requests,
            wish,
        } => {
            let rerun = Rerun {
                delivery: &message.delivery,
                named: pull_requests,
                pushed: None,
                shows_observed: *wish == Wish::Observed,
            };
            job(repository).again(head, rerun, wish).await
        }
        Event::PolicyPushed {
            repository,
            branch,
            before,
        } => {
            let before = before.as_ref();
            let pushed = Pushed { before };
            job(repository)
                .policy_pushed(&message.delivery, branch, pushed)
                .await
        }
    }
}

/// One attempt at one message about a repository.
#[derive(Clone, Copy)]
struct Job<'a> {
    worker: &'a Worker,
    repository: &'a Repository,
    attempt: Attempt,
}

/// The pull request that an event is about.
#[derive(Clone, Copy)]
struct Mention<'a> {
    number: u64,
    /// The head that a push replaced.
    before: Option<&'a ObjectId>,
    /// The base that another has replaced.
    base_before: Option<&'a BranchName>,
}

/// A wish for another check.
#[derive(Clone, Copy)]
struct Rerun<'a> {
    /// What brought it: each is answered once.
    delivery: &'a DeliveryId,
    /// Pull requests that may have the head.
    named: &'a [u64],
    /// The push that changed their base, so that a test merge with an earlier tip is of no use.
    pushed: Option<Pushed<'a>>,
    /// Whether what rules in mode `observe` found is wanted, too.
    shows_observed: bool,
}

/// A push to a base.
#[derive(Clone, Copy)]
struct Pushed<'a> {
    /// The tip before, where it is known.
    before: Option<&'a ObjectId>,
}

/// Why a head is looked at.
#[derive(Clone, Copy)]
enum Cause<'a> {
    /// An event says that this pull request has it.
    Event(Mention<'a>),
    /// A merge queue says that this group has it, or had.
    Queue(&'a MergeGroup),
    /// An event says that the pull request with this number has it no more.
    LeftBy(u64),
    /// Somebody wants its check made again.
    Rerun(Rerun<'a>),
}

impl Job<'_> {
    fn head(&self, sha: &ObjectId) -> Head {
        Head {
            repository_id: self.repository.id,
            sha: sha.clone(),
        }
    }

    async fn merge_group(
        self,
        sha: &ObjectId,
        group: &MergeGroup,
    ) -> Result<(DeliveryOutcome, String), Stop> {
        let cause = Cause::Queue(group);
        self.bring_up_to_date(self.head(sha), cause).await
    }

    async fn policy_pushed(
        self,
        delivery: &DeliveryId,
        branch: &BranchName,
        pushed: Pushed<'_>,
    ) -> Result<(DeliveryOutcome, String), Stop> {
        self.worker.ports.snapshots.forget(self.repository).await;
        let branches = BTreeSet::from([branch.clone()]);
        self.open_into(delivery, &branches, Some(pushed)).await
    }

    /// Makes a check again, or those of everything that is open against the same branches.
    async fn again(
        self,
        sha: &ObjectId,
        rerun: Rerun<'_>,
        wish: &Wish,
    ) -> Result<(DeliveryOutcome, String), Stop> {
        self.worker.ports.snapshots.forget(self.repository).await;
        match wish {
            Wish::Again | Wish::Observed => {
                let cause = Cause::Rerun(rerun);
                self.bring_up_to_date(self.head(sha), cause).await
            }
            Wish::Branch { by } => self.branch_again(sha, rerun, by).await,
        }
    }

    /// Brings the event's head up to date, and the one that a push replaced.
    async fn pull_request(
        self,
        sha: &ObjectId,
        mention: Mention<'_>,
    ) -> Result<(DeliveryOutcome, String), Stop> {
        let cause = Cause::Event(mention);
        let end = self.bring_up_to_date(self.head(sha), cause).await?;
        if let Some(before) = mention.before {
            let cause = Cause::LeftBy(mention.number);
            self.bring_up_to_date(self.head(before), cause).await?;
        }
        Ok(end)
    }
}
