//! What is ours to keep: a repository is on record before anything of it is stored, and what is
//! stored goes when the App is removed from it.
//!
//! Events come late, twice and in any order, so that none is believed: before anything is
//! removed GitHub is asked whether it is so.
//!
//! **Invariant.** Whoever works on a head takes its lease first and looks at the record then; who
//! purges takes the repository off record first and looks at the leases then. One of them sees
//! the other, so that nothing is stored behind a purge's back.

use std::time::Duration;

use super::Ports;
use super::end::{Postponed, Stop};
use super::head::HeadWork;
use crate::event::{Concern, Repository};
use crate::ports::{DeliveryOutcome, Purged};

/// Keeps and removes what is stored.
#[derive(Clone, Copy)]
pub(super) struct Keeper<'a>(pub(super) &'a Ports);

impl Keeper<'_> {
    /// A repository that may have another name or owner, or be gone.
    pub(super) async fn repository(
        self,
        repository: &Repository,
    ) -> Result<(DeliveryOutcome, String), Stop> {
        let (installation_id, id) = (repository.installation_id, repository.id);
        self.0.snapshots.forget(repository).await;
        if self.0.access.reaches(installation_id, id).await? {
            let detail = "The repository is still there; what is kept of it goes by its id.";
            return Ok((DeliveryOutcome::Done, detail.to_owned()));
        }
        if !self.is_under(installation_id, id).await? {
            let detail = "The repository came back through another installation.".to_owned();
            return Ok((DeliveryOutcome::Ignored, detail));
        }
        self.purge(installation_id, id).await?;
        Ok((DeliveryOutcome::Done, removed(1)))
    }

    /// An installation that has changed, or is gone.
    pub(super) async fn installation(
        self,
        id: u64,
        concern: &Concern,
    ) -> Result<(DeliveryOutcome, String), Stop> {
        self.0.access.forget(id).await;
        match concern {
            Concern::Removed => self.removed(id).await,
            Concern::Left(left) => {
                let left = match &left[..] {
                    [] => self.0.installations.repositories(id).await?,
                    named => named.to_vec(),
                };
                self.left(id, &left).await
            }
            Concern::Access => {
                let detail = "What the installation may see is looked at anew.".to_owned();
                Ok((DeliveryOutcome::Done, detail))
            }
        }
    }

    /// Removes everything of an installation that is gone.
    async fn removed(self, id: u64) -> Result<(DeliveryOutcome, String), Stop> {
        if self.0.access.is_installed(id).await? {
            let detail = "GitHub says that the App is still installed there.".to_owned();
            return Ok((DeliveryOutcome::Ignored, detail));
        }
        let mut gone = 0;
        for repository in self.0.installations.repositories(id).await? {
            if self.is_under(id, repository).await? {
                self.purge(id, repository).await?;
                gone += 1;
            }
        }
        self.0.purge.purge_installation(id).await?;
        Ok((DeliveryOutcome::Done, removed(gone)))
    }

    /// Removes what is kept of these repositories, unless they are the installation's all the
    /// same, or by now another's.
    async fn left(self, id: u64, left: &[u64]) -> Result<(DeliveryOutcome, String), Stop> {
        let mut gone = 0;
        for repository in left {
            let has_left = self.is_under(id, *repository).await?
                && !self.0.access.reaches(id, *repository).await?;
            if has_left {
                self.purge(id, *repository).await?;
                gone += 1;
            }
        }
        Ok((DeliveryOutcome::Done, removed(gone)))
    }

    /// Whether a repository is on record under no other installation than this.
    async fn is_under(self, installation_id: u64, repository_id: u64) -> Result<bool, Stop> {
        let installations = &self.0.installations;
        let under = installations.installation_of(repository_id).await?;
        Ok(under.is_none_or(|under| under == installation_id))
    }

    /// Waits for whoever still works on the repository: GitHub tells them that it is gone.
    async fn purge(self, installation_id: u64, repository_id: u64) -> Result<(), Stop> {
        let now = self.0.clock.now();
        let purge = &self.0.purge;
        match purge
            .purge_repository(installation_id, repository_id, now)
            .await?
        {
            Purged::Gone => Ok(()),
            Purged::Held { until } => {
                let remains = Duration::try_from(now.duration_until(until)).unwrap_or_default();
                let delay = remains.max(Duration::from_secs(1));
                Err(Stop::Postponed(delay, Postponed::HeadTaken))
            }
        }
    }
}

impl HeadWork<'_> {
    /// Makes sure that the repository is on record. One that is not under the event's installation
    /// may have left it, which GitHub knows. It is announced before GitHub is asked: who purges
    /// the installation after the answer finds it, and waits for this lease.
    pub(super) async fn put_on_record(&self) -> Result<(), Stop> {
        let repository = self.job.repository;
        let (installation_id, id) = (repository.installation_id, repository.id);
        let installations = &self.ports().installations;
        if installations.installation_of(id).await? == Some(installation_id) {
            return Ok(());
        }
        installations.announce(installation_id, id).await?;
        if !self.ports().access.reaches(installation_id, id).await? {
            installations.withdraw(installation_id, id).await?;
            return Err(Stop::NotInstalled);
        }
        Ok(installations.record(installation_id, id).await?)
    }
}

fn removed(repositories: usize) -> String {
    format!("Repositories of which everything that was kept is removed: {repositories}.")
}
