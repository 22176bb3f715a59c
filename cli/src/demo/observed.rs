//! Ports that tell of each use and pass it on: how the sandbox shows a delivery's life without
//! the use cases knowing that they are watched.

use std::sync::Arc;
use std::time::Duration;

use app::check::{CheckRun, CheckUpdate, ExternalId};
use app::event::{DeliveryId, Head, MergeGroup, Message, Repository};
use app::ports::{
    Acquired, CheckRuns, Deliveries, DeliveryOutcome, Evaluations, EventQueue, FinishedDelivery,
    Lease, Leases, OpenInto, PullRequest, PullRequests, Snapshots, StoredEvaluation, TestMerge,
    Wants,
};
use app::{GitHubError, StoreError};
use async_trait::async_trait;
use jiff::Timestamp;
use oracle::{BranchName, Fact, ObjectId, Outcome, Snapshot};
use tokio::sync::mpsc::UnboundedSender;

use super::life::Life;

/// A port under observation.
pub(super) struct Observed<P: ?Sized> {
    inner: Arc<P>,
    life: Life,
}

impl<P: ?Sized> Observed<P> {
    /// Tells `life` of what `inner` is used for.
    pub(super) fn new(inner: Arc<P>, life: &Life) -> Arc<Self> {
        Arc::new(Self {
            inner,
            life: life.clone(),
        })
    }
}

#[async_trait]
impl EventQueue for Observed<dyn EventQueue> {
    async fn send(&self, message: &Message) -> Result<(), StoreError> {
        self.inner.send(message).await?;
        let detail = format!("delivery {}: signature valid", message.delivery);
        self.life.step("queued", &detail);
        Ok(())
    }
}

#[async_trait]
impl Leases for Observed<dyn Leases> {
    async fn acquire(
        &self,
        head: &Head,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Acquired, StoreError> {
        let acquired = self.inner.acquire(head, now, ttl).await?;
        let detail = match &acquired {
            Acquired::Granted(lease) => {
                format!(
                    "on {} for {} s, epoch {}",
                    head.sha.short(),
                    ttl.as_secs(),
                    lease.epoch
                )
            }
            Acquired::Held { .. } => format!("on {} is another worker's", head.sha.short()),
        };
        self.life.step("lease", &detail);
        Ok(acquired)
    }

    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        self.inner.renew(lease, now, ttl).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.inner.release(lease).await
    }

    async fn abandon(&self, lease: &Lease) -> Result<(), StoreError> {
        self.inner.abandon(lease).await
    }
}

#[async_trait]
impl PullRequests for Observed<dyn PullRequests> {
    async fn pull_request(
        &self,
        repository: &Repository,
        number: u64,
    ) -> Result<PullRequest, GitHubError> {
        let found = self.inner.pull_request(repository, number).await?;
        let merge = match found.test_merge {
            TestMerge::Clean { .. } => "merges cleanly",
            TestMerge::Conflicting => "conflicts with its base",
            TestMerge::Pending => "has no test merge yet",
        };
        let detail = format!("#{number} is at {} and {merge}", found.head.short());
        self.life.step("looked up", &detail);
        Ok(found)
    }

    async fn merge_group(
        &self,
        repository: &Repository,
        head: &ObjectId,
        group: &MergeGroup,
    ) -> Result<Option<PullRequest>, GitHubError> {
        let found = self.inner.merge_group(repository, head, group).await?;
        let state = if found.is_some() { "waits" } else { "is gone" };
        let detail = format!("the merge group at {} {state}", head.short());
        self.life.step("looked up", &detail);
        Ok(found)
    }

    async fn open_with_head(
        &self,
        repository: &Repository,
        head: &ObjectId,
    ) -> Result<Fact<Vec<u64>>, GitHubError> {
        let found = self.inner.open_with_head(repository, head).await?;
        let count = match &found {
            Fact::Known(numbers) => numbers.len().to_string(),
            Fact::Unavailable(_) => "an unknown number of".to_owned(),
        };
        let detail = format!("{count} open pull requests are at {}", head.short());
        self.life.step("looked for", &detail);
        Ok(found)
    }

    async fn open_into(
        &self,
        repository: &Repository,
        base: &BranchName,
    ) -> Result<OpenInto, GitHubError> {
        let found = self.inner.open_into(repository, base).await?;
        let count = found.pull_requests.len();
        let detail = format!("{count} pull requests are open against {base}");
        self.life.step("looked for", &detail);
        Ok(found)
    }
}

#[async_trait]
impl Snapshots for Observed<dyn Snapshots> {
    async fn snapshot(
        &self,
        repository: &Repository,
        pull_request: &PullRequest,
        wants: Wants,
    ) -> Result<Snapshot, GitHubError> {
        let snapshot = self.inner.snapshot(repository, pull_request, wants).await?;
        self.life.step(
            "facts",
            "both trees, workflow files, rules and recent checks",
        );
        Ok(snapshot)
    }

    async fn forget(&self, repository: &Repository) {
        self.inner.forget(repository).await;
    }
}

#[async_trait]
impl Evaluations for Observed<dyn Evaluations> {
    async fn put(
        &self,
        head: &Head,
        generation: u32,
        evaluation: &StoredEvaluation,
    ) -> Result<StoredEvaluation, StoreError> {
        let stored = self.inner.put(head, generation, evaluation).await?;
        for (number, report) in &stored.reports {
            let outcome = match report.decision.outcome {
                Outcome::Pass => "pass",
                Outcome::Warn => "warn",
                Outcome::Block => "block",
            };
            let new = report.summary.by_status.new;
            let detail = format!(
                "#{number}: {outcome}, {new} new of {}",
                report.summary.total
            );
            self.life.step("evaluated", &detail);
        }
        Ok(stored)
    }

    async fn load(
        &self,
        head: &Head,
        generation: u32,
    ) -> Result<Option<StoredEvaluation>, StoreError> {
        self.inner.load(head, generation).await
    }
}

#[async_trait]
impl CheckRuns for Observed<dyn CheckRuns> {
    async fn create(
        &self,
        repository: &Repository,
        sha: &ObjectId,
        external_id: &ExternalId,
    ) -> Result<u64, GitHubError> {
        let id = self.inner.create(repository, sha, external_id).await?;
        let detail = format!("check run {id} in progress");
        self.life.step("created", &detail);
        Ok(id)
    }

    async fn find(
        &self,
        repository: &Repository,
        sha: &ObjectId,
        external_id: &ExternalId,
    ) -> Result<Option<CheckRun>, GitHubError> {
        self.inner.find(repository, sha, external_id).await
    }

    async fn read(&self, repository: &Repository, id: u64) -> Result<CheckRun, GitHubError> {
        self.inner.read(repository, id).await
    }

    async fn update(
        &self,
        repository: &Repository,
        id: u64,
        update: &CheckUpdate<'_>,
    ) -> Result<(), GitHubError> {
        self.inner.update(repository, id, update).await?;
        let count = update.annotations.len();
        let state = if update.conclusion.is_some() {
            "completed"
        } else {
            "updated"
        };
        let detail = format!("check run {id} {state} with {count} annotations");
        self.life.step("published", &detail);
        Ok(())
    }
}

/// Deliveries that tell of their end, also to whoever waits for it.
pub(super) struct ObservedDeliveries {
    inner: Arc<dyn Deliveries>,
    life: Life,
    ended: UnboundedSender<DeliveryId>,
}

impl ObservedDeliveries {
    /// Tells `life` and `ended` of deliveries that end.
    pub(super) fn new(
        inner: Arc<dyn Deliveries>,
        life: &Life,
        ended: UnboundedSender<DeliveryId>,
    ) -> Arc<Self> {
        Arc::new(Self {
            inner,
            life: life.clone(),
            ended,
        })
    }
}

#[async_trait]
impl Deliveries for ObservedDeliveries {
    async fn finished(&self, id: &DeliveryId) -> Result<Option<FinishedDelivery>, StoreError> {
        self.inner.finished(id).await
    }

    async fn finish(&self, id: &DeliveryId, end: &FinishedDelivery) -> Result<(), StoreError> {
        self.inner.finish(id, end).await?;
        let name = match end.outcome {
            DeliveryOutcome::Done => "done",
            DeliveryOutcome::Superseded => "superseded",
            DeliveryOutcome::Refused => "refused",
            DeliveryOutcome::Ignored => "ignored",
        };
        self.life.step(name, &end.detail);
        // Nobody waits any more once the process ends.
        let _ = self.ended.send(id.clone());
        Ok(())
    }
}
